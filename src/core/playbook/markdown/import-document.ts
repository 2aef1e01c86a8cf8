/**
 * From a document that people wrote to the playbook that runs: what it says is read, what it leaves open is guessed, what
 * cannot be run is kept as prose, and all of that is told with its line. Never throws, whatever the text is.
 */
import { readYaml } from '../document.ts'
import { PlaybookFile } from '../schema.ts'
import { canonical } from './canonical.ts'
import { type Desk, leftoverTable, openDesk, tell } from './desk.ts'
import { type FrontMatter, readFrontMatter } from './front-matter.ts'
import { textOf } from './inline.ts'
import { type ImportNote, TOP } from './note.ts'
import { applyPatch } from './patch.ts'
import { joinBlocks, writeMarkdown } from './prose.ts'
import { readCommunication } from './read-communication.ts'
import { readIncidentTypes } from './read-incident-types.ts'
import { keyTitleOf } from './read-list.ts'
import { readCompliance, readLifecycle, readPostMortem } from './read-lists.ts'
import { readMetadata } from './read-metadata.ts'
import { readRoles } from './read-roles.ts'
import { guessDefaultSeverity, readSeverities } from './read-severities.ts'
import type { Rows } from './row.ts'
import { DEFAULT_TITLE, orderSections, unusualSections } from './section-titles.ts'
import { readTree } from './tree.ts'
import type { SectionKey } from './vocabulary.ts'
import { type Kept, type Walked, walkDocument } from './walk.ts'
import { withoutFaults } from './without-faults.ts'

export interface ImportOptions {
  /** `yyyy-mm-dd`: for a document that does not say when it was reviewed. */
  readonly today: string
}

export interface ImportedDocument {
  /** Null: the document could not be read at all. */
  readonly file: PlaybookFile | null
  /** The text of playbook.yaml; null with `file`. It has no errors. */
  readonly yaml: string | null
  /** In the order of the document. */
  readonly notes: readonly ImportNote[]
}

export function importDocument(text: string, options: ImportOptions): ImportedDocument {
  const desk = openDesk(options.today)
  try {
    const file = readDocument(text, desk)
    if (file === null) return { file: null, yaml: null, notes: inOrder(desk.notes) }
    return { ...withoutFaults(file, desk), notes: inOrder(desk.notes) }
  } catch (error) {
    // What reads trees recurses: a document made for it can exhaust the stack.
    if (!(error instanceof RangeError)) throw error
    tell(desk, 'nested-too-deeply', TOP, '', '', 'The document is nested too deeply; nothing was imported.')
    return { file: null, yaml: null, notes: inOrder(desk.notes) }
  }
}

/** What a rendered document says without being looked at by lint: rendering asks for it, of a playbook that was. */
export function readBack(text: string): PlaybookFile | null {
  return readDocument(text, openDesk('1970-01-01'))
}

function inOrder(notes: readonly ImportNote[]): readonly ImportNote[] {
  return [...notes].sort((left, right) => left.line - right.line || left.column - right.column)
}

function readDocument(text: string, desk: Desk): PlaybookFile | null {
  const clean = cleanDocument(text)
  const front = clean.startsWith('---\n') ? readFrontMatter(clean) : null
  const source = front?.rest ?? clean
  const reading = readTree(source)
  if (reading.kind === 'refused') {
    tell(desk, reading.code, { line: reading.line, column: 1 }, '', '', reading.message)
    return null
  }
  const walked = walkDocument(reading.root, source)
  const file = interpret(walked, front, textOf(reading.root), desk)
  for (const place of walked.strangeTables) {
    tell(desk, 'table-unknown', place, 'prose', '', 'This table is none of a playbook; it is kept as prose.')
  }
  return withSettings(file, walked, desk)
}

/** Characters that no database takes, control characters, and the two by which a cell's code is marked, are spaces. */
function cleanDocument(text: string): string {
  return text
    .toWellFormed()
    .replace(/^\ufeff/, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\p{Cc}\u2028\u2029\ue000\ue001]/gu, (character) => (character === '\n' || character === '\t' ? character : ' '))
}

