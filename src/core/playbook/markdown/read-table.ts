/** Tables: which part of a playbook one is, and its rows; columns in any order, under whatever name people give them. */
import type { Table, TableRow } from 'mdast'
import { textOf } from './inline.ts'
import { TOP } from './note.ts'
import { placeOf } from './outline.ts'
import { phaseOf } from './phase.ts'
import { labelOf } from './read-metadata.ts'
import { type Cell, cellOf, type Row, type Rows } from './row.ts'
import { COLUMNS, type FieldName, NEEDED, type SectionKey, SEVERITY_NAME, simplify } from './vocabulary.ts'

interface Fit {
  readonly kind: SectionKey
  /** By column; null: no key. */
  readonly fields: readonly (FieldName | null)[]
  readonly score: number
}

/** @param hints kinds that the headings above announce, the likeliest first; null: it is none of a playbook's tables */
export function readTable(table: Table, hints: readonly SectionKey[]): Rows | null {
  const grid = turn(table, hints)
  const fits = (Object.keys(COLUMNS) as SectionKey[]).map((kind) => fit(kind, grid, hints)).filter((found) => found !== null)
  const best = fits.reduce<Fit | null>((left, right) => (left === null || right.score > left.score ? right : left), null)
  if (best === null) return null
  const [keyField] = NEEDED[best.kind]
  const rows = grid.rows.map((row) => toRow(row, best, keyField, grid.titles))
  return { kind: best.kind, place: placeOf(table), rows, ragged: grid.ragged }
}

interface Grid {
  readonly titles: readonly string[]
  readonly ragged: NonNullable<Rows['ragged']>
  readonly rows: readonly (readonly Cell[])[]
}

function gridOf(table: Table): Grid {
  const [head, ...body] = table.children
  const titles = (head?.children ?? []).map((cell) => textOf(cell.children).replaceAll('\n', ' '))
  const ragged = body
    .filter((row) => row.children.length !== titles.length)
    .map((row) => ({
      place: row.position?.end ?? TOP,
      message: `The row has ${row.children.length} of ${titles.length} cells.`,
    }))
  return { titles, ragged, rows: body.map((row) => cellsOf(row, titles)).filter((row) => row.some((cell) => cell.text !== '')) }
}

/** As many cells as there are columns: those that a row lacks are empty, and stand where it ends. */
function cellsOf(row: TableRow, titles: readonly string[]): Cell[] {
  const end = row.position?.end ?? TOP
  const count = Math.max(titles.length, row.children.length)
  return Array.from({ length: count }, (_, index) => {
    const cell = row.children[index]
    const title = titles[index] ?? `Column ${index + 1}`
    return cell === undefined ? cellOf(title, [], { line: end.line, column: end.column }) : cellOf(title, cell.children, placeOf(cell))
  })
}

/** A matrix with a column for each severity is read as if it had a row for each. */
function turn(table: Table, hints: readonly SectionKey[]): Grid {
  const grid = gridOf(table)
  const names = grid.titles.slice(1)
  if (names.length < 2 || !names.every((name) => SEVERITY_NAME.test(name))) return grid
  const known = grid.rows.filter((row) => fieldsOf('severities', [row[0]?.text ?? '']).some((field) => field !== null))
  if (known.length === 0 && !hints.includes('severities')) return grid
  const titles = ['Severity', ...grid.rows.map((row) => row[0]?.text ?? '')]
  const [head] = table.children
  const rows = names.map((name, index) => {
    const title = head?.children[index + 1]
    const key = cellOf('Severity', title?.children ?? [{ type: 'text', value: name }], placeOf(title ?? head))
    return [key, ...grid.rows.map((row) => ({ ...(row[index + 1] as Cell), title: row[0]?.text ?? '' }))]
  })
  return { titles, rows, ragged: grid.ragged }
}

/** Each key is taken by one column, the first that fits. */
function fieldsOf(kind: SectionKey, titles: readonly string[]): (FieldName | null)[] {
  const taken = new Set<FieldName>()
  return titles.map((title) => {
    const simple = simplify(title)
    const found = COLUMNS[kind].find(([field, pattern]) => !taken.has(field) && pattern.test(simple))?.[0] ?? null
    if (found !== null) taken.add(found)
    return found
  })
}

function fit(kind: SectionKey, grid: Grid, hints: readonly SectionKey[]): Fit | null {
  const [key, others] = NEEDED[kind]
  const hinted = hints.includes(kind)
  const fields = fieldsOf(kind, grid.titles)
  // Under a heading that announces the kind, the first column names the rows whatever it is called.
  if (!fields.includes(key) && hinted && fields[0] === null) fields[0] = key
  if (kind === 'metadata' && isCard(grid)) fields.splice(0, 2, 'label', 'value')
  const isBare = hinted && kind === 'post_mortem' && grid.titles.length === 1
  if (!fields.includes(key) || (!isBare && !others.some((field) => fields.includes(field)))) return null
  const at = fields.indexOf(key)
  if (!hinted && !looksLike(kind, grid, at)) return null
  const known = fields.filter((field) => field !== null).length
  const score = known - (grid.titles.length - known) * 0.5 + (hints[0] === kind ? 2 : hinted ? 1 : 0)
  return { kind, fields, score: kind === 'severities' && namesSeverities(grid, at) ? score + 1.5 : score }
}

/** Two columns of which the first is full of labels that such a card has, whatever stands above them. */
function isCard(grid: Grid): boolean {
  return grid.titles.length === 2 && grid.rows.length >= 2 && share(grid, 0, (text) => labelOf(text) !== null) >= 0.5
}

function namesSeverities(grid: Grid, at: number): boolean {
  return share(grid, at, (text) => SEVERITY_NAME.test(text)) >= 0.5
}

const REPORT_PARTS =
  /\b(?:summary|timeline|root cause|impact|lessons|action items?|resolution|detection|what went (?:well|wrong)|contributing)\b/i
const CARD_LABELS = /\b(?:playbook|document|owner|maintainer|author|version|review|approved|effective|id)\b/i

/** Without a heading that says so, the rows themselves must: "Section | Description" can be anything. */
function looksLike(kind: SectionKey, grid: Grid, at: number): boolean {
  switch (kind) {
    case 'severities':
      return namesSeverities(grid, at)
    case 'metadata':
      return grid.rows.length >= 2 && share(grid, at, (text) => CARD_LABELS.test(text)) >= 0.5
    case 'lifecycle':
      return grid.rows.length >= 3 && share(grid, at, (text) => phaseOf(text) !== null) >= 0.6
    case 'post_mortem':
      return grid.rows.length >= 3 && share(grid, at, (text) => REPORT_PARTS.test(text)) >= 0.5
    case 'compliance':
      return false
    default:
      return !namesSeverities(grid, at)
  }
}

function share(grid: Grid, at: number, test: (text: string) => boolean): number {
  const named = grid.rows.map((row) => row[at]?.text ?? '').filter((text) => text !== '')
  return named.length === 0 ? 0 : named.filter(test).length / named.length
}

function toRow(cells: readonly Cell[], { fields }: Fit, keyField: FieldName, titles: readonly string[]): Row {
  const at = fields.indexOf(keyField)
  const named = new Map<FieldName, Cell>()
  const strange: Cell[] = []
  for (const [index, cell] of cells.entries()) {
    const field = fields[index] ?? null
    if (index === at) continue
    if (field !== null) named.set(field, cell)
    else if (cell.text !== '') strange.push(cell)
  }
  return { key: cells[at] ?? cellOf(titles[at] ?? '', [], { line: 1, column: 1 }), cells: named, strange }
}
