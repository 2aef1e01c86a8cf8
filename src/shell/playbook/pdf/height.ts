/** About how high something will be: enough to keep a table with its heading, and cheap. In points. */
import type { Content } from 'pdfmake/interfaces.js'
import { PAGE, SIZES } from './look.ts'

const LINE = 1.32
const LETTER_SHARE = 0.53
/** A paragraph or list needs this much of itself under a heading. */
const TEXT_HEIGHT = 34
const CELL_PADDING = 9.5

export function heightOf(content: Content | undefined): number {
  if (typeof content !== 'object' || content === null || !('table' in content)) return content === undefined ? 0 : TEXT_HEIGHT
  const { body, widths } = content.table
  const known = Array.isArray(widths) ? widths.map((width) => (typeof width === 'number' ? width : PAGE.width)) : []
  return body.reduce((sum, row) => sum + rowHeight(row as readonly Content[], known), 0)
}

function rowHeight(row: readonly Content[], widths: readonly number[]): number {
  const lines = row.map((cell, index) => linesOf(textIn(cell), widths[index] ?? PAGE.width))
  return Math.max(...lines, 1) * SIZES.table * LINE + CELL_PADDING
}

function linesOf(text: string, width: number): number {
  const perLine = Math.max(1, Math.floor(width / (SIZES.table * LETTER_SHARE)))
  return text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / perLine)), 0)
}

function textIn(content: unknown): string {
  if (typeof content === 'string') return content
  if (Array.isArray(content)) return content.map((part) => textIn(part)).join('')
  if (typeof content !== 'object' || content === null) return ''
  const { text, stack, ul, ol } = content as Readonly<Record<string, unknown>>
  const list = [stack, ul, ol].flatMap((items) => (Array.isArray(items) ? items.map((item) => textIn(item)) : []))
  return [text === undefined ? [] : textIn(text), ...list].flat().join('\n')
}
