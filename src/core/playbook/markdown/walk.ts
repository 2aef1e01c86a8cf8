/** Goes through a document once: which blocks are rows of which section, and where the rest stands among them. */
import type { Root, RootContent } from 'mdast'
import { textOf } from './inline.ts'
import type { Place } from './note.ts'
import { takeMarked } from './marks.ts'
import { BOLD_LINE_DEPTH, placeOf, readOutline, type Section } from './outline.ts'
import { headingSource, isSpacer, joinBlocks, sourceOf } from './prose.ts'
import { readHeadings, readLines, readList } from './read-list.ts'
import { readCriteria } from './read-lists.ts'
import { readTable } from './read-table.ts'
import type { Rows } from './row.ts'
import { SECTION_TITLES } from './section-titles.ts'
import { type Settings, withoutSettings } from './settings-block.ts'
import { kindsOfHeading, type SectionKey } from './vocabulary.ts'

/** Prose with its place; it grows while the document goes on about it. */
export interface Kept {
  readonly place: Place
  readonly before?: SectionKey
  readonly after?: SectionKey | 'start'
  readonly title?: string
  text: string
}

export interface Walked {
  readonly title: string | null
  readonly groups: ReadonlyMap<SectionKey, readonly Rows[]>
  /** As they come. */
  readonly sections: readonly { readonly section: SectionKey; readonly title: string }[]
  readonly prose: readonly Kept[]
  readonly criteria: readonly string[]
  /** Of a rendered document; null: it has none. */
  readonly settings: Settings | null
  /** Tables that are none of a playbook's. */
  readonly strangeTables: readonly Place[]
  /** Metadata said in passing, in text that is kept as prose as well. */
  readonly asides: readonly Rows[]
}

interface Walk {
  readonly source: string
  readonly groups: Map<SectionKey, Rows[]>
  readonly sections: { section: SectionKey; title: string }[]
  readonly prose: Kept[]
  readonly criteria: string[]
  readonly strangeTables: Place[]
  readonly asides: Rows[]
  /** The section whose rows came last, and the depth of its heading. */
  anchor: { readonly section: SectionKey | 'start'; readonly depth: number }
  /** Takes in the headings that are deeper. */
  open: { readonly kept: Kept; readonly depth: number } | null
}

export function walkDocument(root: Root, source: string): Walked {
  const marked = takeMarked(root, source)
  const { top: outline, settings } = withoutSettings(readOutline(marked.root))
  const { title, top } = takeTitle(outline)
  const walk: Walk = {
    source,
    groups: new Map(),
    sections: [],
    prose: [],
    criteria: [],
    strangeTables: [],
    asides: [],
    anchor: { section: 'start', depth: 0 },
    open: null,
  }
  visit(top, walk)
  return { ...walk, title, settings, prose: [...walk.prose, ...marked.kept].filter((kept) => kept.title !== undefined || kept.text !== '') }
}

const USUAL_TITLES: ReadonlySet<string> = new Set(Object.values(SECTION_TITLES))

const TITLE = /\b(?:playbook|plan|policy|runbook|process|procedure|handbook|guide|incidents?|response|on-?call)\b/i

/** The first heading, where all others stand beneath it, or where it sounds like the title of a document. */
function takeTitle(top: Section): { title: string | null; top: Section } {
  const [first, ...others] = top.children
  if (first === undefined || first.depth === BOLD_LINE_DEPTH) return { title: null, top }
  const alone = others.length === 0 && first.depth === 1 && (first.children.length > 0 || kindsOfHeading(first.title).length === 0)
  const highest = others.every((other) => other.depth >= first.depth)
  const sounds = TITLE.test(first.title) && highest && !first.blocks.some((block) => block.type === 'table') && !rowsBeneath(first)
  if (!alone && !sounds) return { title: null, top }
  const merged: Section = { ...top, blocks: [...top.blocks, ...first.blocks], children: [...first.children, ...others] }
  return { title: first.fullTitle, top: merged }
}

/** "Incident roles" sounds like a title and is a section. */
function rowsBeneath(section: Section): boolean {
  const hints = kindsOfHeading(section.title)
  return hints.length > 0 && (section.blocks.some((block) => readBlock(block, hints) !== null) || headingRows(section, hints) !== null)
}

function visit(section: Section, walk: Walk): void {
  if (takeCriteria(section, walk)) return
  const hints = section.depth === 0 ? [] : kindsOfHeading(section.title)
  const units = withoutRules(section.blocks, walk).map((block) => ({ block, rows: readBlock(block, hints) }))
  const beneath = units.some(({ rows }) => rows !== null) ? null : headingRows(section, hints)
  const main = units.find(({ rows }) => rows !== null)?.rows?.kind ?? beneath?.kind
  if (main === undefined) {
    keepSection(
      section,
      units.map(({ block }) => block),
      walk,
    )
  } else {
    const home = nameSection(section, main, walk)
    let begun = false
    for (const { block, rows } of units) {
      if (rows !== null) addRows(rows, section.depth, walk)
      else if (home !== null) append(home, [sourceOf(block, walk.source)])
      else keepBlock(block, begun || section.depth === 0 ? { after: walk.anchor.section } : { before: main }, walk)
      begun ||= rows !== null
    }
    if (beneath !== null) addRows(beneath, section.depth, walk)
  }
  if (beneath === null) for (const child of section.children) visit(child, walk)
}

