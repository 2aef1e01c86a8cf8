/**
 * The playbook as the document that people read. What its tables have no place for stands at the end as settings of the
 * engine, so that importing the document gives the same playbook: rendering reads its own text back to know what that is.
 */
import type { RootContent } from 'mdast'
import type { Playbook } from '../playbook.ts'
import type { PlaybookFile } from '../schema.ts'
import { canonical, isEqual } from './canonical.ts'
import { describeSettings } from './engine-settings.ts'
import { readBack } from './import-document.ts'
import { type Block, type Chapter, type DocumentModel, modelDocument } from './model.ts'
import { tableNode, textNode, words } from './nodes.ts'
import { makePatch } from './patch.ts'
import { hasHtml, joinBlocks, sourceOf, writeMarkdown } from './prose.ts'
import { SETTINGS_LANGUAGE, SETTINGS_META, SETTINGS_TITLE } from './settings-block.ts'
import { readTree } from './tree.ts'
import { writePart } from './write-yaml.ts'

export interface RenderedDocument {
  /** With the settings as its last chapter, for other forms of the same document. */
  readonly model: DocumentModel
  readonly markdown: string
}

/** @param playbook what the file builds to */
export function renderDocument(file: PlaybookFile, playbook: Playbook): RenderedDocument {
  const wanted = canonical(file)
  const body = modelDocument(wanted)
  const bodyText = markdownOf(body)
  const patch = makePatch(asMap(readBack(bodyText)), asMap(wanted))
  const first = withSettings(bodyText, playbook, patch)
  const markdown = isEqual(readBack(first), wanted) ? first : withSettings(bodyText, playbook, { instead: asMap(wanted) })
  return { model: { ...body, chapters: [...body.chapters, settingsChapter(playbook, patch)] }, markdown }
}

function asMap(file: PlaybookFile | null): Readonly<Record<string, unknown>> {
  return (file ?? {}) as Readonly<Record<string, unknown>>
}

type Patch = Readonly<Record<string, unknown>> | null

function withSettings(body: string, playbook: Playbook, patch: Patch): string {
  const value = patch === null ? '# The tables above say all of it.' : writePart(patch).trimEnd()
  const block: RootContent = { type: 'code', lang: SETTINGS_LANGUAGE, meta: SETTINGS_META, value }
  const nodes = [heading(2, SETTINGS_TITLE), paragraph(ABOUT), settingsTable(playbook), paragraph(ABOUT_BLOCK), block]
  return `${joinBlocks([body, '---', ...nodes.map((node) => writeMarkdown(node))])}\n`
}

const ABOUT = 'What Tocsin does by this playbook beyond what the sections above say.'
const ABOUT_BLOCK = 'The same as the engine reads it, where the tables have no place for it; `tocsin import` reads this block back.'

function settingsTable(playbook: Playbook): RootContent {
  return tableNode(
    ['Setting', 'Value'],
    describeSettings(playbook).map(([setting, value]) => [words(setting), words(value)]),
  )
}

/** Readers of a page or a PDF import nothing: they are shown what they have not read yet, and no block that is empty. */
function settingsChapter(playbook: Playbook, patch: Patch): Chapter {
  const nodes: RootContent[] = [paragraph(ABOUT), settingsTable(playbook)]
  if (patch !== null) {
    nodes.push(paragraph('What the sections above have no place for, as it stands in playbook.yaml:'))
    nodes.push({ type: 'code', lang: SETTINGS_LANGUAGE, value: writePart(patch).trimEnd() })
  }
  return { id: 'engine-settings', number: null, title: SETTINGS_TITLE, section: null, blocks: [{ kind: 'nodes', nodes }] }
}

function markdownOf({ title, lead, chapters }: DocumentModel): string {
  const parts = [writeMarkdown(heading(1, title)), blocksToMarkdown(lead)]
  for (const { number, title: name, blocks } of chapters) {
    parts.push('---', writeMarkdown(heading(2, number === null ? name : `${number} ${name}`)), blocksToMarkdown(blocks))
  }
  return joinBlocks(parts)
}

/** Two lists that follow one another would be one; a comment that says nothing keeps them apart. */
function blocksToMarkdown(blocks: readonly Block[]): string {
  const parts: { readonly text: string; readonly isList: boolean }[] = blocks.flatMap((block) =>
    block.kind === 'prose'
      ? proseParts(block.text)
      : block.nodes.map((node) => ({ text: writeMarkdown(node), isList: node.type === 'list' })),
  )
  return joinBlocks(parts.flatMap(({ text, isList }, index) => (isList && parts[index - 1]?.isList === true ? ['<!-- -->', text] : [text])))
}

/** As it is written where it is inert and stands by itself; else block by block, its HTML as text. */
function proseParts(text: string): readonly { readonly text: string; readonly isList: boolean }[] {
  const reading = readTree(text)
  if (reading.kind === 'refused') return [{ text: writeMarkdown({ type: 'code', value: text }), isList: false }]
  const { children } = reading.root
  const closed = readTree(`${text}\n\n${END}`)
  const standsAlone = closed.kind === 'tree' && closed.root.children.length === children.length + 1 && isEnd(closed.root.children.at(-1))
  const isList = children.at(-1)?.type === 'list'
  if (standsAlone && children[0]?.type !== 'list' && !children.some((node) => hasHtml(node))) return [{ text, isList }]
  return children.map((node) => ({ text: sourceOf(node, text), isList: node.type === 'list' }))
}

const END = 'tocsin end of prose'

function isEnd(node: RootContent | undefined): boolean {
  return node?.type === 'paragraph' && node.children.length === 1 && node.children[0]?.type === 'text' && node.children[0].value === END
}

function heading(depth: 1 | 2, text: string): RootContent {
  return { type: 'heading', depth, children: [textNode(text.replaceAll(/\s*\n\s*/g, ' '))] }
}

function paragraph(text: string): RootContent {
  return {
    type: 'paragraph',
    children: text.split('`').map((part, index) => (index % 2 === 1 ? { type: 'inlineCode', value: part } : textNode(part))),
  }
}
