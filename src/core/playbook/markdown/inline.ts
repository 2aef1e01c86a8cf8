/** What the nodes of a Markdown tree say as plain text, and plain text made clean of what word processors leave in it. */
import type { Nodes, PhrasingContent } from 'mdast'

/** Plain spaces and hyphens for those that must not break, without the invisible; dashes and quotes stay as they are written. */
export function cleanText(text: string): string {
  return text
    .replaceAll(/[\u00a0\u202f\u2007\u2009\u200a]/gu, ' ')
    .replaceAll(/[\u2010\u2011]/gu, '-')
    .replaceAll(/[\u00ad\u200b\u2060\ufeff]/gu, '')
}

/** Elements that only change how a text looks. */
const LOOKS = /^<\/?(?:b|i|u|s|em|strong|small|span|font|sub|sup|p|div|code|kbd|mark|a|ins|del|center)(?:\s[^>]*)?\/?>$/i
const BREAK = /^<br\s*\/?>$/i
const COMMENT = /^<!--/

/**
 * The text of a node. A hard break or `<br>` is a line feed, a soft one a space; the target of a link follows in brackets
 * where the text does not say it; items of a list stand on lines of their own.
 */
export function textOf(node: Nodes | readonly Nodes[]): string {
  const nodes = Array.isArray(node) ? (node as readonly Nodes[]) : [node as Nodes]
  return tidy(cleanText(nodes.map(rawText).join('')))
}

function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/[ \t]+/g, ' ').trim())
    .join('\n')
    .replaceAll(/\n{2,}/g, '\n')
    .trim()
}

function rawText(node: Nodes): string {
  switch (node.type) {
    case 'text':
      return node.value.replaceAll(/\s*\n\s*/g, ' ')
    case 'inlineCode':
      return node.value
    case 'code':
      return `${node.value}\n`
    case 'html':
      if (BREAK.test(node.value)) return '\n'
      return COMMENT.test(node.value) || LOOKS.test(node.value) ? '' : node.value
    case 'break':
      return '\n'
    case 'image':
      return node.alt === null || node.alt === undefined || node.alt === '' ? node.url : `${node.alt} (${node.url})`
    case 'link':
      return linkText(textOfChildren(node.children), node.url)
    case 'definition':
    case 'thematicBreak':
      return ''
    default:
      if (!('children' in node)) return ''
      return textOfChildren(node.children) + (BLOCKS.has(node.type) ? '\n' : '')
  }
}

const BLOCKS = new Set(['paragraph', 'heading', 'listItem', 'tableRow', 'tableCell', 'blockquote'])

function textOfChildren(children: readonly Nodes[]): string {
  return children.map(rawText).join('')
}

function linkText(text: string, url: string): string {
  const address = url.replace(/^mailto:/i, '')
  if (text.trim() === '' || text === address || text === url) return address
  return url.startsWith('#') ? text : `${text} (${address})`
}

/** Inline code within a node, in order. */
export function codesOf(nodes: readonly Nodes[]): string[] {
  return nodes.flatMap((node) => {
    if (node.type === 'inlineCode') return [cleanText(node.value)]
    return 'children' in node ? codesOf(node.children) : []
  })
}

/** A cell whose code keeps its marks, so that an alarm can be told from words: "`API5xxAlarm` SEV-1". */
export function markedText(nodes: readonly PhrasingContent[]): string {
  const withMarks = (node: PhrasingContent): string => {
    if (node.type === 'inlineCode') return `\ue000${node.value}\ue001`
    if ('children' in node && node.type !== 'link') return node.children.map((child) => withMarks(child)).join('')
    return rawText(node)
  }
  return tidy(cleanText(nodes.map(withMarks).join('')))
}
