/** The common incidents of a document: how each is detected, what is done at once, and what follows. */
import type { PlaybookFile } from '../schema.ts'
import { normalizeName, toSlug } from '../text.ts'
import { type Desk, keep, leave, tell } from './desk.ts'
import { saysNothing, splitSteps } from './phrase-list.ts'
import { readSeverityPhrase } from './phrase-severity.ts'
import { type DetectionFile, readDetection } from './read-detection.ts'
import { type Cell, type Row, type Rows, sameName } from './row.ts'

type TypeFile = PlaybookFile['incident_types'][number]

interface Draft {
  readonly title: string
  readonly key: Cell
  severity: string | null
  readonly detection: DetectionFile[]
  mitigation: readonly string[]
  followUp: readonly string[]
  firstStep: string
}

export interface Matrix {
  /** Most severe first. */
  readonly ids: readonly string[]
  readonly fallback: string
}

const TITLE_CHARS_MAX = 100

export function readIncidentTypes(groups: readonly Rows[], matrix: Matrix, desk: Desk): TypeFile[] {
  const drafts: Draft[] = []
  for (const group of groups) {
    const before = drafts.length
    for (const row of group.rows) addRow(row, drafts, matrix, desk)
    const added = drafts.length - before
    tell(desk, 'read', group.place, 'incident_types', '', `Incident types: ${added} ${added === 1 ? 'row' : 'rows'}.`)
  }
  return drafts.map((draft) => finish(draft, drafts, matrix, desk))
}

function addRow(row: Row, drafts: Draft[], matrix: Matrix, desk: Desk): void {
  const title = normalizeTitle(row.key.text)
  if (title === '' || title.length > TITLE_CHARS_MAX || toSlug(title) === '') {
    const message = title === '' ? 'The row has no name; its cells are kept as prose.' : 'This cannot be the name of an incident type.'
    tell(desk, 'cell-missing', row.key.place, 'incident_types', row.key.text, message)
    for (const cell of [...row.cells.values(), ...row.strange])
      keep(desk, 'incident_types', title === '' ? { ...row.key, text: '—' } : row.key, cell)
    return
  }
  const known = drafts.find((draft) => sameName(draft.title, title) || toSlug(draft.title) === toSlug(title))
  const draft = known ?? { title, key: row.key, severity: null, detection: [], mitigation: [], followUp: [], firstStep: '' }
  if (known === undefined) drafts.push(draft)
  const path = `incident_types.${title}`
  readSeverityCell(row, draft, matrix, path, desk)
  readDetectionCell(row, draft, matrix, path, desk)
  draft.mitigation = takeSteps(draft.mitigation, row.cells.get('mitigation'), draft, `${path}.immediate_mitigation`, desk)
  draft.followUp = takeSteps(draft.followUp, row.cells.get('follow_up'), draft, `${path}.follow_up`, desk)
  const first = row.cells.get('first_step')
  if (first !== undefined && !saysNothing(first.text)) draft.firstStep ||= first.text
  for (const cell of row.strange) {
    leave(
      desk,
      'incident_types',
      draft.key,
      cell,
      'column-unknown',
      path,
      `The language has no key for "${cell.title}"; it is kept as prose.`,
    )
  }
}

export function normalizeTitle(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replace(/:$/, '').trim()
}

function readSeverityCell(row: Row, draft: Draft, matrix: Matrix, path: string, desk: Desk): void {
  const cell = row.cells.get('severity')
  if (cell === undefined || saysNothing(cell.text)) return
  const { ids, rest } = readSeverityPhrase(normalizeName(cell.text), matrix.ids)
  const [first, ...others] = ids
  if (first === undefined) {
    leave(desk, 'incident_types', draft.key, cell, 'not-runnable', `${path}.severity`, `"${cell.text}" is no row of the severity matrix.`)
    return
  }
  if (draft.severity !== null && draft.severity !== first) {
    leave(desk, 'incident_types', draft.key, cell, 'contradiction', `${path}.severity`, `${draft.title} is ${draft.severity} already.`)
    return
  }
  draft.severity = first
  if (others.length > 0 || /[\p{L}\p{N}]/u.test(rest)) {
    leave(desk, 'incident_types', draft.key, cell, 'read-so', `${path}.severity`, `${first} was taken: unknown impact gets the higher row.`)
  }
}

