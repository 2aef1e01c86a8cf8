/** Writes `playbook.yaml` as a person would commit it: sections with their titles, keys in one order, quotes only where needed. */
import { Document, isScalar, type Node, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import type { z } from 'zod'
import { DEFAULT_ESCALATION } from '../build-escalation.ts'
import { readYaml } from '../document.ts'
import { PlaybookFile, SCHEMA_VERSION } from '../schema.ts'
import { canonical, isEqual, usualAutomatic } from './canonical.ts'
import { modelDocument } from './model.ts'
import { orderSections } from './section-titles.ts'

const HEADER = ` The incident response playbook that Tocsin runs. Edit it, save it: the server takes the new version without a restart,
 and keeps the old one when this one has an error. \`tocsin lint\` says what is wrong and where.
 Every key is described in docs/playbook-reference.md.`

const REMARKS: Readonly<Record<string, string>> = {
  default_severity: ' What a signal gets that no incident type below knows, and an incident that nobody has classified.',
  escalation: ` Whom to page, and how long to wait for an acknowledgement before the next step; a share is of the row's response time.
 A row of the matrix may have an escalation of its own.`,
  resolution: ` All alerts must have been clear for so long before an incident counts as green. Severities named under "automatic"
 then resolve by themselves.`,
  document: ' Titles of the document that people read.',
  prose: ' What the document says besides. People read it; nothing runs it.',
}

/** An equal file gives an equal text. What is left out because it is usual is written out where a person will want to change it. */
export function writePlaybook(given: PlaybookFile): string {
  const file = canonical(given)
  const written: PlaybookFile = {
    ...file,
    schema_version: file.schema_version ?? SCHEMA_VERSION,
    escalation: file.escalation ?? DEFAULT_ESCALATION,
    resolution: {
      ...file.resolution,
      quiet: file.resolution?.quiet ?? '5 min',
      automatic: file.resolution?.automatic ?? usualAutomatic(file),
    },
  }
  const text = toText(written, 'PLAIN')
  const { data } = readYaml(text)
  return isEqual(data, JSON.parse(JSON.stringify(written))) ? text : toText(written, 'QUOTE_DOUBLE')
}

/** The same hand for a part of a file, such as the settings of a rendered document. */
export function writePart(part: Readonly<Record<string, unknown>>): string {
  const write = (style: 'PLAIN' | 'QUOTE_DOUBLE'): string => {
    const document = new Document()
    document.contents = toNode(part, { schema: PlaybookFile, path: [], style }) as never
    return escapeUnseen(document.toString(options(style)))
  }
  const text = write('PLAIN')
  return isEqual(readYaml(text).data, part) ? text : write('QUOTE_DOUBLE')
}

interface Writing {
  readonly schema: z.core.$ZodType | null
  readonly path: readonly string[]
  readonly style: 'PLAIN' | 'QUOTE_DOUBLE'
}

/** Control characters, line separators and others that a document does not keep: they are written as escapes, in quotes. */
const UNSEEN = /(?![\n\t])[\p{Cc}\u2028\u2029\ue000\ue001\ufeff]/u

function escapeUnseen(text: string): string {
  return text.replaceAll(/(?![\n\t])[\p{Cc}\u2028\u2029\ue000\ue001\ufeff]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
  })
}

function options(style: 'PLAIN' | 'QUOTE_DOUBLE') {
  return { lineWidth: 0, singleQuote: style === 'PLAIN', flowCollectionPadding: false, minContentWidth: 0 } as const
}

