/** Nodes of a Markdown tree as pdfmake sets them. What people wrote is text here; only links to the web and to mail are links. */
import type { Nodes, RootContent } from 'mdast'
import type { Content, ContentText } from 'pdfmake/interfaces.js'
import { textOf } from '../../../core/playbook/markdown/inline.ts'
import { isComment } from '../../../core/playbook/markdown/prose.ts'
import { definitionsOf, safeUrl } from '../../../core/playbook/markdown/write-html.ts'
import { splitByFont } from './fonts.ts'
import { heightOf } from './height.ts'
import { COLOURS, SIZES } from './look.ts'
import { setTable } from './table.ts'

export interface Look {
  readonly bold?: boolean
  readonly italics?: boolean
  readonly mono?: boolean
  readonly strike?: boolean
  readonly link?: string
  readonly colour?: string
}

export type Run = ContentText

/** A text in the fonts that have its letters. */
export function setText(text: string, look: Look = {}): Run[] {
  return splitByFont(text, look.mono === true).map((run) => ({
    text: run.text,
    font: run.font,
    ...(look.bold === true ? { bold: true } : {}),
    ...(look.italics === true ? { italics: true } : {}),
    ...(look.strike === true ? { decoration: 'lineThrough' as const } : {}),
    ...(look.mono === true ? { fontSize: SIZES.code, color: COLOURS.code } : {}),
    ...(look.link === undefined ? {} : { link: look.link, color: COLOURS.accent }),
    ...(look.colour === undefined ? {} : { color: look.colour }),
  }))
}

type Links = ReturnType<typeof definitionsOf>

export function setInline(nodes: readonly Nodes[], links: Links, look: Look = {}): Run[] {
  return nodes.flatMap((node): Run[] => {
    switch (node.type) {
      case 'text':
        return setText(node.value.replaceAll(/\s*\n\s*/g, ' '), look)
      case 'inlineCode':
        return setText(node.value, { ...look, mono: true })
      case 'break':
        return setText('\n', look)
      case 'html':
        if (/^<br\s*\/?>$/i.test(node.value)) return setText('\n', look)
        return isComment(node.value) ? [] : setText(node.value, look)
      case 'strong':
        return setInline(node.children, links, { ...look, bold: true })
      case 'emphasis':
        return setInline(node.children, links, { ...look, italics: true })
      case 'delete':
        return setInline(node.children, links, { ...look, strike: true })
      case 'link':
        return setLink(node.url, node.children, links, look)
      case 'linkReference':
        return setLink(links.get(node.identifier)?.url ?? '', node.children, links, look)
      case 'image':
      case 'imageReference': {
        const url = node.type === 'image' ? node.url : (links.get(node.identifier)?.url ?? '')
        return setLink(url, [{ type: 'text', value: node.alt ?? url }], links, look)
      }
      default:
        return 'children' in node ? setInline(node.children, links, look) : []
    }
  })
}

function setLink(url: string, children: readonly Nodes[], links: Links, look: Look): Run[] {
  const safe = safeUrl(url)
  return setInline(children, links, safe === null ? look : { ...look, link: safe })
}

export function setBlocks(nodes: readonly RootContent[]): Content[] {
  const links = definitionsOf(nodes)
  return nodes.flatMap((node) => setBlock(node, links, {}))
}

const GAP = 7
/** Of a subheading and what it must not stand without. */
const SUBHEADING_ROOM = 56
/** A quote that is lower than this stays whole. */
const QUOTE_HEIGHT_MAX = 160

function setBlock(node: Nodes, links: Links, look: Look): Content[] {
  switch (node.type) {
    case 'paragraph':
      return [{ text: setInline(node.children, links, look), margin: [0, 0, 0, GAP] }]
    case 'heading':
      return [
        {
          text: setInline(node.children, links, { ...look, bold: true }),
          fontSize: SIZES.subheading,
          margin: [0, 9, 0, 4],
          headlineLevel: SUBHEADING_ROOM,
        },
      ]
    case 'blockquote':
      return [setQuote(node.children.flatMap((child) => setBlock(child, links, { ...look, colour: COLOURS.muted })))]
    case 'list': {
      const items = node.children.map(
        (item): Content => ({ stack: trimLast(item.children.flatMap((child) => setBlock(child, links, look))), margin: [0, 0, 0, 3.5] }),
      )
      const common = { margin: [0, 0, 0, GAP - 3.5] as [number, number, number, number], markerColor: COLOURS.muted }
      return [node.ordered === true ? { ol: items, start: node.start ?? 1, ...common } : { ul: items, ...common }]
    }
    case 'code':
      return [setCode(node.value)]
    case 'thematicBreak':
      return [{ canvas: [{ type: 'line', x1: 0, y1: 0, x2: 483, y2: 0, lineWidth: 0.5, lineColor: COLOURS.line }], margin: [0, 4, 0, 10] }]
    case 'table':
      return [setTable(node, (cell, strong) => setInline(cell.children, links, strong ? { ...look, bold: true } : look))]
    case 'html':
      return isComment(node.value) ? [] : [{ text: setText(node.value, look), margin: [0, 0, 0, GAP] }]
    case 'definition':
      return []
    default: {
      const text = textOf(node)
      return text === '' ? [] : [{ text: setText(text, look), margin: [0, 0, 0, GAP] }]
    }
  }
}

/** The space after the last paragraph is that of what holds it. */
function trimLast(blocks: Content[]): Content[] {
  const last = blocks.at(-1)
  if (typeof last === 'object' && last !== null && 'text' in last)
    return [...blocks.slice(0, -1), { ...last, margin: [0, 0, 0, 0] } as Content]
  return blocks
}

/** A rule down the left side, on every page that the quote reaches. */
function setQuote(blocks: Content[]): Content {
  const height = heightOf({ table: { widths: ['*'], body: [[{ stack: blocks }]] } })
  return {
    ...(height <= QUOTE_HEIGHT_MAX ? { headlineLevel: height + GAP } : {}),
    table: { widths: ['*'], body: [[{ stack: trimLast(blocks), border: [true, false, false, false] }]] },
    layout: {
      vLineWidth: (index: number) => (index === 0 ? 1.6 : 0),
      hLineWidth: () => 0,
      vLineColor: () => COLOURS.strong,
      paddingLeft: () => 10,
      paddingRight: () => 0,
      paddingTop: () => 1,
      paddingBottom: () => 1,
    },
    margin: [0, 2, 0, GAP + 2],
  }
}

/** Each line a row, so that a long block goes on over the page. */
function setCode(value: string): Content {
  const lines = value
    .split('\n')
    .map((line): Content[] => [{ text: setText(line === '' ? ' ' : line, { mono: true }), lineHeight: 1.25, preserveLeadingSpaces: true }])
  return {
    table: { widths: ['*'], body: lines },
    layout: {
      hLineWidth: () => 0,
      vLineWidth: () => 0,
      fillColor: () => COLOURS.fill,
      paddingLeft: () => 9,
      paddingRight: () => 9,
      paddingTop: (index: number) => (index === 0 ? 7 : 0),
      paddingBottom: (index: number) => (index === lines.length - 1 ? 7 : 0),
    },
    margin: [0, 2, 0, GAP + 2],
  }
}