function readDetectionCell(row: Row, draft: Draft, matrix: Matrix, path: string, desk: Desk): void {
  const cell = row.cells.get('detection')
  if (cell === undefined || saysNothing(cell.text)) return
  const at = `${path}.detection`
  const { rules, severity, guesses, problems } = readDetection(cell.marked, matrix.ids)
  for (const rule of rules) {
    if (!draft.detection.some((other) => JSON.stringify(other) === JSON.stringify(rule))) draft.detection.push(rule)
  }
  draft.severity ??= severity
  for (const guess of guesses) tell(desk, 'read-so', cell.place, at, cell.text, guess)
  const [first] = problems
  if (first !== undefined) leave(desk, 'incident_types', draft.key, cell, 'not-runnable', at, first)
}

function takeSteps(before: readonly string[], cell: Cell | undefined, draft: Draft, path: string, desk: Desk): readonly string[] {
  if (cell === undefined) return before
  const steps = splitSteps(cell.text)
  if (before.length === 0 || steps.length === 0 || before.join('\n') === steps.join('\n')) return before.length === 0 ? steps : before
  leave(desk, 'incident_types', draft.key, cell, 'contradiction', path, `${draft.title} has other steps already; the first ones stand.`)
  return before
}

function finish(draft: Draft, drafts: readonly Draft[], matrix: Matrix, desk: Desk): TypeFile {
  const { title, mitigation, followUp } = draft
  const path = `incident_types.${title}`
  if (draft.severity === null) {
    const message = `No severity is named for ${title}; it gets ${matrix.fallback}, as what is unknown does.`
    tell(desk, 'not-said', draft.key.place, `${path}.severity`, '', message)
  }
  if (draft.detection.length === 0) {
    const said = desk.notes.some((note) => note.path === `${path}.detection`)
    if (!said)
      tell(desk, 'cell-missing', draft.key.place, `${path}.detection`, '', `How ${title} is detected is not said: only people can open it.`)
  }
  const detection = draft.detection.filter((rule) => !isTaken(rule, draft, drafts, desk))
  return {
    title,
    severity: draft.severity ?? matrix.fallback,
    ...(detection.length === 0 ? {} : { detection }),
    ...(draft.firstStep === '' ? {} : { first_step: draft.firstStep }),
    ...(mitigation.length === 0 ? {} : { immediate_mitigation: oneOrMany(mitigation) }),
    ...(followUp.length === 0 ? {} : { follow_up: oneOrMany(followUp) }),
  }
}

/** Two types cannot have one alarm without a condition: the first one keeps it. */
function isTaken(rule: DetectionFile, draft: Draft, drafts: readonly Draft[], desk: Desk): boolean {
  const earlier = drafts.slice(0, drafts.indexOf(draft)).find((other) => other.detection.some((one) => hides(one, rule)))
  if (earlier === undefined) return false
  const message = `${earlier.title} takes the signal "${rule.alarm ?? rule.when ?? ''}" already.`
  tell(desk, 'contradiction', draft.key.place, `incident_types.${draft.title}.detection`, rule.alarm ?? '', message)
  return true
}

function hides(first: DetectionFile, second: DetectionFile): boolean {
  return first.alarm === second.alarm && first.sources === undefined && first.threshold === undefined && first.when === undefined
}

export function oneOrMany(items: readonly string[]): string | string[] {
  const [only] = items
  return items.length === 1 && only !== undefined ? only : [...items]
}
