/** Severities named within other words: "SEV-1/2 30-min cadence", "P1–P3", "SEV2 and above", "Critical + High". */

export interface SeverityPhrase {
  /** In the order of the matrix; empty: none is named. */
  readonly ids: readonly string[]
  /** What is left of the text without them. */
  readonly rest: string
}

interface Numbered {
  readonly id: string
  readonly prefix: string
  readonly number: number
}

const SAME_PREFIX: Readonly<Record<string, string>> = { severity: 'sev', sev: 'sev', priority: 'p', prio: 'p', p: 'p' }

function numbered(id: string): Numbered | null {
  const match = /^([a-z]+)[\s.#-]*(\d+)$/i.exec(id)
  if (match === null) return null
  const prefix = (match[1] ?? '').toLowerCase()
  return { id, prefix: SAME_PREFIX[prefix] ?? prefix, number: Number(match[2]) }
}

const LIST_PART =
  /^(\s*(?:\/|,|&|\+|and|or|to|through|until|-|–|—)\s*)(?:([a-z]+)[\s.#-]*)?(\d+)(?![\d.]|\s*(?:min|m\b|h\b|hours?\b|sec|s\b|days?\b|d\b|%|x\b))/i
const UPWARD = /^\s*(?:\+(?!\s*\w)|(?:and|or) (?:above|higher|up|more severe|worse))/i
const DOWNWARD = /^\s*(?:and|or) (?:below|lower|less severe)/i

/** @param ids of the matrix, most severe first */
export function readSeverityPhrase(text: string, ids: readonly string[]): SeverityPhrase {
  const found = new Set<string>()
  let rest = text
  if (/\ball (?:severities|levels|incidents|priorities)\b|\bany severity\b|\bevery severity\b/i.test(rest)) {
    for (const id of ids) found.add(id)
    rest = rest.replace(/\b(?:for )?(?:all (?:severities|levels|incidents|priorities)|any severity|every severity)\b/gi, ' ')
  }
  rest = takeNumbered(rest, ids, found)
  rest = takeWords(rest, ids, found)
  return { ids: ids.filter((id) => found.has(id)), rest: rest.replaceAll(/\s+/g, ' ').trim() }
}

function takeNumbered(text: string, ids: readonly string[], found: Set<string>): string {
  const rows = ids.map(numbered).filter((row) => row !== null)
  if (rows.length === 0) return text
  let rest = ''
  let at = 0
  for (const match of text.matchAll(/\b(?:for\s+|on\s+)?([a-z]+)[\s.#-]{0,3}(\d+)(?!\d|\.\d)/gi)) {
    if (match.index < at) continue
    const word = (match[1] ?? '').toLowerCase()
    const prefix = SAME_PREFIX[word] ?? word
    const find = (number: number): string | undefined => rows.find((row) => row.prefix === prefix && row.number === number)?.id
    const first = find(Number(match[2]))
    if (first === undefined) continue
    rest += text.slice(at, match.index)
    at = match.index + match[0].length
    const named = [first]
    for (let part = LIST_PART.exec(text.slice(at)); part !== null; part = LIST_PART.exec(text.slice(at))) {
      const id = find(Number(part[3]))
      const own = (part[2] ?? '').toLowerCase()
      if (id === undefined || (own !== '' && (SAME_PREFIX[own] ?? own) !== prefix)) break
      named.push(...(/to|through|until|[-–—]/i.test(part[1] ?? '') ? between(ids, named.at(-1) ?? id, id) : [id]))
      at += part[0].length
    }
    at += takeDirection(text.slice(at), ids, named)
    for (const id of named) found.add(id)
  }
  return rest + text.slice(at)
}

function takeWords(text: string, ids: readonly string[], found: Set<string>): string {
  let rest = text
  for (const id of ids) {
    if (numbered(id) !== null) continue
    const escaped = id.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    const match = new RegExp(`(?<![\\p{L}\\p{N}])(?:for\\s+|on\\s+)?${escaped}(?![\\p{L}\\p{N}])`, 'iu').exec(rest)
    if (match === null) continue
    const named = [id]
    const after = rest.slice(match.index + match[0].length)
    const taken = takeDirection(after, ids, named)
    for (const one of named) found.add(one)
    rest = `${rest.slice(0, match.index)} ${after.slice(taken)}`
  }
  return rest
}

/** "and above" takes the rows over the last one named. @returns how many characters say so */
function takeDirection(after: string, ids: readonly string[], named: string[]): number {
  const up = UPWARD.exec(after)
  const down = up === null ? DOWNWARD.exec(after) : null
  const at = ids.indexOf(named.at(-1) ?? '')
  if (up !== null) named.push(...ids.slice(0, at))
  if (down !== null) named.push(...ids.slice(at + 1))
  return (up ?? down)?.[0].length ?? 0
}

function between(ids: readonly string[], from: string, to: string): readonly string[] {
  const [first, last] = [ids.indexOf(from), ids.indexOf(to)].sort((left, right) => left - right)
  return ids.slice(first, (last ?? 0) + 1)
}

/** The shortest way to write them: nothing for all, "SEV-1/2" where they share what stands before the number. */
export function writeSeverities(named: readonly string[], ids: readonly string[]): string {
  const parts = named.map((id) => /^(.*?)(\d+)$/.exec(id))
  const prefix = parts[0]?.[1]
  const shared = named.length > 1 && prefix !== undefined && prefix !== '' && parts.every((part) => part !== null && part[1] === prefix)
  const written = shared ? `${prefix}${parts.map((part) => part?.[2] ?? '').join('/')}` : named.join(', ')
  return readSeverityPhrase(written, ids).ids.length === named.length ? written : named.join(', ')
}
