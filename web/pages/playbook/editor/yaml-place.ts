/** Where in a YAML text somebody types: under which keys, a key or a value, and what of it stands there. Pure, by indentation. */

export interface YamlPlace {
  /** Keys from the top, `[]` for an item of a list; of a value its own key is the last. */
  readonly path: readonly string[]
  readonly kind: 'key' | 'value'
  /** What is typed so far, and at which offset it begins. */
  readonly typed: string
  readonly from: number
  /** Keys that the same mapping has already. */
  readonly siblings: readonly string[]
}

interface Line {
  /** Columns of the dashes before the key. */
  readonly dashes: readonly number[]
  readonly column: number
  /** Null: the line has no key. */
  readonly key: string | null
  readonly hasValue: boolean
}

/** Lines looked at upwards; a playbook of a thousand rows is longer, its top-level keys are found by column 0. */
const LINES_MAX = 5_000
const KEY = /^([\w./-]+|"[^"]*"|'[^']*'):(?=\s|$)/

/** Null where nothing can be proposed: in comments and quoted texts. */
export function placeAt(text: string, offset: number): YamlPlace | null {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const typedLine = text.slice(start, offset)
  if (/(^|\s)#/.test(typedLine)) return null
  const line = readLine(typedLine)
  const rest = typedLine.slice(line.column)
  if (line.key !== null) {
    const value = /(?:^|[[,])\s*([^[\],]*)$/.exec(rest.slice(rest.indexOf(':') + 1).replace(/^\s+/, ' '))
    const typed = value?.[1]?.trimStart() ?? ''
    if (/["']/.test(typed)) return null
    const { path } = climb(text, start, line)
    return { path: [...path, line.key], kind: 'value', typed, from: offset - typed.length, siblings: [] }
  }
  if (!/^[\w./ -]*$/.test(rest)) return null
  const { path, siblings } = climb(text, start, line)
  return { path, kind: 'key', typed: rest, from: offset - rest.length, siblings }
}

/** From that line up: the keys it stands under, and those beside it. */
function climb(text: string, start: number, line: Line): { readonly path: string[]; readonly siblings: string[] } {
  const path: string[] = []
  const siblings: string[] = []
  let column = line.column
  let inOwnMapping = true
  let fromDash = false
  const enterDashes = (dashes: readonly number[]): void => {
    for (const dash of dashes.toReversed()) {
      if (dash >= column) continue
      path.unshift('[]')
      column = dash
      inOwnMapping = false
      fromDash = true
    }
  }
  enterDashes(line.dashes)
  const above = text
    .slice(0, start)
    .split('\n')
    .slice(-LINES_MAX - 1, -1)
  for (const raw of above.toReversed()) {
    if (raw.trim() === '' || raw.trimStart().startsWith('#')) continue
    const one = readLine(raw)
    const isParent =
      one.key !== null && !one.hasValue && (one.column < column || (fromDash && one.column === column && one.dashes.length === 0))
    if (isParent) {
      path.unshift(one.key)
      column = one.column
      inOwnMapping = false
      fromDash = false
      enterDashes(one.dashes)
    } else if (one.column === column && !fromDash) {
      if (inOwnMapping && one.key !== null) siblings.push(one.key)
      enterDashes(one.dashes)
    }
    if (column === 0 && !fromDash && path.length > 0) break
  }
  return { path, siblings }
}

function readLine(raw: string): Line {
  const lead = /^ *(?:- +|-$)*/.exec(raw)?.[0] ?? ''
  const dashes = Array.from(lead.matchAll(/-/g), (dash) => dash.index)
  const rest = raw.slice(lead.length)
  const key = KEY.exec(rest)?.[1] ?? null
  const value = key === null ? '' : rest.slice(key.length + 1).replace(/(^|\s)#.*$/, '')
  return { dashes, column: lead.length, key: key === null ? null : key.replaceAll(/^["']|["']$/g, ''), hasValue: value.trim() !== '' }
}
