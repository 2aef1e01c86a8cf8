/** The communication plan of a document: who is told what, where, how often. */
import type { PlaybookFile } from '../schema.ts'
import { type Desk, keep, leave, tell } from './desk.ts'
import { readFrequency } from './phrase-frequency.ts'
import { saysNothing, splitChannels } from './phrase-list.ts'
import { oneOrMany } from './read-incident-types.ts'
import type { Cell, Row, Rows } from './row.ts'

type CommunicationFile = NonNullable<PlaybookFile['communication']>[number]

const NAME_CHARS_MAX = 100

export function readCommunication(groups: readonly Rows[], ids: readonly string[], desk: Desk): CommunicationFile[] {
  const rows: CommunicationFile[] = []
  for (const group of groups) {
    const read = group.rows.flatMap((row) => readRow(row, ids, desk))
    tell(desk, 'read', group.place, 'communication', '', `The communication plan: ${read.length} ${read.length === 1 ? 'row' : 'rows'}.`)
    for (const row of read) if (!rows.some((other) => JSON.stringify(other) === JSON.stringify(row))) rows.push(row)
  }
  return rows
}

/** A row that cannot be watched is kept whole as prose: an audience without a rhythm would be told at the wrong times. */
function readRow(row: Row, ids: readonly string[], desk: Desk): CommunicationFile[] {
  const audience = row.key.text.replaceAll(/\s+/g, ' ').replace(/:$/, '')
  const path = `communication.${audience}`
  const cells = [...row.cells.values(), ...row.strange]
  const keepAll = (): CommunicationFile[] => {
    for (const cell of cells) keep(desk, 'communication', audience === '' ? { ...row.key, text: '—' } : row.key, titled(cell))
    return []
  }
  if (audience === '' || audience.length > NAME_CHARS_MAX) {
    if (cells.some((cell) => cell.text !== ''))
      tell(desk, 'cell-missing', row.key.place, 'communication', row.key.text, 'The row names no audience.')
    return keepAll()
  }
  const content = row.cells.get('content')
  const channels = splitChannels(row.cells.get('channels')?.text ?? channelsIn(content?.text ?? ''))
  if (channels.length === 0 || channels.some((channel) => channel.length > NAME_CHARS_MAX)) {
    tell(desk, 'cell-missing', row.key.place, `${path}.channels`, '', `By which channel ${audience} is told is not said.`)
    return keepAll()
  }
  const rhythm = row.cells.get('frequency') ?? content
  const reading = rhythm === undefined || saysNothing(rhythm.text) ? null : readFrequency(rhythm.text, ids)
  if (reading === null || reading.kind === 'none') {
    const [code, place] =
      reading === null ? (['cell-missing', row.key.place] as const) : (['not-runnable', rhythm?.place ?? row.key.place] as const)
    const why = reading === null ? 'How often is not said.' : reading.why
    tell(desk, code, place, `${path}.frequency`, rhythm?.text ?? '', `${audience} cannot be told in time. ${why}`)
    return keepAll()
  }
  if (!row.cells.has('channels') || !row.cells.has('frequency')) {
    const message = `Channel and rhythm were taken from the words: ${channels.join(', ')}; ${reading.rows.map((one) => one.frequency).join(', ')}.`
    tell(desk, 'read-so', row.key.place, path, content?.text ?? '', message)
  }
  for (const { why } of reading.rows) {
    if (why !== '') leave(desk, 'communication', row.key, titled(rhythm ?? row.key), 'read-so', `${path}.frequency`, why)
  }
  for (const cell of row.strange) {
    leave(desk, 'communication', row.key, cell, 'column-unknown', path, `The language has no key for "${cell.title}"; it is kept as prose.`)
  }
  return reading.rows.map(({ severities, frequency }) => ({
    audience,
    channels: oneOrMany(channels),
    ...(severities.length === 0 ? {} : { severities: [...severities] }),
    frequency,
    ...(content === undefined || content.text === '' ? {} : { content: content.text.replaceAll('\n', '; ') }),
  }))
}

function titled(cell: Cell): Cell {
  return cell.title === '' ? { ...cell, title: 'Content' } : cell
}

const CHANNEL =
  /\b(?:slack(?: #?[\w-]+)?|(?:microsoft |ms )?teams|e-?mails?|status ?page(?:\.io)?|sms|text messages?|phone(?: calls?)?|twitter|tweets?|pager|zoom|bridge call|discord|mattermost|intercom|in-app banner|website banner)\b|#[a-z][\w-]+/gi

function channelsIn(text: string): string {
  return (text.match(CHANNEL) ?? []).join(', ')
}
