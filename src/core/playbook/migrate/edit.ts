/** Edits of a text: applied together, and places of the edited text found again in the one of before. */
import type { TextEdit } from '../finding.ts'

/** Edits must not overlap; their order does not matter. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let done = ''
  let at = 0
  for (const { offset, length, text: put } of inOrder(edits)) {
    done += text.slice(at, offset) + put
    at = offset + length
  }
  return done + text.slice(at)
}

/** Those that do not overlap an earlier one. */
export function withoutOverlaps(edits: readonly TextEdit[]): TextEdit[] {
  const kept: TextEdit[] = []
  for (const edit of inOrder(edits)) {
    const last = kept.at(-1)
    if (last === undefined || last.offset + last.length <= edit.offset) kept.push(edit)
  }
  return kept
}

/** Where a place of the edited text stood before; within what was put there, where that began. */
export function offsetBefore(edits: readonly TextEdit[], offset: number): number {
  let moved = 0
  for (const edit of inOrder(edits)) {
    const start = edit.offset + moved
    if (offset < start) break
    if (offset < start + edit.text.length) return edit.offset
    moved += edit.text.length - edit.length
  }
  return offset - moved
}

function inOrder(edits: readonly TextEdit[]): TextEdit[] {
  return edits.toSorted((one, other) => one.offset - other.offset)
}

/** The offset at which a line begins. @param line from 1 */
export function lineStart(text: string, line: number): number {
  let at = 0
  for (let count = 1; count < line; count += 1) {
    const end = text.indexOf('\n', at)
    if (end === -1) return at
    at = end + 1
  }
  return at
}

/** Line and column, from 1, of an offset. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
