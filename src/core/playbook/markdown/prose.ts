/** Blocks kept as Markdown: as they are written, unless something in them would not be inert or not stand by itself. */
import type { Nodes, PhrasingContent, RootContent } from 'mdast'
import { gfmTableToMarkdown } from 'mdast-util-gfm-table'
import { toMarkdown } from 'mdast-util-to-markdown'
import { cleanText, textOf } from './inline.ts'

export function writeMarkdown(node: Nodes): string {
  const text = toMarkdown(node, {
    extensions: [gfmTableToMarkdown({ tablePipeAlign: false })],
    bullet: '-',
    rule: '-',
    emphasis: '_',
    fences: true,
  }).trimEnd()
  // One dash is enough for Markdown, and too little for some who read it.
  return node.type === 'table'
    ? text.replace(/^(.*\n)((?:\| -+ )+\|)/, (_, head: string, rule: string) => head + rule.replaceAll(/-+/g, '---'))
    : text
}

/** A heading with other marks than it has in the document. */
export function headingSource(heading: { readonly children: readonly PhrasingContent[] }, depth: 3 | 4 | 5 | 6): string {
  return writeMarkdown(inert({ type: 'heading', depth, children: [...heading.children] }))
}

/** @param source the document that the block stands in, at its top level */
export function sourceOf(block: RootContent, source: string): string {
  if (block.type === 'html') return htmlSource(block.value)
  if (isActive(block)) return writeMarkdown(inert(block))
  const [start, end] = [block.position?.start.offset ?? 0, block.position?.end.offset ?? 0]
  const lineStart = source.lastIndexOf('\n', start - 1) + 1
  const written = source.slice(source.slice(lineStart, start).trim() === '' ? lineStart : start, end)
  if (block.type === 'code') return isClosedFence(written) ? written : writeMarkdown(block)
  return withoutTrails(cleanText(written))
}

/** One space at the end of a line says nothing; two break it. */
function withoutTrails(text: string): string {
  return text.replaceAll(/(?<=\S)[ \t]$/gm, '')
}

/** One that nothing closes ends with the document, and would take in what comes after it in another one. */
function isClosedFence(written: string): boolean {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(written)?.[1]
  const last = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(written.slice(written.lastIndexOf('\n') + 1))?.[1]
  return fence !== undefined && last !== undefined && written.includes('\n') && last[0] === fence[0] && last.length >= fence.length
}

/** Addresses that a browser would run, or read from the reader's own machine. */
const ACTIVE_URL = /^[\s\p{Cc}]*(?:javascript|vbscript|data|file|blob):/iu

/** True where a browser would do more with it than show it. */
export function isActive(node: Nodes): boolean {
  if (node.type === 'html') return !isComment(node.value)
  if ('url' in node && ACTIVE_URL.test(node.url)) return true
  return 'children' in node && node.children.some((child) => isActive(child))
}

/** One whole comment: browsers end it where Markdown does. */
export function isComment(html: string): boolean {
  return /^<!--(?!-?>)(?:(?!--)[^])*-->$/.test(html.trim())
}

/** Empty: it keeps two lists apart, and says nothing. */
export function isSpacer(block: RootContent): boolean {
  return block.type === 'html' && /^<!--\s*-->$/.test(block.value.trim())
}

function htmlSource(value: string): string {
  if (isComment(value)) return value.trim()
  const text = value
    .replaceAll(/<!--[^]*?-->/g, '')
    .replaceAll(/<\/?(?:details|summary|div|p|br|hr|b|i|em|strong|center|span|font|a)(?:\s[^<>]*)?\/?>/gi, '\n')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
  return text === '' ? '' : writeMarkdown({ type: 'paragraph', children: [{ type: 'text', value: cleanText(text) }] })
}

/** The same tree with HTML as text, and links that would run something as what they say: browsers read what stands in a document. */
export function inert<Node extends Nodes>(node: Node): Node {
  if (node.type === 'definition' && isActive(node)) return { ...node, url: '#' }
  if (!('children' in node)) return node
  return { ...node, children: (node.children as Nodes[]).flatMap((child) => inertChild(child, node.type)) }
}

function inertChild(child: Nodes, parent: Nodes['type']): Nodes[] {
  if (child.type === 'link' && ACTIVE_URL.test(child.url)) return [...inert(child).children, { type: 'text', value: ` (${child.url})` }]
  if (child.type === 'image' && ACTIVE_URL.test(child.url)) return [{ type: 'text', value: `${child.alt ?? ''} (${child.url})` }]
  if (child.type !== 'html') return [inert(child)]
  if (isComment(child.value)) return [child]
  if (BLOCK_PARENTS.has(parent)) return [{ type: 'paragraph', children: [{ type: 'text', value: child.value }] }]
  if (/^<br\s*\/?>$/i.test(child.value)) return parent === 'tableCell' ? [child] : [{ type: 'break' }]
  const value = textOf(child)
  return value === '' ? [] : [{ type: 'text', value }]
}

const BLOCK_PARENTS = new Set(['root', 'blockquote', 'listItem'])

/** @returns how the children of a root stand in Markdown, each apart from the next */
export function joinBlocks(parts: readonly string[]): string {
  return parts.filter((part) => part.trim() !== '').join('\n\n')
}
