/** The cells of a Markdown document, so that a test can say of each that it has looked at it, and none is forgotten. */
import { normalizeName } from '../../src/core/playbook/text.ts'

export interface Cells {
  /** The text of a cell of the table in that section, by the row's first cell and the column's title; marks it as looked at. */
  readonly cell: (section: number, row: string, column: string) => string
  /** First cells of the rows of that section's table, in order. */
  readonly rows: (section: number) => readonly string[]
  /** The text after the bold beginning of a list item; marks it as looked at. */
  readonly item: (section: number, name: string) => string
  readonly items: (section: number) => readonly string[]
  /** A line of the quote at the end of that section; marks it as looked at. */
  readonly quoted: (section: number) => readonly string[]
  /** What nobody has looked at. */
  readonly left: () => readonly string[]
}

const plain = (text: string): string => normalizeName(text.replaceAll(/\*\*|`/g, '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'))

export function readCells(document: string): Cells {
  const left = new Set<string>()
  const texts = new Map<string, string>()
  const tables = new Map<number, string[]>()
  const lists = new Map<number, string[]>()
  const quotes = new Map<number, string[]>()
  const put = (key: string, text: string): void => {
    if (text === '') return
    texts.set(key, text)
    left.add(key)
  }
  for (const part of document.split(/^## /m).slice(1)) {
    const section = Number(/^\d+/.exec(part)?.[0])
    const lines = part.split('\n')
    const table = lines.filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(1, -1).map(plain))
    const [head = [], , ...body] = table
    for (const row of body) {
      tables.set(section, [...(tables.get(section) ?? []), row[0] ?? ''])
      for (const [index, text] of row.entries()) put(`${section} | ${row[0]} | ${head[index]}`, text)
    }
    for (const line of lines) {
      const item = /^(?:\d+\.|-) +\*\*(.+?)\*\* [–-] (.+)$/.exec(line)
      if (item === null) continue
      const name = plain(item[1] ?? '')
      lists.set(section, [...(lists.get(section) ?? []), name])
      put(`${section} | ${name}`, plain(item[2] ?? ''))
    }
    for (const line of lines) {
      const quoted = /^> • (.+)$/.exec(line)
      if (quoted === null) continue
      const text = plain(quoted[1] ?? '')
      quotes.set(section, [...(quotes.get(section) ?? []), text])
      put(`${section} > ${text}`, text)
    }
  }
  const look = (key: string): string => {
    const text = texts.get(key)
    if (text === undefined) throw new Error(`the document has no cell ${key}`)
    left.delete(key)
    return text
  }
  return {
    cell: (section, row, column) => look(`${section} | ${row} | ${column}`),
    rows: (section) => tables.get(section) ?? [],
    item: (section, name) => look(`${section} | ${name}`),
    items: (section) => lists.get(section) ?? [],
    quoted: (section) => (quotes.get(section) ?? []).map((text) => look(`${section} > ${text}`)),
    left: () => [...left],
  }
}