function toText(file: PlaybookFile, style: 'PLAIN' | 'QUOTE_DOUBLE'): string {
  const document = new Document()
  const map = toNode(file, { schema: PlaybookFile, path: [], style }) as YAMLMap
  const titles = titlesOf(file)
  for (const [index, pair] of map.items.entries()) {
    const key = pair.key as Scalar<string>
    const comment = [titles.get(key.value), REMARKS[key.value]].filter((line) => line !== undefined).join('\n')
    if (index > 0) key.spaceBefore = true
    if (comment !== '') key.commentBefore = comment
  }
  document.commentBefore = HEADER
  document.contents = map as never
  return escapeUnseen(document.toString(options(style))).replace(/^((?:#.*\n)+)\n/, '$1')
}

/** " 2  Severity Matrix", as the rendered document numbers them. */
function titlesOf(file: PlaybookFile): ReadonlyMap<string, string> {
  const { chapters } = modelDocument(file)
  return new Map(
    orderSections(file.document?.sections ?? []).map(({ section, title }) => {
      const number = chapters.find((chapter) => chapter.section === section)?.number
      return [section, ` ${number === undefined || number === null ? '' : `${number}  `}${title.replaceAll(/\s+/g, ' ')}`]
    }),
  )
}

function toNode(value: unknown, writing: Writing): Node {
  if (Array.isArray(value)) return toSeq(value, writing)
  if (typeof value === 'object' && value !== null) return toMap(value as Record<string, unknown>, writing)
  const scalar = new Scalar(value)
  if (typeof value !== 'string') return scalar
  if (writing.style === 'QUOTE_DOUBLE' || UNSEEN.test(value)) scalar.type = Scalar.QUOTE_DOUBLE
  else if (value.includes('\n')) scalar.type = Scalar.BLOCK_LITERAL
  return scalar
}

const FLOW_CHARS_MAX = 100

function toSeq(items: readonly unknown[], writing: Writing): YAMLSeq {
  const seq = new YAMLSeq()
  const inner = { ...writing, schema: elementOf(writing.schema), path: [...writing.path, '[]'] }
  for (const [index, item] of items.entries()) {
    const node = toNode(item, inner)
    if (index > 0 && SPACED.has(writing.path.join('.')) && node instanceof YAMLMap && node.flow !== true) node.spaceBefore = true
    seq.items.push(node)
  }
  const isShort = JSON.stringify(items).length <= FLOW_CHARS_MAX
  if (items.every((item) => typeof item !== 'object') && isShort && !hasLines(seq)) seq.flow = true
  return seq
}

/** Lists whose rows are parted by an empty line. */
const SPACED = new Set(['severities', 'incident_types', 'prose'])

function toMap(value: Record<string, unknown>, writing: Writing): YAMLMap {
  const map = new YAMLMap()
  const shape = shapeOf(writing.schema, value)
  const order = Object.keys(shape)
  const given = Object.keys(value)
  const place = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length + given.indexOf(key))
  const keys = given.toSorted((left, right) => place(left) - place(right))
  for (const key of keys) {
    if (value[key] === undefined) continue
    map.add({ key: new Scalar(key), value: toNode(value[key], { ...writing, schema: shape[key] ?? null, path: [...writing.path, key] }) })
  }
  return map
}

function hasLines(node: YAMLMap | YAMLSeq): boolean {
  return node.items.some((item) => {
    const value = isScalar(item) ? item.value : (item as { value?: unknown }).value
    const text = isScalar(value) ? value.value : value
    return typeof text === 'string' && text.includes('\n')
  })
}

/** zod's documented reflection; the underscore is theirs. */
interface Definition {
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly element?: z.core.$ZodType
  readonly innerType?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
}

function definitionsOf(schema: z.core.$ZodType | null): readonly Definition[] {
  if (schema === null) return []
  // oxlint-disable-next-line no-underscore-dangle
  const definition = schema._zod.def as Definition
  if (definition.innerType !== undefined) return definitionsOf(definition.innerType)
  return definition.options === undefined ? [definition] : definition.options.flatMap((option) => definitionsOf(option))
}

function shapeOf(schema: z.core.$ZodType | null, value: Readonly<Record<string, unknown>>): Readonly<Record<string, z.core.$ZodType>> {
  const shapes = definitionsOf(schema).flatMap((definition) => (definition.shape === undefined ? [] : [definition.shape]))
  return shapes.find((shape) => Object.keys(value).every((key) => Object.hasOwn(shape, key))) ?? shapes[0] ?? {}
}

function elementOf(schema: z.core.$ZodType | null): z.core.$ZodType | null {
  return definitionsOf(schema).find((definition) => definition.element !== undefined)?.element ?? null
}
