/** The severity matrix of a document: whatever the rows are called, in whatever order, in one table or in several. */
import { parseDuration } from '../duration.ts'
import type { PlaybookFile } from '../schema.ts'
import { normalizeName } from '../text.ts'
import { closeGaps, guessThresholds } from './guess-thresholds.ts'
import { type Desk, keep, leave, tell } from './desk.ts'
import { type Place, TOP } from './note.ts'
import { readDurationPhrase, unitOfHeader } from './phrase-duration.ts'
import { saysNothing, splitNames } from './phrase-list.ts'
import type { Cell, Row, Rows } from './row.ts'
import { SEVERITY_NAME } from './vocabulary.ts'

type SeverityFile = PlaybookFile['severities'][number]

interface Draft {
  readonly id: string
  readonly key: Cell
  definition: string
  example: string
  response: string | null
  roles: readonly string[] | null
  /** All that was said of it, for what can be measured. */
  words: string
}

/** When the document says nobody: a name that a schedule can be made for. */
export const SOMEBODY = 'On-call engineer'
const NO_HURRY = '24 h'

export function readSeverities(groups: readonly Rows[], desk: Desk): SeverityFile[] {
  const drafts: Draft[] = []
  for (const group of groups) {
    for (const row of group.rows) addRow(row, drafts, desk)
    const ids = group.rows.map((row) => splitId(row.key.text).id).filter((id) => id !== '')
    tell(desk, 'read', group.place, 'severities', '', `The severity matrix: ${listOf(ids)}.`)
  }
  if (drafts.length === 0) return standIn(desk)
  return finish(inOrder(drafts, desk), desk)
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'nobody' : names.join(', ')
}

function addRow(row: Row, drafts: Draft[], desk: Desk): void {
  const { id, rest } = splitId(row.key.text)
  if (id === '') {
    const [first] = [...row.cells.values(), ...row.strange]
    if (first !== undefined)
      tell(desk, 'cell-missing', row.key.place, 'severities', '', 'The row has no severity; its cells are kept as prose.')
    for (const cell of [...row.cells.values(), ...row.strange]) keep(desk, 'severities', { ...row.key, text: '—' }, cell)
    return
  }
  const path = `severities.${id}`
  const known = drafts.find((draft) => draft.id.toLowerCase() === id.toLowerCase())
  const draft = known ?? { id, key: row.key, definition: '', example: '', response: null, roles: null, words: '' }
  if (known === undefined) drafts.push(draft)
  const said = row.cells.get('definition')
  const definition = [rest, row.cells.get('name')?.text ?? '', said?.text ?? ''].filter((text) => text !== '').join(': ')
  const take = (before: string, text: string, cell: Cell, key: string): string => {
    if (before === '' || before === text || text === '') return before === '' ? text : before
    leave(desk, 'severities', draft.key, cell, 'contradiction', `${path}.${key}`, `${id} is described twice; the first one stands.`)
    return before
  }
  draft.definition = take(draft.definition, oneLine(definition), said ?? row.key, 'definition')
  const example = row.cells.get('example')
  if (example !== undefined && !saysNothing(example.text)) draft.example = take(draft.example, oneLine(example.text), example, 'example')
  const words = [draft.words, definition, example?.text ?? '', ...row.strange.map((cell) => cell.text)]
  draft.words = words.filter((text) => text !== '').join('; ')
  readResponse(row, draft, path, desk)
  readRoles(row, draft, path, desk)
  for (const cell of row.strange) {
    leave(desk, 'severities', draft.key, cell, 'column-unknown', path, `The language has no key for "${cell.title}"; it is kept as prose.`)
  }
}

function oneLine(text: string): string {
  return text.replaceAll('\n', '; ')
}

/** "SEV-1 – Critical": the name that people say, and what it says besides. */
function splitId(text: string): { id: string; rest: string } {
  const name = normalizeName(text)
  const match = SEVERITY_NAME.exec(name)
  if (!/[\p{L}\p{N}]/u.test(name)) return { id: '', rest: '' }
  if (match === null) return { id: name.slice(0, 100).trim(), rest: '' }
  const id = (match[1] ?? '').trim()
  const rest = name.slice(match[0].length).replace(/^[\s:–—()[\]/.,-]+|[\s()[\]:.]+$/g, '')
  return /\d/.test(id) || rest === '' ? { id, rest } : { id: name.slice(0, 100).trim(), rest: '' }
}

