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
import { endMark, startMark } from './marks.ts'
import { makePatch } from './patch.ts'
import { isActive, joinBlocks, sourceOf, writeMarkdown } from './prose.ts'
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
  const plain = draft(body, wanted, false)
  const { text, patch } = plain.patch?.['prose'] === undefined ? plain : draft(body, wanted, true)
  const first = withSettings(text, playbook, patch)
  const markdown = isEqual(readBack(first), wanted) ? first : withSettings(text, playbook, { instead: asMap(wanted) })
  return { model: { ...body, chapters: [...body.chapters, settingsChapter(playbook, patch)] }, markdown }
}

/** @param marked whether prose is marked as such: where some of it would be read as something else */
function draft(body: DocumentModel, wanted: PlaybookFile, marked: boolean): { readonly text: string; readonly patch: Patch } {
  const text = markdownOf(body, marked)
  return { text, patch: makePatch(asMap(readBack(text)), asMap(wanted)) }
}

function asMap(file: PlaybookFile | null): Readonly<Record<string, unknown>> {
  return { ...file }
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
  // Prose and titles they have read.
  const { prose: _prose, document: _document, ...unread } = withoutSettings(patch)
  if (Object.keys(unread).length > 0) {
    nodes.push(paragraph('What the sections above have no place for, as it stands in playbook.yaml:'))
    nodes.push({ type: 'code', lang: SETTINGS_LANGUAGE, value: writePart(unread).trimEnd() })
  }
  return { id: 'engine-settings', number: null, title: SETTINGS_TITLE, section: null, blocks: [{ kind: 'nodes', nodes }] }
}

/** What stands among the settings: which incidents are private, and how people are reached at a severity. */
function withoutSettings(patch: Patch): Readonly<Record<string, unknown>> {
  const told = { incident_types: ['id', 'title', 'private'], severities: ['id', 'first_page', 'urgency', 'quiet_hours'] }
  const left = Object.entries(patch ?? {}).flatMap(([key, value]): (readonly [string, unknown])[] => {
    const known = key === 'incident_types' || key === 'severities' ? told[key] : null
    if (known === null || !Array.isArray(value)) return [[key, value]]
    const unread = value.filter((row: object) => Object.keys(row).some((name) => !known.includes(name)))
    return unread.length === 0 ? [] : [[key, unread]]
  })
  return Object.fromEntries(left)
}

function markdownOf({ title, lead, chapters }: DocumentModel, marked: boolean): string {
  const parts = [writeMarkdown(heading(1, title)), blocksToMarkdown(lead, marked)]
  for (const { number, title: name, blocks } of chapters) {
    const head = writeMarkdown(heading(2, number === null ? name : `${number} ${name}`))
    const [only] = blocks
    // The heading of prose belongs to it.
    if (marked && only?.kind === 'prose' && only.at.titled) parts.push('---', startMark(only.at), head, proseText(only.text), endMark())
    else parts.push('---', head, blocksToMarkdown(blocks, marked))
  }
  return joinBlocks(parts)
}

function proseText(text: string): string {
  return joinBlocks(proseParts(text).map((part) => part.text))
}

/** Two lists that follow one another would be one; a comment that says nothing keeps them apart. */
function blocksToMarkdown(blocks: readonly Block[], marked: boolean): string {
  const parts: readonly Part[] = blocks.flatMap((block): readonly Part[] => {
    if (block.kind === 'nodes') return block.nodes.map((node) => ({ text: writeMarkdown(node), isList: node.type === 'list' }))
    if (marked) return [{ text: joinBlocks([startMark(block.at), proseText(block.text), endMark()]), isList: false }]
    return proseParts(block.text)
  })
  return joinBlocks(parts.flatMap(({ text, isList }, index) => (isList && parts[index - 1]?.isList === true ? ['<!-- -->', text] : [text])))
}

interface Part {
  readonly text: string
  readonly isList: boolean
}

/** As it is written where it is inert and stands by itself; else block by block, its HTML as text. */
function proseParts(text: string): readonly Part[] {
  const reading = readTree(text)
  if (reading.kind === 'refused') return [{ text: writeMarkdown({ type: 'code', value: text }), isList: false }]
  const { children } = reading.root
  const closed = readTree(`${text}\n\n${END}`)
  const standsAlone = closed.kind === 'tree' && closed.root.children.length === children.length + 1 && isEnd(closed.root.children.at(-1))
  const isList = children.at(-1)?.type === 'list'
  if (standsAlone && children[0]?.type !== 'list' && !children.some((node) => isActive(node))) return [{ text, isList }]
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
