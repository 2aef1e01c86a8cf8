/** Tables of the PDF: columns as wide as what they hold asks for, rows that stay whole, a head on every page. */
import type { Table, TableCell } from 'mdast'
import type { Content, ContentTable } from 'pdfmake/interfaces.js'
import { textOf } from '../../../core/playbook/markdown/inline.ts'
import { COLOURS, PAGE, SIZES } from './look.ts'
import type { Run } from './nodes.ts'

/** Of an average letter at the table's size, with the space of bold ones. */
const LETTER = 4.75
const GUTTER = 12
const COLUMN_MAX = 230
/** A row that is higher than this may break: it would not fit on a page of its own. */
const ROW_CHARS_MAX = 1_500

export function setTable(table: Table, setCell: (cell: TableCell, strong: boolean) => Run[]): Content {
  const [head, ...rows] = table.children
  const count = head?.children.length ?? 0
  if (count === 0) return { text: '' }
  const texts = table.children.map((row) => Array.from({ length: count }, (_, index) => textOf(row.children[index] ?? [])))
  const heads = (head?.children ?? []).map((cell): Content => ({ text: setCell(cell, false), fontSize: SIZES.head, color: COLOURS.muted }))
  const body = rows.map((row) =>
    Array.from({ length: count }, (_, index): Content => {
      const cell = row.children[index]
      return cell === undefined ? '' : { text: setCell(cell, index === 0), fontSize: SIZES.table }
    }),
  )
  const isTall = texts.some((row) => row.some((text) => text.length > ROW_CHARS_MAX))
  const content: ContentTable = {
    table: { headerRows: 1, keepWithHeaderRows: 1, dontBreakRows: !isTall, widths: widthsOf(texts), body: [heads, ...body] },
    layout: LINES,
    margin: [0, 0, 0, 9],
  }
  return content
}

const LINES = {
  hLineWidth: (index: number) => (index === 0 ? 0 : index === 1 ? 0.8 : 0.5),
  vLineWidth: () => 0,
  hLineColor: (index: number) => (index === 1 ? COLOURS.strong : COLOURS.line),
  paddingLeft: () => 0,
  paddingRight: (index: number, node: ContentTable) => (index === (node.table.widths?.length ?? 0) - 1 ? 0 : GUTTER),
  paddingTop: () => 4.5,
  paddingBottom: () => 4.5,
}

/**
 * Where all fits on one line, the rest is shared alike. Else each column gets at least its longest word, and what is left
 * in proportion to what would keep its texts on few lines. In points; together the width of the page. @param rows texts of all rows, the head's first
 */
export function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const count = rows[0]?.length ?? 0
  const total = PAGE.width - GUTTER * (count - 1)
  const least = columns(rows, count, (text) => Math.max(...text.split(/[\s/]+/).map((word) => word.length), 0), total / count)
  const wanted = columns(rows, count, (text) => Math.max(...text.split('\n').map((line) => line.length), 0), COLUMN_MAX)
  if (sum(wanted) <= total) return wanted.map((width) => width + (total - sum(wanted)) / count)
  if (sum(least) >= total) return least.map((width) => (width / sum(least)) * total)
  const wishes = wanted.map((width, index) => Math.max(width - (least[index] ?? 0), 0.01))
  const spare = total - sum(least)
  return least.map((width, index) => width + (spare * (wishes[index] ?? 0)) / sum(wishes))
}

function sum(list: readonly number[]): number {
  return list.reduce((left, right) => left + right, 0)
}

function columns(rows: readonly (readonly string[])[], count: number, measure: (text: string) => number, max: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    Math.min(max, Math.max(...rows.map((row) => measure(row[index] ?? '')), 1) * LETTER + 2),
  )
}
