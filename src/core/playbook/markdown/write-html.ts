/** Nodes of a Markdown tree as HTML. Whatever people wrote is text: tags are escaped, and only links to the web and to mail are links. */
import type { Definition, Nodes, RootContent, Table } from 'mdast'
import { isComment } from './prose.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Safe as text and within quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}

/** Null where a browser would run something, or load it from a place that only it sees. */
export function safeUrl(url: string): string | null {
  return /^(?:https?:\/\/|mailto:)[^\s<>"'`\p{Cc}]+$/iu.test(url) ? url : null
}

type Definitions = ReadonlyMap<string, Definition>

export function definitionsOf(nodes: readonly Nodes[]): Definitions {
  const found = nodes.flatMap((node): readonly (readonly [string, Definition])[] => {
    if (node.type === 'definition') return [[node.identifier, node]]
    return 'children' in node ? [...definitionsOf(node.children)] : []
  })
  return new Map(found.toReversed())
}

export function writeHtml(nodes: readonly RootContent[]): string {
  const definitions = definitionsOf(nodes)
  return nodes.map((node) => write(node, definitions)).join('\n')
}

function inner(node: { readonly children: readonly Nodes[] }, definitions: Definitions): string {
  return node.children.map((child) => write(child, definitions)).join('')
}

function write(node: Nodes, definitions: Definitions): string {
  switch (node.type) {
    case 'text':
      return escapeHtml(node.value)
    case 'strong':
      return `<strong>${inner(node, definitions)}</strong>`
    case 'emphasis':
      return `<em>${inner(node, definitions)}</em>`
    case 'delete':
      return `<del>${inner(node, definitions)}</del>`
    case 'inlineCode':
      return `<code>${escapeHtml(node.value)}</code>`
    case 'break':
      return '<br>'
    case 'html':
      return writeRaw(node.value)
    case 'link':
      return writeLink(node.url, inner(node, definitions))
    case 'linkReference':
      return writeLink(definitions.get(node.identifier)?.url ?? '', inner(node, definitions))
    // Nothing is loaded from elsewhere: a picture is the words that stand for it, and a link.
    case 'image':
      return writeLink(node.url, escapeHtml(node.alt === null || node.alt === undefined || node.alt === '' ? node.url : node.alt))
    case 'imageReference':
      return writeLink(definitions.get(node.identifier)?.url ?? '', escapeHtml(node.alt ?? node.identifier))
    default:
      return writeBlock(node, definitions)
  }
}

function writeBlock(node: Nodes, definitions: Definitions): string {
  switch (node.type) {
    case 'paragraph':
      return `<p>${inner(node, definitions)}</p>`
    // Sections have the second level.
    case 'heading': {
      const depth = Math.max(3, node.depth)
      return `<h${depth}>${inner(node, definitions)}</h${depth}>`
    }
    case 'blockquote':
      return `<blockquote>${inner(node, definitions)}</blockquote>`
    case 'list': {
      const start = node.ordered === true && node.start !== 1 && typeof node.start === 'number' ? ` start="${node.start}"` : ''
      return node.ordered === true ? `<ol${start}>${inner(node, definitions)}</ol>` : `<ul>${inner(node, definitions)}</ul>`
    }
    case 'listItem': {
      const only = node.children.length === 1 ? node.children[0] : undefined
      return `<li>${only?.type === 'paragraph' ? inner(only, definitions) : inner(node, definitions)}</li>`
    }
    case 'code':
      return `<pre><code>${escapeHtml(node.value)}</code></pre>`
    case 'thematicBreak':
      return '<hr>'
    case 'table':
      return writeTable(node, definitions)
    default:
      return 'children' in node ? inner(node, definitions) : ''
  }
}

function writeRaw(value: string): string {
  if (/^<br\s*\/?>$/i.test(value)) return '<br>'
  return isComment(value) ? '' : escapeHtml(value)
}

function writeLink(url: string, text: string): string {
  const safe = safeUrl(url)
  return safe === null ? text : `<a href="${escapeHtml(safe)}" rel="noopener noreferrer nofollow">${text}</a>`
}

/** On a narrow screen each row is a card: its cells carry the titles of their columns. */
function writeTable(table: Table, definitions: Definitions): string {
  const [head, ...body] = table.children
  const titles = (head?.children ?? []).map((cell) => inner(cell, definitions))
  const labels = titles.map((title) => title.replaceAll(/<[^>]*>/g, ''))
  const rows = body.map((row) => {
    const cells = row.children.map((cell, index) => `<td data-label="${labels[index] ?? ''}"><span>${inner(cell, definitions)}</span></td>`)
    return `<tr>${cells.join('')}</tr>`
  })
  const heads = titles.map((title) => `<th scope="col">${title}</th>`).join('')
  return `<table><thead><tr>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table>`
}
