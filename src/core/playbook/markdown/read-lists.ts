/** The parts of a document that are lists of a title and a text: lifecycle, post-mortem template, compliance, pass criteria. */
import type { PlaybookFile } from '../schema.ts'
import { normalizeName, toSlug } from '../text.ts'
import { type Desk, keep, tell } from './desk.ts'
import { type Place, TOP } from './note.ts'
import { phaseOf } from './phase.ts'
import { readDurationPhrase } from './phrase-duration.ts'
import { normalizeTitle } from './read-incident-types.ts'
import { type Row, type Rows, sameName } from './row.ts'
import { type SectionKey, simplify } from './vocabulary.ts'

type FileOf<Key extends keyof PlaybookFile> = NonNullable<PlaybookFile[Key]>
type Lifecycle = FileOf<'lifecycle'>[number]
type Compliance = FileOf<'compliance'>[number]

const TITLE_CHARS_MAX = 100

interface Titled {
  readonly title: string
  readonly text: string
  readonly row: Row
}

/** Rows that have a title of bearable length; others are kept as prose. */
function titledRows(groups: readonly Rows[], kind: SectionKey, field: string, desk: Desk): Titled[] {
  const found: Titled[] = []
  for (const row of groups.flatMap((group) => group.rows)) {
    const title = normalizeTitle(row.key.text)
    const cell = row.cells.get(field)
    const text = (cell?.text ?? '').replaceAll('\n', '; ')
    const twice = found.some((other) => sameName(other.title, title))
    if (title !== '' && title.length <= TITLE_CHARS_MAX && !twice) found.push({ title, text, row })
    else {
      const [code, message] = twice
        ? (['contradiction', `${title} is there already.`] as const)
        : (['cell-missing', 'The row has no title.'] as const)
      tell(desk, code, row.key.place, kind, row.key.text, message)
      for (const one of row.cells.values())
        keep(desk, kind, title === '' ? { ...row.key, text: '—' } : row.key, { ...one, title: one.title || 'Description' })
    }
    for (const one of row.strange) {
      tell(
        desk,
        'column-unknown',
        one.place,
        `${kind}.${title}`,
        one.text,
        `The language has no key for "${one.title}"; it is kept as prose.`,
      )
      keep(desk, kind, row.key, one)
    }
  }
  for (const group of groups)
    tell(desk, 'read', group.place, kind, '', `${LABELS[kind] ?? kind}: ${group.rows.length} ${group.rows.length === 1 ? 'row' : 'rows'}.`)
  return found
}

const LABELS: Partial<Record<SectionKey, string>> = {
  lifecycle: 'The lifecycle',
  post_mortem: 'The post-mortem template',
  compliance: 'Compliance',
}

export function readLifecycle(groups: readonly Rows[], desk: Desk): Lifecycle[] {
  const steps: Lifecycle[] = []
  for (const { title, text, row } of titledRows(groups, 'lifecycle', 'description', desk)) {
    const phase = phaseOf(title)
    if (phase === null) {
      tell(desk, 'not-runnable', row.key.place, `lifecycle.${title}`, title, `"${title}" is no phase of an incident; it is kept as prose.`)
      const cell = row.cells.get('description')
      keep(
        desk,
        'lifecycle',
        row.key,
        cell === undefined ? { ...row.key, title: 'Description' } : { ...cell, title: cell.title || 'Description' },
      )
      continue
    }
    if (
      simplify(phase) !== simplify(title) &&
      !/^(?:detection|triage|mitigation|communication|resolution|post ?mortem|closure)$/.test(simplify(title))
    ) {
      tell(desk, 'read-so', row.key.place, `lifecycle.${title}.phase`, title, `Taken for the phase "${phase}".`)
    }
    steps.push({ phase, title, ...(text === '' ? {} : { description: text }) })
  }
  return steps
}

