/** The document that people read, before it is Markdown, a page or a PDF: chapters of blocks, drawn from the playbook's file. */
import type { RootContent } from 'mdast'
import type { PlaybookFile } from '../schema.ts'
import { toSlug } from '../text.ts'
import type { MarkedPlace } from './marks.ts'
import { listNode, textNode, words } from './nodes.ts'
import { DEFAULT_TITLE, orderSections } from './section-titles.ts'
import { sectionBlocks } from './section-blocks.ts'
import type { SectionKey } from './vocabulary.ts'

export type Block =
  | { readonly kind: 'nodes'; readonly nodes: readonly RootContent[] }
  /** Markdown of the file's prose, by whoever wrote it. */
  | { readonly kind: 'prose'; readonly text: string; readonly at: MarkedPlace }

export interface Chapter {
  /** For links to it. */
  readonly id: string
  /** Null: it is not counted. */
  readonly number: number | null
  readonly title: string
  readonly section: SectionKey | null
  readonly blocks: readonly Block[]
}

export interface DocumentModel {
  readonly title: string
  /** Beneath the title. */
  readonly lead: readonly Block[]
  readonly chapters: readonly Chapter[]
}

/** @param file in its canonical form */
export function modelDocument(file: PlaybookFile): DocumentModel {
  const prose = file.prose ?? []
  const draft: Omit<Chapter, 'number' | 'id'>[] = proseChapters(prose, 'start')
  for (const { section, title } of orderSections(file.document?.sections ?? [])) {
    const drawn = sectionBlocks(file, section)
    const before = prose.filter((entry) => entry.before === section)
    const after = prose.filter((entry) => entry.after === section && entry.title === undefined)
    const blocks = [...before.map(proseBlock), ...drawn.map((nodes): Block => ({ kind: 'nodes', nodes })), ...after.map(proseBlock)]
    if (section === 'compliance') blocks.push(...criteriaBlocks(file))
    if (blocks.length > 0) draft.push({ title, section, blocks })
    draft.push(...proseChapters(prose, section))
  }
  const lead = prose.filter((entry) => entry.after === 'start' && entry.title === undefined)
  const ids = new Set<string>()
  const chapters = draft.map((chapter, index): Chapter => ({ ...chapter, number: index + 1, id: freeId(toSlug(chapter.title), ids) }))
  return { title: file.document?.title ?? DEFAULT_TITLE, lead: lead.map(proseBlock), chapters }
}

type ProseFile = NonNullable<PlaybookFile['prose']>[number]

function proseBlock(entry: ProseFile): Block {
  const { before, after = 'compliance', title, text = '' } = entry
  const at = {
    place: before === undefined ? ('after' as const) : ('before' as const),
    section: before ?? after,
    titled: title !== undefined,
  }
  return { kind: 'prose', text, at }
}

function proseChapters(prose: readonly ProseFile[], after: SectionKey | 'start'): Omit<Chapter, 'number' | 'id'>[] {
  return prose
    .filter((entry) => entry.after === after && entry.title !== undefined)
    .map((entry) => ({ title: entry.title ?? '', section: null, blocks: [proseBlock(entry)] }))
}

function criteriaBlocks(file: PlaybookFile): Block[] {
  const criteria = file.pass_criteria ?? []
  if (criteria.length === 0) return []
  const head: RootContent = { type: 'paragraph', children: [{ type: 'strong', children: [textNode('Pass Criteria')] }] }
  return [{ kind: 'nodes', nodes: [{ type: 'blockquote', children: [head, listNode(criteria.map((line) => words(line)))] }] }]
}

function freeId(wanted: string, taken: Set<string>): string {
  let id = wanted === '' ? 'section' : wanted
  for (let count = 2; taken.has(id); count += 1) id = `${wanted}-${count}`
  taken.add(id)
  return id
}
