/** Nodes of a Markdown tree, made from texts of the playbook. */
import type { PhrasingContent, Table, TableRow } from 'mdast'

export function textNode(value: string): PhrasingContent {
  return { type: 'text', value }
}

/** Text of the file; its line breaks stay breaks, also within a cell. */
export function words(text: string): PhrasingContent[] {
  return text
    .split('\n')
    .flatMap((line, index) => (index === 0 ? [textNode(line)] : [{ type: 'html', value: '<br>' } as const, textNode(line)]))
}

export function listNode(items: readonly (readonly PhrasingContent[])[], ordered = false) {
  return {
    type: 'list' as const,
    ordered,
    spread: false,
    ...(ordered ? { start: 1 } : {}),
    children: items.map((children) => ({
      type: 'listItem' as const,
      spread: false,
      children: [{ type: 'paragraph' as const, children: [...children] }],
    })),
  }
}

function lineNode(cells: readonly (readonly PhrasingContent[])[]): TableRow {
  return { type: 'tableRow', children: cells.map((children) => ({ type: 'tableCell', children: [...children] })) }
}

export function tableNode(titles: readonly string[], rows: readonly (readonly (readonly PhrasingContent[])[])[]): Table {
  const head = lineNode(titles.map((title) => [textNode(title)]))
  return { type: 'table', align: titles.map(() => null), children: [head, ...rows.map((row) => lineNode(row))] }
}
