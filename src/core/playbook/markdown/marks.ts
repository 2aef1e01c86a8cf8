/**
 * Comments around prose that would be read as something else: readers of the document do not see them, and importing it
 * takes what stands between them as it is.
 */
import type { Root, RootContent } from 'mdast'
import { DOCUMENT_SECTIONS } from '../schema.ts'
import { placeOf, withoutNumber } from './outline.ts'
import { textOf } from './inline.ts'
import type { SectionKey } from './vocabulary.ts'
import type { Kept } from './walk.ts'

export interface MarkedPlace {
  readonly place: 'before' | 'after'
  readonly section: SectionKey | 'start'
  /** With a heading of its own. */
  readonly titled: boolean
}

const END = '<!-- /prose -->'
const START = /^<!-- prose: (before|after) ([a-z_]+)(, titled)? -->$/

export function startMark({ place, section, titled }: MarkedPlace): string {
  return `<!-- prose: ${place} ${section}${titled ? ', titled' : ''} -->`
}

export function endMark(): string {
  return END
}

/** @returns the document without what is marked, and what is */
export function takeMarked(root: Root, source: string): { readonly root: Root; readonly kept: readonly Kept[] } {
  const left: RootContent[] = []
  const kept: Kept[] = []
  const nodes = root.children
  for (let at = 0; at < nodes.length; at += 1) {
    const node = nodes[at]
    if (node === undefined) continue
    const mark = readMark(node)
    const end = mark === null ? -1 : nodes.findIndex((other, index) => index > at && other.type === 'html' && other.value.trim() === END)
    if (mark === null || end === -1) left.push(node)
    else {
      kept.push(readKept(mark, nodes.slice(at + 1, end), { start: node, end: nodes[end] ?? node }, source))
      at = end
    }
  }
  return { root: { ...root, children: left }, kept }
}

function readMark(node: RootContent): MarkedPlace | null {
  const match = node.type === 'html' ? START.exec(node.value.trim()) : null
  const section = match?.[2] ?? ''
  if (match === null || (section !== 'start' && !(DOCUMENT_SECTIONS as readonly string[]).includes(section))) return null
  return { place: match[1] === 'before' ? 'before' : 'after', section: section as SectionKey | 'start', titled: match[3] !== undefined }
}

function readKept(
  mark: MarkedPlace,
  nodes: readonly RootContent[],
  around: { start: RootContent; end: RootContent },
  source: string,
): Kept {
  const [first] = nodes
  const heading = mark.titled && first?.type === 'heading' ? first : null
  const from = (heading ?? around.start).position?.end.offset ?? 0
  const text = source
    .slice(from, around.end.position?.start.offset ?? from)
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd()
  return {
    ...(mark.place === 'before' && mark.section !== 'start' ? { before: mark.section } : { after: mark.section }),
    ...(heading === null ? {} : { title: withoutNumber(textOf(heading).replaceAll('\n', ' ')) }),
    text,
    place: placeOf(first ?? around.start),
  }
}
