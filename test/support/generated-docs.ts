/** Parts of the documentation that are drawn from the code stand between two marks; a test compares, UPDATE_DOCS=1 writes. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

/** `file` from the root of the project. Fails with the difference when the part is not what the code says. */
export function expectGenerated(file: string, part: string, text: string): void {
  const url = new URL(`../../${file}`, import.meta.url)
  const [start, end] = [`<!-- generated: ${part} -->`, `<!-- end: ${part} -->`]
  const whole = readFileSync(url, 'utf8')
  const [from, to] = [whole.indexOf(start), whole.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`${file} has no part between ${start} and ${end}`)
  if (process.env['UPDATE_DOCS'] === '1') {
    writeFileSync(url, `${whole.slice(0, from + start.length)}\n\n${text.trim()}\n\n${whole.slice(to)}`)
    return
  }
  const written = whole.slice(from + start.length, to).trim()
  expect(written, `${file} differs from the code: UPDATE_DOCS=1 npx vitest run writes it anew`).toBe(text.trim())
}

/** A table of Markdown; bars in cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