function readResponse(row: Row, draft: Draft, path: string, desk: Desk): void {
  const cell = row.cells.get('response_time')
  if (cell === undefined || saysNothing(cell.text)) return
  const phrase = readDurationPhrase(cell.text, unitOfHeader(cell.title))
  const at = `${path}.response_time`
  if (phrase.kind === 'none') {
    leave(
      desk,
      'severities',
      draft.key,
      named(cell, 'Initial Response Time'),
      'not-runnable',
      at,
      `"${cell.text}" cannot be run as a response time. ${phrase.why}`,
    )
    return
  }
  if (draft.response !== null && !sameDuration(draft.response, phrase.written)) {
    const message = `${draft.id} has a response time of ${draft.response} already, and here ${phrase.written}.`
    leave(desk, 'severities', draft.key, named(cell, 'Initial Response Time'), 'contradiction', at, message)
    return
  }
  draft.response ??= phrase.written
  if (phrase.kind === 'guess') leave(desk, 'severities', draft.key, named(cell, 'Initial Response Time'), 'read-so', at, phrase.why)
}

function sameDuration(left: string, right: string): boolean {
  const [one, other] = [parseDuration(left), parseDuration(right)]
  return one.kind === 'duration' && other.kind === 'duration' && one.ms === other.ms
}

/** Cells of sentences have no title of their own. */
function named(cell: Cell, title: string): Cell {
  return cell.title === '' ? { ...cell, title } : cell
}

const NAME_WORDS_MAX = 6
const NAME_CHARS_MAX = 60

function readRoles(row: Row, draft: Draft, path: string, desk: Desk): void {
  const cell = row.cells.get('roles_paged')
  if (cell === undefined) return
  const at = `${path}.roles_paged`
  const names = splitNames(cell.text)
  const odd = names.find(
    (name) => name.length > NAME_CHARS_MAX || name.split(' ').length > NAME_WORDS_MAX || /\d ?(?:min|h|hour)/i.test(name),
  )
  if (odd !== undefined) {
    leave(desk, 'severities', draft.key, named(cell, 'Roles Paged'), 'not-runnable', at, `"${odd}" is not the name of a role.`)
    return
  }
  if (draft.roles !== null && draft.roles.join() !== names.join()) {
    leave(
      desk,
      'severities',
      draft.key,
      named(cell, 'Roles Paged'),
      'contradiction',
      at,
      `${draft.id} pages ${listOf(draft.roles)} already.`,
    )
    return
  }
  draft.roles = names
  if (/\s(?:and|as well as)\s/i.test(cell.text)) tell(desk, 'read-so', cell.place, at, cell.text, `Read as the roles ${names.join(', ')}.`)
}

function falls(values: readonly number[]): boolean {
  return values.length > 1 && values.every((value, index) => index === 0 || value < (values[index - 1] ?? 0))
}

/** Some documents begin with the least severe row. */
function inOrder(drafts: readonly Draft[], desk: Desk): readonly Draft[] {
  const numbers = drafts.map((draft) => Number(/(\d+)$/.exec(draft.id)?.[1] ?? Number.NaN))
  const times = drafts.map((draft) => {
    const reading = parseDuration(draft.response ?? '')
    return reading.kind === 'duration' ? reading.ms : Number.NaN
  })
  const known = times.filter((time) => !Number.isNaN(time))
  if (!falls(known) && !(falls(numbers) && known.length < 2)) return drafts
  const message = 'The document begins with the least severe row; the file has the most severe first.'
  tell(desk, 'read-so', drafts[0]?.key.place ?? TOP, 'severities', '', message)
  return [...drafts].reverse()
}

