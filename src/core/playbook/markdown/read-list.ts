/** Lists, headings and lines that stand for the rows of a table. */
import type { List, ListItem, Paragraph, PhrasingContent } from 'mdast'
import { textOf } from './inline.ts'
import { placeOf, type Section } from './outline.ts'
import { phaseOf } from './phase.ts'
import { labelOf } from './read-metadata.ts'
import { knownRole } from './read-roles.ts'
import { type Cell, cellOf, readRow, type Row, type Rows, splitLead } from './row.ts'
import { type SectionKey, SEVERITY_NAME } from './vocabulary.ts'

const KEY_TITLES: Readonly<Record<SectionKey, string>> = {
  metadata: 'Field',
  severities: 'Severity',
  lifecycle: 'Phase',
  incident_types: 'Incident Type',
  communication: 'Audience',
  roles: 'Role',
  post_mortem: 'Section',
  compliance: 'Requirement',
}

export function keyTitleOf(kind: SectionKey): string {
  return KEY_TITLES[kind]
}

/** @returns null where the list is not one of rows of that kind */
export function readList(list: List, kind: SectionKey): Rows | null {
  const rows = list.children.map((item) => readItem(item, kind))
  return seemsRows(rows, kind) ? { kind, rows, place: placeOf(list) } : null
}

function readItem(item: ListItem, kind: SectionKey): Row {
  const [head, ...blocks] = item.children
  const nodes = head?.type === 'paragraph' ? head.children : []
  const { title, rest } = splitLead(nodes)
  return readRow(kind, textKey(kind, title, item), { lead: rest, blocks: head?.type === 'paragraph' ? blocks : item.children, parts: [] })
}

function textKey(kind: SectionKey, title: string, node: { readonly position?: ListItem['position'] | undefined }): Cell {
  return cellOf(KEY_TITLES[kind], [{ type: 'text', value: title }], placeOf(node))
}

const TITLE_CHARS_MAX = 80

function named(row: Row): boolean {
  return row.key.text.length <= TITLE_CHARS_MAX
}

function filled(row: Row): boolean {
  return named(row) && row.cells.size > 0
}

/** At least half of the rows must look the part. */
function seemsRows(rows: readonly Row[], kind: SectionKey): boolean {
  const half = (test: (row: Row) => boolean): boolean => rows.length > 0 && rows.filter(test).length * 2 >= rows.length
  switch (kind) {
    case 'severities':
      return half((row) => SEVERITY_NAME.test(row.key.text) && row.key.text.length <= TITLE_CHARS_MAX)
    case 'lifecycle':
      return rows.length > 1 && half((row) => named(row) && phaseOf(row.key.text) !== null)
    case 'metadata':
      return half((row) => labelOf(row.key.text) !== null && row.cells.size > 0)
    case 'post_mortem':
      return rows.length > 1 && half((row) => row.key.text.length <= TITLE_CHARS_MAX / 2)
    case 'roles':
      return half((row) => filled(row) && row.key.text.split(' ').length <= 6)
    default:
      return half(filled)
  }
}

/** Headings beneath one that announces the kind: each is a row, what stands under it its cells. */
export function readHeadings(children: readonly Section[], kind: SectionKey): Rows | null {
  const rows = children.map((child): Row => {
    const parts = child.children.map((part) => ({ title: part.title, blocks: part.blocks, place: placeOf(part.node) }))
    return readRow(kind, textKey(kind, child.title, child.node ?? {}), { lead: [], blocks: child.blocks, parts })
  })
  const half = (test: (row: Row) => boolean): boolean => rows.length > 0 && rows.filter(test).length * 2 >= rows.length
  const fits = {
    severities: () => half((row) => SEVERITY_NAME.test(row.key.text)),
    incident_types: () =>
      half((row) => row.cells.has('detection') || (row.cells.has('mitigation') && row.cells.get('mitigation')?.title !== '')),
    roles: () => half((row) => row.cells.has('responsibility')) && rows.some((row) => knownRole(row.key.text) !== null),
    lifecycle: () => rows.length > 1 && half((row) => phaseOf(row.key.text) !== null),
  } as const
  const test = kind in fits ? fits[kind as keyof typeof fits] : null
  return test?.() === true ? { kind, rows, place: placeOf(children[0]?.node) } : null
}

/** "Owner: ops@example.com" and the like, a line each. @param inPassing among other lines too, which are left alone */
export function readLines(paragraph: Paragraph, inPassing = false): Rows | null {
  const lines = linesOf(paragraph)
  const rows = lines.map((line): Row | null => {
    const label = /^([^:]{1,40}):\s+(.+)$/.exec(line)
    if (label === null || labelOf(label[1] ?? '') === null) return null
    const key = cellOf(KEY_TITLES.metadata, [{ type: 'text', value: label[1] ?? '' }], placeOf(paragraph))
    return readRow('metadata', key, {
      lead: [],
      blocks: [{ type: 'paragraph', children: [{ type: 'text', value: label[2] ?? '' }] }],
      parts: [],
    })
  })
  const found = rows.filter((row) => row !== null)
  const isAll = found.length === lines.length
  return found.length > 0 && (isAll || inPassing) ? { kind: 'metadata', rows: found, place: placeOf(paragraph) } : null
}

/** Also where the source breaks a line and Markdown does not. */
function linesOf(paragraph: Paragraph): string[] {
  const broken = paragraph.children.flatMap((node): PhrasingContent[] =>
    node.type !== 'text'
      ? [node]
      : node.value
          .split('\n')
          .flatMap((line, index) => [...(index === 0 ? [] : [{ type: 'break' } as const]), { type: 'text', value: line } as const]),
  )
  return textOf(broken)
    .split(/\n|\s+(?:\||·|—)\s+/)
    .filter((line) => line !== '')
}
