/** Front matter: the few lines of YAML with which static site generators and wikis begin a document. */
import type { PhrasingContent, RootContent } from 'mdast'
import { readYaml } from '../document.ts'
import { keyTitleOf } from './read-list.ts'
import { labelOf } from './read-metadata.ts'
import { cellOf, readRow, type Rows } from './row.ts'

export interface FrontMatter {
  readonly rows: Rows
  /** Of the document; null: it says none. */
  readonly title: string | null
  /** The text with empty lines in its place, so that lines can still be told. */
  readonly rest: string
}

const FRONT_MATTER = /^---[ \t]*\n([^]*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)/

/** Null where there is none, or where it is not a map of plain values. */
export function readFrontMatter(text: string): FrontMatter | null {
  const match = FRONT_MATTER.exec(text)
  if (match === null) return null
  const { data } = readYaml(match[1] ?? '')
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null
  const entries = Object.entries(data)
  const title = entries.find(([label]) => labelOf(label) === 'title')?.[1]
  const place = { line: 2, column: 1 }
  const rows = entries
    .filter(([label]) => labelOf(label) !== 'title')
    .map(([label, value]) => {
      const name: PhrasingContent = { type: 'text', value: label.replaceAll('_', ' ') }
      const shown: RootContent = { type: 'paragraph', children: [{ type: 'text', value: show(value) }] }
      return readRow('metadata', cellOf(keyTitleOf('metadata'), [name], place), { lead: [], blocks: [shown], parts: [] })
    })
  const lines = match[0].split('\n').length - 1
  return {
    rows: { kind: 'metadata', rows, place },
    title: typeof title === 'string' ? title : null,
    rest: '\n'.repeat(lines) + text.slice(match[0].length),
  }
}

function show(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(', ') : JSON.stringify(value)
}
