/** Where an import gathers what it says of the document, and the cells that it can only keep. */
import type { PhrasingContent, Table, TableRow } from 'mdast'
import { type ImportCode, type ImportNote, type Place, shorten } from './note.ts'
import type { Cell } from './row.ts'
import type { SectionKey } from './vocabulary.ts'

export interface Desk {
  /** `yyyy-mm-dd`. */
  readonly today: string
  readonly notes: ImportNote[]
  /** Cells kept as prose, by section, row and column. */
  readonly leftovers: Leftover[]
}

export interface Leftover {
  readonly kind: SectionKey
  readonly keyTitle: string
  readonly row: Cell
  readonly cell: Cell
}

export function openDesk(today: string): Desk {
  return { today, notes: [], leftovers: [] }
}

/** So many notes are kept; a document with more is not understood any better by a longer report. */
export const NOTES_MAX = 1_000

export function tell(desk: Desk, code: ImportCode, place: Place, path: string, text: string, message: string): void {
  if (desk.notes.length >= NOTES_MAX) return
  // A column is told of once, not for each of its cells.
  if (code === 'column-unknown' && desk.notes.some((note) => note.code === code && note.message === message)) return
  desk.notes.push({ code, line: place.line, column: place.column, path, text: shorten(text), message })
}

/** Keeps a cell that cannot be run, or not wholly, and says why. */
export function leave(desk: Desk, kind: SectionKey, row: Cell, cell: Cell, code: ImportCode, path: string, message: string): void {
  tell(desk, code, cell.place, path, cell.text, message)
  keep(desk, kind, row, cell)
}

/** Keeps a cell without a word about it. */
export function keep(desk: Desk, kind: SectionKey, row: Cell, cell: Cell): void {
  if (cell.text === '') return
  const same = desk.leftovers.some(
    (other) => other.kind === kind && other.row.text === row.text && other.cell.title === cell.title && other.cell.text === cell.text,
  )
  if (!same) desk.leftovers.push({ kind, keyTitle: row.title, row, cell })
}

/** What of a section was left over, as one table: a row for each row of the document, a column for each of its columns. */
export function leftoverTable(desk: Desk, kind: SectionKey, keyTitle: string): Table | null {
  const left = desk.leftovers.filter((one) => one.kind === kind)
  if (left.length === 0) return null
  const titles = [...new Set(left.map((one) => one.cell.title))]
  const rows = new Map<string, Map<string, PhrasingContent[]>>()
  for (const { row, cell } of left) {
    const cells = rows.get(row.text) ?? new Map<string, PhrasingContent[]>()
    rows.set(row.text, cells)
    const before = cells.get(cell.title)
    cells.set(cell.title, before === undefined ? inCell(cell.nodes) : [...before, { type: 'html', value: '<br>' }, ...inCell(cell.nodes)])
  }
  const body = [...rows].map(([key, cells]) =>
    tableLine([[{ type: 'text', value: key }], ...titles.map((title) => cells.get(title) ?? [])]),
  )
  const head = [left[0]?.keyTitle ?? keyTitle, ...titles].map((title): PhrasingContent[] => [{ type: 'text', value: title }])
  return { type: 'table', align: [], children: [tableLine(head), ...body] }
}

function tableLine(cells: readonly PhrasingContent[][]): TableRow {
  return { type: 'tableRow', children: cells.map((children) => ({ type: 'tableCell', children })) }
}

/** Breaks within a cell are written as `<br>`; other HTML is text. */
function inCell(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  return nodes.map((node): PhrasingContent => {
    if (node.type === 'break') return { type: 'html', value: '<br>' }
    if (node.type === 'html' && !/^<br\s*\/?>$/i.test(node.value)) return { type: 'text', value: node.value }
    if (node.type === 'text') return { ...node, value: node.value.replaceAll(/\s*\n\s*/g, ' ') }
    if ('children' in node) return { ...node, children: inCell(node.children) }
    return node
  })
}
