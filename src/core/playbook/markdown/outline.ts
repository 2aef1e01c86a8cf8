/** The headings of a document as a tree, each with the blocks beneath it; whatever it is made of: `#`, underlines, or bold lines. */
import type { Root, RootContent } from 'mdast'
import { textOf } from './inline.ts'
import type { Place } from './note.ts'

export interface Section {
  /** Without its number; empty for what stands before the first heading. */
  readonly title: string
  /** As it is written, with its number. */
  readonly fullTitle: string
  /** 0 for the document itself, 1 to 6 for headings, 7 for a bold line that serves as one. */
  readonly depth: number
  readonly node: RootContent | null
  readonly blocks: RootContent[]
  readonly children: Section[]
}

/** Deeper than any heading with marks. */
export const BOLD_LINE_DEPTH = 7
const BOLD_LINE_CHARS_MAX = 80

/** @returns the document; its own title, where it has one, is not taken out */
export function readOutline(root: Root): Section {
  const top: Section = { title: '', fullTitle: '', depth: 0, node: null, blocks: [], children: [] }
  const open = [top]
  const counted = countedDepths(root)
  for (const [index, node] of root.children.entries()) {
    const depth = depthOf(node, root.children[index + 1])
    if (depth === null) {
      open.at(-1)?.blocks.push(node)
      continue
    }
    while ((open.at(-1)?.depth ?? 0) >= depth) open.pop()
    const fullTitle = textOf(node).replaceAll('\n', ' ')
    const section: Section = { title: countedTitle(fullTitle, counted.has(depth)), fullTitle, depth, node, blocks: [], children: [] }
    open.at(-1)?.children.push(section)
    open.push(section)
  }
  return top
}

/** Null: it is no heading. */
function depthOf(node: RootContent, next: RootContent | undefined): number | null {
  if (node.type === 'heading') return node.depth
  // "**Severity levels**" on a line of its own, with a table or a list below: a heading to everybody but Markdown.
  if (node.type !== 'paragraph' || node.children.length !== 1 || node.children[0]?.type !== 'strong') return null
  if (next?.type !== 'table' && next?.type !== 'list') return null
  const title = textOf(node)
  return title !== '' && title.length <= BOLD_LINE_CHARS_MAX && !title.includes('\n') ? BOLD_LINE_DEPTH : null
}

const NUMBER = /^(?:(?:section|chapter|part)\s+)?(?:(\d{1,2})|\d{1,2}(?:\.\d{1,2})+|[ivx]+(?=[.):]))(\s*[.):])?(?:\s+[–—:-])?\s+/i

/** The number that a heading has before its title, with or without a point. */
export function withoutNumber(text: string): string {
  const bare = text.slice(NUMBER.exec(text)?.[0].length ?? 0).replace(/\s*:$/, '')
  return bare === '' ? text : bare
}

/**
 * "4. Common incidents:", "Section 4 – Common incidents", "IV) Common incidents" are "Common incidents". A bare number
 * belongs to the title unless other headings of that depth are counted too: "5 Whys" is not the fifth chapter.
 */
function countedTitle(text: string, isCounted: boolean): string {
  return isCounted || !BARE_NUMBER.test(text) ? withoutNumber(text) : text.replace(/\s*:$/, '')
}

const BARE_NUMBER = /^\d{1,2}\s+(?![–—:-])/

/** Depths at which headings are counted: two of them at least, or one that is the first. */
function countedDepths(root: Root): ReadonlySet<number> {
  const counts = new Map<number, number>()
  for (const node of root.children) {
    if (node.type !== 'heading') continue
    const text = textOf(node)
    if (BARE_NUMBER.test(text)) counts.set(node.depth, (counts.get(node.depth) ?? 0) + (/^1\s/.test(text) ? 2 : 1))
  }
  return new Set([...counts].filter(([, count]) => count > 1).map(([depth]) => depth))
}

export function placeOf(node: { readonly position?: { readonly start: Place } | undefined } | null | undefined): Place {
  return { line: node?.position?.start.line ?? 1, column: node?.position?.start.column ?? 1 }
}
