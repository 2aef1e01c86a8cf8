/** Markdown as a tree (mdast), read within bounds: what would keep the reader busy for minutes is refused before it is read. */
import type { Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTable } from 'micromark-extension-gfm-table'
import type { ImportCode } from './note.ts'

/** A playbook document of 500 incident types is about 150 kB. In UTF-16 code units. */
export const DOCUMENT_CHARS_MAX = 500_000
/** Of quotes and lists within one another. The reader needs time that grows with the cube of it. */
const NESTING_MAX = 24
const INDENT_MAX = 100
/** Of `*`, `_`, `[` and the like in one paragraph: the reader's time grows with the square of it. */
const MARKS_MAX = 1_000
/** Each one is looked up among all before it. */
const DEFINITIONS_MAX = 2_000

export type TreeReading =
  | { readonly kind: 'tree'; readonly root: Root }
  | { readonly kind: 'refused'; readonly code: ImportCode; readonly line: number; readonly message: string }

/** CommonMark with the tables of GitHub. Never throws. Places in the tree count from the start of `text`. */
export function readTree(text: string): TreeReading {
  if (text.length > DOCUMENT_CHARS_MAX) {
    const message = `The document has ${text.length} characters; at most ${DOCUMENT_CHARS_MAX} are read.`
    return { kind: 'refused', code: 'file-too-large', line: 1, message }
  }
  const tangle = findTangle(text)
  if (tangle !== null) return { kind: 'refused', code: 'nested-too-deeply', ...tangle }
  try {
    return { kind: 'tree', root: fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] }) }
  } catch (error) {
    return { kind: 'refused', code: 'markdown-unreadable', line: 1, message: `The Markdown cannot be read: ${(error as Error).message}` }
  }
}

const CONTAINER = /[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))/y

function findTangle(text: string): { readonly line: number; readonly message: string } | null {
  let marks = 0
  let definitions = 0
  for (const [index, line] of text.split(/\r\n?|\n/).entries()) {
    const refuse = (what: string) => ({ line: index + 1, message: `${what}: no playbook is written so.` })
    if (countContainers(line) > NESTING_MAX) return refuse('Quotes or lists are nested too deeply')
    if (/^[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])/.test(line) && line.search(/[^ \t]/) > INDENT_MAX) {
      return refuse('A list is indented too deeply')
    }
    if (/^ {0,3}\[[^\]]*\]:/.test(line)) definitions += 1
    if (definitions > DEFINITIONS_MAX) return refuse('The document has too many link definitions')
    // Each cell of a table is read by itself.
    if (line.trim() === '' || line.trimStart().startsWith('|')) marks = 0
    marks += line.match(/[*_[\]`<&~]/g)?.length ?? 0
    if (line.includes('|') && line.trimStart().startsWith('|')) marks = 0
    if (marks > MARKS_MAX) return refuse('A paragraph has too many marks of Markdown')
  }
  return null
}

function countContainers(line: string): number {
  CONTAINER.lastIndex = 0
  let count = 0
  while (count <= NESTING_MAX && CONTAINER.test(line)) count += 1
  return count
}
