/** The document as one page of HTML: no script, nothing loaded from elsewhere, to be read, kept, sent and printed. */
import type { RootContent } from 'mdast'
import type { Playbook } from '../playbook.ts'
import type { Block, Chapter, DocumentModel } from './model.ts'
import { PAGE_STYLE } from './page-style.ts'
import { readTree } from './tree.ts'
import { escapeHtml, safeUrl, writeHtml } from './write-html.ts'

export interface PageOptions {
  /** What the foot of the page says of where it comes from; nothing when left out. */
  readonly provenance?: string
  /** `@font-face` rules with the fonts in them; the reader's own fonts when left out. */
  readonly fontFaces?: string
}

/** The one style sheet of the page, as a content policy must know it. */
export function pageStyle({ fontFaces = '' }: PageOptions): string {
  return fontFaces + PAGE_STYLE
}

export function writePage({ title, lead, chapters }: DocumentModel, playbook: Playbook, options: PageOptions = {}): string {
  const foot = options.provenance === undefined ? '' : `<footer>${escapeHtml(options.provenance)}</footer>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${escapeHtml(title)}</title>
<style>${pageStyle(options)}</style></head>
<body><article>
${writeHead(title, playbook)}
<div class="lead">${writeBlocks(lead)}</div>
${writeContents(chapters)}
${chapters.map(writeChapter).join('\n')}
${foot}
</article></body></html>
`
}

function writeHead(title: string, { metadata }: Playbook): string {
  const { name, email } = metadata.maintainer
  const address = safeUrl(`mailto:${email}`)
  const who = address === null ? escapeHtml(name) : `<a href="${escapeHtml(address)}">${escapeHtml(name)}</a>`
  const facts = [
    ['Maintained by', who],
    ['Last reviewed', escapeHtml(dateWords(metadata.lastReview))],
    ['Next review due', escapeHtml(dateWords(metadata.nextReviewDue))],
  ]
  const list = facts.map(([label, value]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`).join('')
  return `<header><p class="id">${escapeHtml(metadata.id)}</p><h1>${escapeHtml(title)}</h1><dl>${list}</dl></header>`
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** "6 June 2025". @param date `yyyy-mm-dd` */
export function dateWords(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-')
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? month} ${year}`
}

/** A short document needs no list of its parts. */
const CONTENTS_FROM = 4

function writeContents(chapters: readonly Chapter[]): string {
  if (chapters.length < CONTENTS_FROM) return ''
  const items = chapters.map(
    ({ id, number, title }) =>
      `<li><a href="#${escapeHtml(id)}"><span class="n">${number ?? ''}</span><span>${escapeHtml(title)}</span></a></li>`,
  )
  return `<nav aria-label="Contents"><h2>Contents</h2><ol>${items.join('')}</ol></nav>`
}

function writeChapter({ id, number, title, section, blocks }: Chapter): string {
  const kind = section === null ? '' : ` data-section="${section}"`
  const count = number === null ? '' : `<span class="n">${number}</span>`
  return `<section id="${escapeHtml(id)}"${kind}><h2>${count}<span>${escapeHtml(title)}</span></h2>\n${writeBlocks(blocks)}</section>`
}

function writeBlocks(blocks: readonly Block[]): string {
  return blocks.map((block) => writeHtml(nodesOf(block))).join('\n')
}

/** Prose as Markdown reads it; what cannot be read is shown as it is written. */
export function nodesOf(block: Block): readonly RootContent[] {
  if (block.kind === 'nodes') return block.nodes
  const reading = readTree(block.text)
  return reading.kind === 'tree' ? reading.root.children : [{ type: 'code', value: block.text }]
}
