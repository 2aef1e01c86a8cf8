/** One row of the playbook as the document has it, whether it stood in a table, in a list or under a heading of its own. */
import type { BlockContent, DefinitionContent, PhrasingContent, RootContent } from 'mdast'
import { cleanText, markedText, textOf } from './inline.ts'
import type { Place } from './note.ts'
import { placeOf } from './outline.ts'
import { type FieldName, fieldOf, type SectionKey, simplify } from './vocabulary.ts'

export interface Cell {
  /** As the document calls it: the column's title, or the label before the colon. */
  readonly title: string
  readonly text: string
  /** The same with code between U+E000 and U+E001. */
  readonly marked: string
  readonly nodes: readonly PhrasingContent[]
  readonly place: Place
}

export interface Row {
  readonly key: Cell
  readonly cells: ReadonlyMap<FieldName, Cell>
  /** What the language has no key for. */
  readonly strange: readonly Cell[]
}

export interface Rows {
  readonly kind: SectionKey
  readonly rows: readonly Row[]
  readonly place: Place
  /** Rows of a table with more or fewer cells than it has columns. */
  readonly ragged?: readonly { readonly place: Place; readonly message: string }[]
}

/** What text that no label names is taken for. */
const PLAIN_FIELD: Readonly<Record<SectionKey, FieldName>> = {
  metadata: 'value',
  severities: 'definition',
  lifecycle: 'description',
  incident_types: 'mitigation',
  communication: 'content',
  roles: 'responsibility',
  post_mortem: 'description',
  compliance: 'text',
}

export function cellOf(title: string, nodes: readonly PhrasingContent[], place: Place): Cell {
  return { title: cleanText(title).trim(), text: textOf(nodes), marked: markedText(nodes), nodes, place }
}

const LABEL = /^([^:–—\n]{1,60}?)\s*(?::|\s[–—-])(?:\s+|$)/

/** "**Title** – rest", "Title: rest", "Title - rest". Without any of these all is title. */
export function splitLead(nodes: readonly PhrasingContent[]): { title: string; rest: readonly PhrasingContent[] } {
  const [first, ...others] = nodes
  if (first?.type === 'strong' || first?.type === 'emphasis') {
    const title = textOf(first).replace(/\s*[:.]$/, '')
    const [next, ...more] = others
    const rest = next?.type === 'text' ? [{ ...next, value: next.value.replace(/^\s*[:–—-]?\s*/, '') }, ...more] : others
    return { title, rest: rest.filter((node) => node.type !== 'text' || node.value !== '') }
  }
  const label = first?.type === 'text' ? LABEL.exec(first.value) : null
  if (label === null || first?.type !== 'text') return { title: textOf(nodes), rest: [] }
  const tail = first.value.slice(label[0].length)
  return { title: cleanText(label[1] ?? '').trim(), rest: tail === '' ? others : [{ ...first, value: tail }, ...others] }
}

interface Draft {
  readonly kind: SectionKey
  readonly cells: Map<FieldName, Cell>
  readonly strange: Cell[]
}

export type Block = RootContent | BlockContent | DefinitionContent

/** What stands beneath the name of a row. */
export interface Beneath {
  /** On the same line as the name. */
  readonly lead: readonly PhrasingContent[]
  readonly blocks: readonly Block[]
  /** Under headings of their own: "#### Detection". */
  readonly parts: readonly { readonly title: string; readonly blocks: readonly Block[]; readonly place: Place }[]
}

export function readRow(kind: SectionKey, key: Cell, { lead, blocks, parts }: Beneath): Row {
  const draft: Draft = { kind, cells: new Map(), strange: [] }
  if (lead.length > 0) addWords(draft, lead, key.place)
  for (const block of blocks) addBlock(draft, block)
  for (const { title, blocks: below, place } of parts) {
    const nodes = flatten(below)
    const field = fieldOf(kind, title)
    if (nodes.length === 0) continue
    if (field === null) draft.strange.push(cellOf(title, nodes, place))
    else addField(draft, field, title, nodes, place)
  }
  return { key, cells: draft.cells, strange: draft.strange }
}

function addBlock(draft: Draft, block: Block): void {
  if (block.type === 'list') {
    const plain: PhrasingContent[] = []
    for (const item of block.children) {
      const [head, ...below] = item.children
      const nodes = head?.type === 'paragraph' ? head.children : []
      const { title, rest } = splitLead(nodes)
      const labelled = rest.length > 0 || below.length > 0 ? fieldOf(draft.kind, title) : null
      if (labelled !== null) addField(draft, labelled, title, [...rest, ...flatten(below)], placeOf(item))
      else plain.push(...(plain.length > 0 ? [LINE] : []), ...nodes, ...flatten(below))
    }
    if (plain.length > 0) addWords(draft, plain, placeOf(block))
  } else if (block.type === 'paragraph') addWords(draft, block.children, placeOf(block))
  else if (block.type !== 'thematicBreak') addWords(draft, flatten([block]), placeOf(block))
}