function interpret(walked: Walked, front: FrontMatter | null, whole: string, desk: Desk): PlaybookFile {
  const rows = (kind: SectionKey): readonly Rows[] => walked.groups.get(kind) ?? []
  for (const { place, message } of [...walked.groups.values()].flat().flatMap((group) => group.ragged ?? [])) {
    tell(desk, 'cell-missing', place, '', '', message)
  }
  const metadata = readMetadata([...(front === null ? [] : [front.rows]), ...rows('metadata'), ...walked.asides], whole, desk)
  const severities = readSeverities(rows('severities'), desk)
  const ids = severities.map((row) => row.id)
  const fallback = guessDefaultSeverity(severities, rows('severities')[0]?.place ?? TOP, desk)
  const dutyRoles = [...new Set(severities.flatMap((row) => row.roles_paged))]
  const lifecycle = readLifecycle(rows('lifecycle'), desk)
  const incidentTypes = readIncidentTypes(rows('incident_types'), { ids, fallback }, desk)
  if (incidentTypes.length === 0) {
    tell(desk, 'not-said', TOP, 'incident_types', '', `The document has no table of common incidents: every signal gets ${fallback}.`)
  }
  const communication = readCommunication(rows('communication'), ids, desk)
  const roles = readRoles(rows('roles'), dutyRoles, desk)
  const about = { lifecycle, words: wordsOf(walked.prose, 'post_mortem'), severities: ids.slice(0, ids.indexOf(fallback) + 1) }
  const postMortem = readPostMortem(rows('post_mortem'), about, desk)
  const compliance = readCompliance(rows('compliance'), desk)
  const title = walked.title ?? front?.title ?? DEFAULT_TITLE
  const sections = unusualSections([...walked.sections])
  const document = { ...(title === DEFAULT_TITLE ? {} : { title }), ...(sections.length === 0 ? {} : { sections: [...sections] }) }
  const prose = proseOf(walked, desk)
  return canonical({
    metadata,
    severities,
    default_severity: fallback,
    ...(lifecycle.length === 0 ? {} : { lifecycle }),
    incident_types: incidentTypes,
    ...(communication.length === 0 ? {} : { communication }),
    ...(roles.length === 0 ? {} : { roles }),
    ...(postMortem === undefined ? {} : { post_mortem: postMortem }),
    ...(compliance.length === 0 ? {} : { compliance }),
    ...(walked.criteria.length === 0 ? {} : { pass_criteria: [...walked.criteria] }),
    ...(Object.keys(document).length === 0 ? {} : { document }),
    ...(prose.length === 0 ? {} : { prose }),
  })
}

/** Text about a section, where rows may say less than it does. */
function wordsOf(prose: readonly Kept[], kind: SectionKey): { text: string; place: Kept['place'] }[] {
  return prose.filter((kept) => kept.before === kind || kept.after === kind).map(({ text, place }) => ({ text, place }))
}

type ProseFile = NonNullable<PlaybookFile['prose']>[number]

/** Each section's left-over cells follow what else is said beneath it. */
function proseOf(walked: Walked, desk: Desk): ProseFile[] {
  for (const kept of walked.prose) {
    const where = kept.before !== undefined ? `above what "${kept.before}" lists` : `after "${kept.after ?? ''}"`
    tell(desk, 'kept', kept.place, 'prose', kept.title ?? kept.text, `Kept as prose, ${where}.`)
  }
  const prose: ProseFile[] = walked.prose.map(({ before, after, title, text }) => ({
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(title === undefined ? {} : { title }),
    ...(text === '' ? {} : { text }),
  }))
  for (const kind of new Set(desk.leftovers.map((one) => one.kind))) {
    const table = leftoverTable(desk, kind, keyTitleOf(kind))
    if (table !== null) placeText(prose, kind, writeMarkdown(table))
  }
  const order: readonly string[] = ['start', ...orderSections(unusualSections([...walked.sections])).map(({ section }) => section)]
  const rank = (entry: ProseFile): number =>
    3 * order.indexOf(entry.before ?? entry.after ?? 'start') + (entry.before !== undefined ? 0 : entry.title === undefined ? 1 : 2)
  return prose.toSorted((left, right) => rank(left) - rank(right))
}

function placeText(prose: ProseFile[], kind: SectionKey, text: string): void {
  const at = prose.findLastIndex((entry) => entry.after === kind && entry.title === undefined)
  const before = prose[at]
  if (before !== undefined) prose[at] = { ...before, text: joinBlocks([before.text ?? '', text]) }
  else {
    const next = prose.findIndex((entry) => entry.after === kind)
    prose.splice(next === -1 ? prose.length : next, 0, { after: kind, text })
  }
}

/** What a rendered document says for the engine goes over what its tables say. */
function withSettings(file: PlaybookFile, { settings }: Walked, desk: Desk): PlaybookFile {
  if (settings === null) return file
  const { data, findings } = readYaml(settings.text)
  if ((data === null || data === undefined) && findings.length === 0) return file
  const patched =
    typeof data === 'object' && data !== null && !Array.isArray(data) ? applyPatch(file, data as Record<string, unknown>) : null
  const shape = patched === null ? null : readShape(patched)
  if (shape !== null) return canonical(shape)
  const why = findings[0]?.message ?? (patched === null ? 'It is no map of keys.' : 'What it says is not of this language.')
  tell(desk, 'settings-unreadable', settings.place, '', '', `The engine settings were left out. ${why}`)
  return file
}

function readShape(data: unknown): PlaybookFile | null {
  const result = PlaybookFile.safeParse(data)
  return result.success ? result.data : null
}
