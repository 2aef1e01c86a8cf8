/** Who keeps the document, and when it is reviewed: in a table, a list, a line at the top, or front matter. */
import type { PlaybookFile } from '../schema.ts'
import { normalizeName } from '../text.ts'
import { capitalize } from './phrase-list.ts'
import { type Desk, keep, tell } from './desk.ts'
import { type Place, TOP } from './note.ts'
import { addMonths, readDate } from './phrase-date.ts'
import type { Cell, Rows } from './row.ts'
import { simplify } from './vocabulary.ts'

type Metadata = PlaybookFile['metadata']
type Label = 'id' | 'maintainer' | 'last_review' | 'next_review_due' | 'title'

const LABELS: readonly (readonly [Label, RegExp])[] = [
  [
    'next_review_due',
    /^(?:next (?:scheduled )?(?:review|revision)( due)?( date)?|review due( date)?|due for review|review by|expires?|valid until)( on)?$/,
  ],
  [
    'last_review',
    /^(?:last (?:review(ed)?|revised|revision|updated?)( date)?|(?:review|revision|approval|approved|effective)( date)?|reviewed|updated?|date|as of)( on)?$/,
  ],
  ['id', /^(?:(?:playbook|document|doc|policy|plan|procedure) ?(?:id|no|number|key|code)?|id|identifier|reference|ref)$/],
  [
    'maintainer',
    /^(?:maintainers?|(?:document |playbook |policy )?owners?|maintained by|owned by|contact|author|prepared by|responsible|approver|contact email)$/,
  ],
  ['title', /^(?:title)$/],
]

export function labelOf(label: string): Label | null {
  const simple = simplify(label)
  return LABELS.find(([, pattern]) => pattern.test(simple))?.[0] ?? null
}

/** What the rendered table says beside the fields: it is the same in every document. */
export const FIELD_NOTES: Readonly<Record<string, string>> = {
  'Playbook ID': 'Unique key',
  Maintainer: 'Name & email',
  'Last Review Date': 'yyyy-mm-dd',
  'Next Review Due': 'yyyy-mm-dd',
}

const EMAIL = /[^\s@<>()[\],;:"|]+@[^\s@<>()[\],;:"|]+[^\s@<>()[\],;:".|]/u
const PERIODS: readonly (readonly [RegExp, number])[] = [
  [/\b(?:quarterly|every (?:quarter|3 months|three months))\b/i, 3],
  [/\b(?:semi-?annual(?:ly)?|half-?yearly|twice a year|every (?:6|six) months)\b/i, 6],
  [/\b(?:annual(?:ly)?|yearly|every (?:year|12 months)|once a year)\b/i, 12],
  [/\b(?:monthly|every month)\b/i, 1],
]

/** @param whole all of the document's text: for an address, and for how often it is reviewed */
export function readMetadata(groups: readonly Rows[], whole: string, desk: Desk): Metadata {
  const found = new Map<Label, Cell>()
  for (const group of groups) {
    for (const row of group.rows) {
      const label = labelOf(row.key.text)
      const value = row.cells.get('value')
      const about = row.cells.get('about')
      if (about !== undefined && about.text !== FIELD_NOTES[normalizeName(row.key.text)]) keep(desk, 'metadata', row.key, about)
      if (label !== null && value !== undefined && value.text !== '' && !found.has(label)) found.set(label, value)
      else if (value !== undefined) {
        tell(desk, 'kept', row.key.place, 'metadata', `${row.key.text}: ${value.text}`, `The metadata have no key for "${row.key.text}".`)
        keep(desk, 'metadata', row.key, { ...value, title: value.title || 'Value' })
      }
      for (const cell of row.strange) keep(desk, 'metadata', row.key, cell)
    }
    tell(desk, 'read', group.place, 'metadata', '', `The metadata: ${[...found.keys()].join(', ') || 'nothing known'}.`)
  }
  const place = groups[0]?.place ?? TOP
  return {
    id: readId(found.get('id'), place, desk),
    maintainer: readMaintainer(found.get('maintainer'), whole, place, desk),
    ...readDates(found, whole, place, desk),
  }
}

function readId(cell: Cell | undefined, place: Place, desk: Desk): string {
  const id = normalizeName(cell?.text ?? '').replaceAll('\n', ' ')
  if (id !== '' && id.length <= 100) return id
  const guess = `IRP-${desk.today}`
  tell(desk, 'not-said', cell?.place ?? place, 'metadata.id', cell?.text ?? '', `The document has no id; ${guess} stands there.`)
  return guess
}

function readMaintainer(cell: Cell | undefined, whole: string, place: Place, desk: Desk): Metadata['maintainer'] {
  const path = 'metadata.maintainer'
  const email = EMAIL.exec(cell?.text ?? '')?.[0] ?? null
  const said = (cell?.text ?? '')
    .replace(email ?? '', ' ')
    .replaceAll(/[()<>[\],;\n]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const found = email ?? EMAIL.exec(whole)?.[0] ?? 'owner@localhost'
  if (email === null) {
    const message =
      found === 'owner@localhost' ? 'No address is given' : 'No address of the maintainer is given; another one of the document is taken'
    tell(desk, 'not-said', cell?.place ?? place, `${path}.email`, cell?.text ?? '', `${message}: ${found}.`)
  }
  const name = said !== '' && said.length <= 100 ? said : nameOfAddress(found)
  if (said === '')
    tell(
      desk,
      'not-said',
      cell?.place ?? place,
      `${path}.name`,
      cell?.text ?? '',
      `The maintainer has no name but an address; "${name}" is drawn from it.`,
    )
  return { name, email: found.slice(0, 254) }
}

/** security@example.com is "Security", jane.doe@example.com "Jane Doe". */
export function nameOfAddress(email: string): string {
  const words = (email.split('@')[0] ?? '').split(/[._+-]+/).filter((word) => word !== '')
  return words.map(capitalize).join(' ').slice(0, 100) || email.slice(0, 100)
}

function readDates(
  found: ReadonlyMap<Label, Cell>,
  whole: string,
  place: Place,
  desk: Desk,
): Pick<Metadata, 'last_review' | 'next_review_due'> {
  const last = readOne(found.get('last_review'), 'last_review', desk)
  const next = readOne(found.get('next_review_due'), 'next_review_due', desk)
  const months = PERIODS.find(([pattern]) => pattern.test(whole))?.[1] ?? 3
  const lastReview = last ?? (next === null ? desk.today : addMonths(next, -months))
  if (last === null)
    tell(desk, 'not-said', place, 'metadata.last_review', '', `When it was reviewed last is not said; ${lastReview} stands there.`)
  const due = next ?? addMonths(lastReview, months)
  if (next === null)
    tell(
      desk,
      'not-said',
      place,
      'metadata.next_review_due',
      '',
      `When it is due for review is not said; ${due} stands there, ${months} months later.`,
    )
  if (due >= lastReview) return { last_review: lastReview, next_review_due: due }
  tell(
    desk,
    'contradiction',
    found.get('next_review_due')?.place ?? place,
    'metadata.next_review_due',
    due,
    'The next review is due before the last one was held.',
  )
  return { last_review: lastReview, next_review_due: addMonths(lastReview, months) }
}

function readOne(cell: Cell | undefined, key: string, desk: Desk): string | null {
  if (cell === undefined) return null
  const date = readDate(cell.text)
  if (date === null)
    tell(desk, 'not-runnable', cell.place, `metadata.${key}`, cell.text, `"${cell.text}" is not one certain day; write it as yyyy-mm-dd.`)
  return date
}