const LINE: PhrasingContent = { type: 'break' }

/** Blocks as one run of text, a line each. */
function flatten(blocks: readonly Block[]): PhrasingContent[] {
  const text = textOf(blocks)
  return text === ''
    ? []
    : text.split('\n').flatMap((line, index) => [...(index > 0 ? [LINE] : []), { type: 'text', value: line } as const])
}

/** Lines and sentences, each by its label where it has one: "Respond within 15 min. Page: on-call, CTO." */
function addWords(draft: Draft, nodes: readonly PhrasingContent[], place: Place): void {
  for (const line of linesOf(nodes)) {
    const { title, rest } = splitLead(line)
    const whole = rest.length > 0 ? fieldOf(draft.kind, title) : null
    if (whole !== null && !/[.;]\s+\p{Lu}/u.test(textOf(rest))) {
      addField(draft, whole, title, rest, place)
      continue
    }
    if (line.some((node) => node.type !== 'text')) {
      addField(draft, PLAIN_FIELD[draft.kind], '', line, place)
      continue
    }
    for (const sentence of textOf(line).split(/(?<=[.;])\s+(?=\S)/)) addSentence(draft, sentence, place)
  }
}

function addSentence(draft: Draft, sentence: string, place: Place): void {
  const { title, rest } = splitLead([{ type: 'text', value: sentence.replace(/[.;]$/, '') }])
  const labelled = rest.length > 0 ? fieldOf(draft.kind, title) : null
  if (labelled !== null) return addField(draft, labelled, title, rest, place)
  const said = draft.kind === 'severities' ? readSaying(sentence) : null
  if (said !== null) return addField(draft, said.field, '', [{ type: 'text', value: said.text }], place)
  addField(draft, PLAIN_FIELD[draft.kind], '', [{ type: 'text', value: sentence }], place)
}

/** What sentences about a severity say without a label. */
function readSaying(sentence: string): { readonly field: FieldName; readonly text: string } | null {
  const paged = /^(?:we )?(?:pages?|notif(?:y|ies)|wakes?(?: up)?|calls?|alerts?|escalates? to|goes to)\s+(.+)$/i.exec(
    sentence.replace(/[.;]$/, ''),
  )
  if (paged !== null && !/\d\s?(?:min|h\b|hour)/i.test(sentence)) return { field: 'roles_paged', text: paged[1] ?? '' }
  if (/^(?:e\.?g\.?,?|for example,?|examples?:?|such as)\s/i.test(sentence)) {
    return { field: 'example', text: sentence.replace(/^(?:e\.?g\.?,?|for example,?|examples?:?|such as)\s+/i, '').replace(/\.$/, '') }
  }
  if (
    /\b(?:respond|response|answer|ack(?:nowledge)?|react)\b/i.test(sentence) &&
    /\d|\bhour\b|immediately|\bnext\b|tomorrow|asap/i.test(sentence)
  ) {
    return { field: 'response_time', text: sentence.replace(/\.$/, '') }
  }
  return null
}

function linesOf(nodes: readonly PhrasingContent[]): PhrasingContent[][] {
  const lines: PhrasingContent[][] = [[]]
  for (const node of nodes) {
    if (node.type === 'break' || (node.type === 'html' && /^<br\s*\/?>$/i.test(node.value))) lines.push([])
    else lines.at(-1)?.push(node)
  }
  return lines.filter((line) => textOf(line) !== '')
}

/** A second text for a field goes on where the first one ended. */
function addField(draft: Draft, field: FieldName, title: string, nodes: readonly PhrasingContent[], place: Place): void {
  const cell = cellOf(title, nodes, place)
  const before = draft.cells.get(field)
  if (before === undefined) draft.cells.set(field, cell)
  else if (title !== '' && before.title !== '') draft.strange.push(cell)
  else {
    const glue: PhrasingContent = field === 'mitigation' || field === 'follow_up' ? LINE : { type: 'text', value: ' ' }
    draft.cells.set(field, cellOf(before.title || title, [...before.nodes, glue, ...nodes], before.place))
  }
}

export function sameName(left: string, right: string): boolean {
  return simplify(left) === simplify(right)
}