function readBlock(block: RootContent, hints: readonly SectionKey[]): Rows | null {
  if (block.type === 'table') return readTable(block, hints)
  if (block.type === 'list') {
    for (const kind of hints.length > 0 ? hints : (['severities', 'metadata'] as const)) {
      const rows = readList(block, kind)
      if (rows !== null) return rows
    }
  }
  return block.type === 'paragraph' ? readLines(block) : null
}

function headingRows(section: Section, hints: readonly SectionKey[]): Rows | null {
  for (const kind of hints) {
    const rows = readHeadings(section.children, kind)
    if (rows !== null) return rows
  }
  return null
}

/** Lines across the page part sections; they are drawn anew. Within a text they stay. */
function withoutRules(blocks: readonly RootContent[], walk: Walk): RootContent[] {
  const left = blocks.filter((block) => !isSpacer(block) && !takeCriteriaBlock(block, walk))
  while (left[0]?.type === 'thematicBreak') left.shift()
  while (left.at(-1)?.type === 'thematicBreak') left.pop()
  return left
}

function takeCriteriaBlock(block: RootContent, walk: Walk): boolean {
  if (block.type !== 'blockquote' && block.type !== 'paragraph') return false
  const criteria = readCriteria(textOf(block)) ?? []
  walk.criteria.push(...criteria)
  return criteria.length > 0
}

/** A section of its own: "## Pass criteria" with a list. */
function takeCriteria(section: Section, walk: Walk): boolean {
  if (section.depth === 0 || section.children.length > 0) return false
  const criteria = readCriteria(`${section.title}\n${section.blocks.map((block) => textOf(block)).join('\n')}`) ?? []
  if (!section.blocks.every((block) => block.type === 'list' || block.type === 'thematicBreak')) return false
  walk.criteria.push(...criteria)
  return criteria.length > 0
}

/**
 * The first section of a kind gives it its title. Another one is kept as prose of its own.
 * @returns where the text of the section goes; null: to the kind
 */
function nameSection(section: Section, kind: SectionKey, walk: Walk): Kept | null {
  if (section.depth === 0) return null
  if (!walk.groups.has(kind)) {
    walk.sections.push({ section: kind, title: section.title })
    walk.open = null
    return null
  }
  const kept: Kept = { after: walk.anchor.section, title: section.title, text: '', place: placeOf(section.node) }
  walk.prose.push(kept)
  return kept
}

function addRows(rows: Rows, depth: number, walk: Walk): void {
  walk.groups.set(rows.kind, [...(walk.groups.get(rows.kind) ?? []), rows])
  walk.anchor = { section: rows.kind, depth }
  walk.open = null
}

/** A section of which nothing is rows: one of its own, or a part of the one above it. */
function keepSection(section: Section, blocks: readonly RootContent[], walk: Walk): void {
  if (section.depth === 0) {
    for (const block of blocks) keepBlock(block, { after: walk.anchor.section }, walk)
    return
  }
  // A section of the language with nothing in it: the document was rendered with what stood there taken out already.
  if (blocks.length === 0 && section.children.length === 0 && USUAL_TITLES.has(section.title)) return
  const { anchor } = walk
  if (walk.open === null && anchor.section !== 'start' && anchor.depth > 0 && section.depth > anchor.depth) {
    walk.open = { kept: startKept({ after: anchor.section }, placeOf(section.node), walk), depth: anchor.depth }
  }
  if (walk.open !== null && section.depth > walk.open.depth) {
    append(walk.open.kept, [subheading(section, walk), ...sources(blocks, walk)])
    return
  }
  const kept: Kept = { after: anchor.section, title: section.title, text: '', place: placeOf(section.node) }
  append(kept, sources(blocks, walk))
  walk.prose.push(kept)
  walk.open = { kept, depth: section.depth }
}

/** As deep below the second level, on which sections are rendered, as it stood below its own. */
function subheading({ node, depth }: Section, walk: Walk): string {
  if (node?.type !== 'heading') return node === null ? '' : sourceOf(node, walk.source)
  const rendered = Math.max(3, Math.min(6, 2 + depth - (walk.open?.depth ?? 1)))
  return headingSource(node, rendered as 3 | 4 | 5 | 6)
}

function keepBlock(block: RootContent, at: { before?: SectionKey; after?: SectionKey | 'start' }, walk: Walk): void {
  const aside = block.type === 'paragraph' && at.after === 'start' ? readLines(block, true) : null
  if (aside !== null) walk.asides.push(aside)
  append(startKept(at, placeOf(block), walk), sources([block], walk))
}

/** What stands in the same place goes on in one text. */
function startKept(at: { before?: SectionKey; after?: SectionKey | 'start' }, place: Place, walk: Walk): Kept {
  const last = walk.prose.at(-1)
  if (last !== undefined && last.title === undefined && last.before === at.before && last.after === at.after) return last
  const kept: Kept = { ...at, text: '', place }
  walk.prose.push(kept)
  return kept
}

function sources(blocks: readonly RootContent[], walk: Walk): string[] {
  walk.strangeTables.push(...blocks.filter((block) => block.type === 'table').map(placeOf))
  return blocks.map((block) => sourceOf(block, walk.source))
}

function append(kept: Kept, parts: readonly string[]): void {
  kept.text = joinBlocks([kept.text, ...parts])
}