/** Sections of the report, and how soon it is due: said in the lifecycle, beneath the heading, or nowhere. */
export function readPostMortem(
  groups: readonly Rows[],
  context: {
    readonly lifecycle: readonly Lifecycle[]
    readonly words: readonly { text: string; place: Place }[]
    readonly severities: readonly string[]
  },
  desk: Desk,
): FileOf<'post_mortem'> | undefined {
  const sections = titledRows(groups, 'post_mortem', 'description', desk).map(({ title, text }) => ({
    title,
    ...(text === '' ? {} : { description: text }),
  }))
  const reviewed = context.lifecycle
    .filter((step) => step.phase === 'reviewed')
    .map((step) => ({ text: step.description ?? '', place: groups[0]?.place ?? TOP }))
  const within = findWithin([...reviewed, ...context.words], desk)
  if (sections.length === 0 && within === null) return undefined
  if (within === null)
    tell(
      desk,
      'not-said',
      groups[0]?.place ?? TOP,
      'post_mortem.within',
      '',
      'How soon the post-mortem is due is not said; 48 h stand there.',
    )
  const message = `Which severities need a post-mortem is not said: ${context.severities.join(', ')}, down to what unknown signals get.`
  tell(desk, 'not-said', groups[0]?.place ?? TOP, 'post_mortem.severities', '', message)
  return { within: within ?? '48 h', severities: [...context.severities], ...(sections.length === 0 ? {} : { sections }) }
}

const CLAUSE = /\b(?:within|no later than|in|due|after) [^.;,]*?(?=\s(?:and|or)\b|[.;,]|$)/gi

/** The first time that can be run; what says another one is told. */
function findWithin(said: readonly { text: string; place: Place }[], desk: Desk): string | null {
  let found: string | null = null
  for (const { text, place } of said) {
    for (const [clause] of text.matchAll(CLAUSE)) {
      const phrase = readDurationPhrase(clause)
      const names = /\d|\bnext\b/.test(clause) && /hour|day|week|sprint|month/i.test(clause)
      if (phrase.kind === 'none' && names) {
        tell(desk, 'not-runnable', place, 'post_mortem.within', text, `"${clause.trim()}" cannot be run. ${phrase.why}`)
      }
      if (phrase.kind !== 'none' && found !== null && phrase.written !== found) {
        tell(desk, 'not-runnable', place, 'post_mortem.within', text, `"${clause.trim()}" is another time than ${found}, which stands.`)
      }
      if (phrase.kind !== 'none') found ??= phrase.written
    }
  }
  return found
}

/** Rows that later rules know by id, under the titles that people give them. */
const KNOWN: readonly (readonly [string, RegExp])[] = [
  ['breach-notification', /\bbreach(?:es)? (?:notification|notice|reporting)|notification of breach|data breach/],
  ['change-management', /\bchange (?:mgmt|management|control|advisory|log)\b/],
  ['audit-trail', /\baudit (?:trail|log)|\bevidence\b|\brecord keeping\b/],
]

export function readCompliance(groups: readonly Rows[], desk: Desk): Compliance[] {
  const rows: Compliance[] = []
  for (const { title, text, row } of titledRows(groups, 'compliance', 'text', desk)) {
    const known = KNOWN.find(([, pattern]) => pattern.test(simplify(title)))?.[0]
    const slug = toSlug(title)
    const taken = (id: string): boolean => rows.some((other) => (other.id ?? toSlug(other.title)) === id)
    if (slug === '' || taken(slug)) {
      tell(desk, 'cell-missing', row.key.place, `compliance.${title}`, title, 'The row cannot be told from others by its title.')
      keep(desk, 'compliance', row.key, row.cells.get('text') ?? { ...row.key, title: 'Text' })
      continue
    }
    rows.push({ ...(known === undefined || known === slug || taken(known) ? {} : { id: known }), title, text: text === '' ? title : text })
  }
  return rows
}

/** Lines of a block that begins with "Pass criteria". */
export function readCriteria(text: string): readonly string[] | null {
  const [head, ...lines] = text.split('\n').map((line) => line.trim())
  const title = /^(?:pass|acceptance|success|exit) criteria\b\s*:?\s*(.*)$/i.exec(normalizeName(head ?? ''))
  if (title === null) return null
  const all = [title[1] ?? '', ...lines].flatMap((line) => line.split(/\s*•\s*/)).map((line) => line.replace(/^[-*]\s+/, '').trim())
  return all.filter((line) => line !== '')
}