function finish(drafts: readonly Draft[], desk: Desk): SeverityFile[] {
  const silent = drafts.every((draft) => draft.roles === null)
  if (silent) {
    const message = `The document does not say whom a severity pages; "${SOMEBODY}" stands there. Name the roles that are on call.`
    tell(desk, 'not-said', drafts[0]?.key.place ?? TOP, 'severities', '', message)
  }
  const thresholds = closeGaps(drafts.map((draft) => guessThresholds(draft.words)))
  let longest: string | null = null
  return drafts.map((draft, index): SeverityFile => {
    const response = draft.response ?? guessResponse(draft, longest, index === drafts.length - 1, desk)
    longest = response
    const spelled = spellAlike(draft.roles ?? guessRoles(draft, silent, response, desk), drafts)
    if (draft.definition === '')
      tell(desk, 'not-said', draft.key.place, `severities.${draft.id}.definition`, '', `The document does not define ${draft.id}.`)
    const measured = thresholds[index] ?? {}
    tellThresholds(draft, measured, desk)
    return {
      id: draft.id,
      definition: draft.definition === '' ? draft.id : draft.definition,
      ...(draft.example === '' ? {} : { example: draft.example }),
      ...(Object.keys(measured).length === 0 ? {} : { thresholds: measured }),
      response_time: response,
      roles_paged: spelled,
    }
  })
}

function tellThresholds({ id, key, words }: Draft, thresholds: Readonly<Record<string, string>>, desk: Desk): void {
  const read = Object.entries(thresholds).map(([measure, threshold]) => `${measure} ${threshold}`)
  if (read.length > 0)
    tell(desk, 'read-so', key.place, `severities.${id}.thresholds`, words, `What can be measured of it: ${read.join('; ')}.`)
}

/** A row must answer no sooner than the one above it; the least severe one has a day. */
function guessResponse(draft: Draft, above: string | null, last: boolean, desk: Desk): string {
  const guess = last && above !== null && isShorter(above, NO_HURRY) ? NO_HURRY : (above ?? '15 min')
  const message = `No response time that can be run is given for ${draft.id}; ${guess} stands there until you decide.`
  tell(desk, 'not-said', draft.key.place, `severities.${draft.id}.response_time`, '', message)
  return guess
}

function isShorter(left: string, right: string): boolean {
  const [one, other] = [parseDuration(left), parseDuration(right)]
  return one.kind === 'duration' && other.kind === 'duration' && one.ms < other.ms
}

function guessRoles(draft: Draft, silent: boolean, response: string, desk: Desk): readonly string[] {
  if (silent) return isShorter(response, NO_HURRY) ? [SOMEBODY] : []
  tell(
    desk,
    'cell-missing',
    draft.key.place,
    `severities.${draft.id}.roles_paged`,
    '',
    `Whom ${draft.id} pages is not said: it pages nobody.`,
  )
  return []
}

/** "DevOps" in one row and "Devops" in another are one role. */
function spellAlike(names: readonly string[], drafts: readonly Draft[]): string[] {
  const first = new Map<string, string>()
  for (const name of drafts.flatMap((draft) => draft.roles ?? [])) if (!first.has(name.toLowerCase())) first.set(name.toLowerCase(), name)
  return names.map((name) => first.get(name.toLowerCase()) ?? name)
}

function standIn(desk: Desk): SeverityFile[] {
  const message = `The document has no severity matrix. One row stands in its place: it pages "${SOMEBODY}" and allows 15 min. Write your own.`
  tell(desk, 'section-missing', TOP, 'severities', '', message)
  return [{ id: 'SEV-1', definition: 'Every incident, until the matrix is written', response_time: '15 min', roles_paged: [SOMEBODY] }]
}

/** What signals that match nothing get: the second row that pages somebody, so that they wake one who can tell, and not all. */
export function guessDefaultSeverity(severities: readonly SeverityFile[], place: Place, desk: Desk): string {
  const paging = severities.filter((row) => row.roles_paged.length > 0)
  const chosen = (paging[1] ?? paging[0] ?? severities[0])?.id ?? ''
  tell(desk, 'not-said', place, 'default_severity', '', `Signals that match no incident type get ${chosen}.`)
  return chosen
}
