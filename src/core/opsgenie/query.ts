/**
 * Opsgenie's search queries: `status: open AND (tag: api OR priority: P1) AND NOT message: "disk full"`.
 * Terms side by side are joined by AND. A term without a field looks into the message, the alias and the description.
 * Source: https://support.atlassian.com/opsgenie/docs/search-queries-for-alerts/ (read 2026-11-24).
 */
import { toNumber } from '../alert/json.ts'
import { toInstant } from '../alert/time-text.ts'

export type Comparison = '=' | '!=' | '<' | '>' | '<=' | '>='

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** `*` stands for any text. */
  | { readonly kind: 'text'; readonly field: TextField; readonly value: string }
  | { readonly kind: 'flag'; readonly field: FlagField; readonly value: boolean }
  /** A count, or milliseconds since 1970. */
  | { readonly kind: 'number'; readonly field: NumberField; readonly comparison: Comparison; readonly value: number }

export type TextField =
  | 'anything'
  | 'status'
  | 'message'
  | 'alias'
  | 'description'
  | 'entity'
  | 'source'
  | 'owner'
  | 'priority'
  | 'tag'
  | 'tinyId'
  | 'id'
  | 'detailKey'
  | 'detailValue'
  | 'responder'
export type FlagField = 'acknowledged' | 'snoozed' | 'isSeen'
export type NumberField = 'createdAt' | 'updatedAt' | 'lastOccurredAt' | 'snoozedUntil' | 'count'

export type Query = { readonly kind: 'query'; readonly condition: Condition } | { readonly kind: 'fault'; readonly reason: string }

const TEXT_FIELDS: Readonly<Record<string, TextField>> = {
  status: 'status',
  message: 'message',
  alias: 'alias',
  description: 'description',
  entity: 'entity',
  source: 'source',
  owner: 'owner',
  priority: 'priority',
  tag: 'tag',
  tags: 'tag',
  tinyid: 'tinyId',
  id: 'id',
  alertid: 'id',
  'details.key': 'detailKey',
  detailskey: 'detailKey',
  'details.value': 'detailValue',
  detailsvalue: 'detailValue',
  responders: 'responder',
  responder: 'responder',
  teams: 'responder',
  team: 'responder',
}
const FLAG_FIELDS: Readonly<Record<string, FlagField>> = {
  acknowledged: 'acknowledged',
  snoozed: 'snoozed',
  isseen: 'isSeen',
  seen: 'isSeen',
}
const NUMBER_FIELDS: Readonly<Record<string, NumberField>> = {
  createdat: 'createdAt',
  updatedat: 'updatedAt',
  lastoccurredat: 'lastOccurredAt',
  snoozeduntil: 'snoozedUntil',
  count: 'count',
}

export const QUERY_CHARS_MAX = 1_000
/** Bounds what a query costs the database, and how deep reading it goes. */
const TOKENS_MAX = 200
const DEPTH_MAX = 20

interface Token {
  readonly kind: 'word' | 'quoted' | 'open' | 'close' | 'comparison'
  readonly text: string
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(\()|(\))|(:|!=|<=|>=|<|>|=)|([^\s():<>=!"]+))/uy

export function parseQuery(text: string): Query {
  if (text.length > QUERY_CHARS_MAX) return { kind: 'fault', reason: `a query has at most ${QUERY_CHARS_MAX} characters` }
  const tokens = tokenize(text)
  if (tokens === null) return { kind: 'fault', reason: 'the query could not be understood' }
  if (tokens.length > TOKENS_MAX) return { kind: 'fault', reason: 'the query is too long' }
  if (tokens.length === 0) return { kind: 'query', condition: { kind: 'all', of: [] } }
  try {
    const reader = new Reader(tokens)
    const condition = reader.readAny(null, 0)
    return reader.ended() ? { kind: 'query', condition } : { kind: 'fault', reason: 'there is a parenthesis too many' }
  } catch (error) {
    if (error instanceof QueryFault) return { kind: 'fault', reason: error.message }
    throw error
  }
}

class QueryFault extends Error {}

function tokenize(text: string): Token[] | null {
  const tokens: Token[] = []
  const pattern = new RegExp(TOKEN)
  const end = text.trimEnd().length
  while (pattern.lastIndex < end) {
    const match = pattern.exec(text)
    if (match === null) return null
    const [, quoted, open, close, comparison, word] = match
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.slice(1, -1).replace(/\\(.)/gu, '$1') })
    else if (open !== undefined) tokens.push({ kind: 'open', text: open })
    else if (close !== undefined) tokens.push({ kind: 'close', text: close })
    else if (comparison !== undefined) tokens.push({ kind: 'comparison', text: comparison })
    else tokens.push({ kind: 'word', text: word ?? '' })
  }
  return tokens
}

/** Reads by descent; `within` is the field whose parenthesis is open, as in `tag: (a OR b)`. */
class Reader {
  private readonly tokens: readonly Token[]
  private at = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  ended(): boolean {
    return this.at >= this.tokens.length
  }

  readAny(within: string | null, depth: number): Condition {
    if (depth > DEPTH_MAX) throw new QueryFault('the query is nested too deeply')
    const of = [this.readAll(within, depth)]
    while (this.takeWord('OR')) of.push(this.readAll(within, depth))
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'any', of }
  }

  private readAll(within: string | null, depth: number): Condition {
    const of = [this.readOne(within, depth)]
    for (;;) {
      if (this.takeWord('AND')) of.push(this.readOne(within, depth))
      else if (this.ended() || this.peek()?.kind === 'close' || this.isWord('OR')) break
      else of.push(this.readOne(within, depth))
    }
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'all', of }
  }

  private readOne(within: string | null, depth: number): Condition {
    if (depth > DEPTH_MAX) throw new QueryFault('the query is nested too deeply')
    if (this.takeWord('NOT')) return { kind: 'not', of: this.readOne(within, depth + 1) }
    const token = this.next()
    if (token.kind === 'open') return this.readInside(within, depth)
    if (token.kind !== 'word' && token.kind !== 'quoted') throw new QueryFault(`"${token.text}" is not expected there`)
    const comparison = this.peek()
    if (within !== null || token.kind === 'quoted' || comparison?.kind !== 'comparison') {
      return within === null ? { kind: 'text', field: 'anything', value: token.text } : toCondition(within, '=', token.text)
    }
    this.at += 1
    if (this.peek()?.kind === 'open') {
      this.at += 1
      return this.readInside(token.text, depth)
    }
    const value = this.next()
    if (value.kind !== 'word' && value.kind !== 'quoted') throw new QueryFault(`${token.text} has no value`)
    return toCondition(token.text, toComparison(comparison.text), this.withRest(value))
  }

  /** A time of day has colons of its own: `createdAt > 2026-11-24T10:00:00Z`. */
  private withRest(value: Token): string {
    let text = value.text
    while (value.kind === 'word' && /T\d\d(?::\d\d)?$/u.test(text) && this.peek()?.text === ':') {
      this.at += 1
      text = `${text}:${this.next().text}`
    }
    return text
  }

  private readInside(within: string | null, depth: number): Condition {
    const inside = this.readAny(within, depth + 1)
    if (this.ended() || this.next().kind !== 'close') throw new QueryFault('a parenthesis is not closed')
    return inside
  }

  private peek(): Token | undefined {
    return this.tokens[this.at]
  }

  private next(): Token {
    const token = this.tokens[this.at]
    if (token === undefined) throw new QueryFault('the query ends too early')
    this.at += 1
    return token
  }

  private isWord(word: string): boolean {
    const token = this.peek()
    return token?.kind === 'word' && token.text.toUpperCase() === word
  }

  private takeWord(word: string): boolean {
    if (!this.isWord(word)) return false
    this.at += 1
    return true
  }
}

function toComparison(text: string): Comparison {
  switch (text) {
    case '!=':
    case '<':
    case '>':
    case '<=':
    case '>=':
      return text
    default:
      return '='
  }
}

function toCondition(name: string, comparison: Comparison, value: string): Condition {
  const key = name.toLowerCase()
  const text = Object.hasOwn(TEXT_FIELDS, key) ? TEXT_FIELDS[key] : undefined
  if (text !== undefined) return orNot(comparison, name, { kind: 'text', field: text, value })
  const flag = Object.hasOwn(FLAG_FIELDS, key) ? FLAG_FIELDS[key] : undefined
  if (flag !== undefined) return orNot(comparison, name, { kind: 'flag', field: flag, value: value.toLowerCase() === 'true' })
  const number = Object.hasOwn(NUMBER_FIELDS, key) ? NUMBER_FIELDS[key] : undefined
  if (number === undefined) throw new QueryFault(`${name} is no field that alerts can be searched by`)
  const wanted = toNumber(value) ?? toInstant(value) ?? toDay(value)
  if (wanted === null) throw new QueryFault(`${name} wants a number or a time, not "${value}"`)
  return { kind: 'number', field: number, comparison, value: wanted }
}

function orNot(comparison: Comparison, name: string, condition: Condition): Condition {
  if (comparison === '=') return condition
  if (comparison === '!=') return { kind: 'not', of: condition }
  throw new QueryFault(`${name} is no number`)
}

/** `24-11-2026`, as Opsgenie writes days, or `2026-11-24`. */
function toDay(value: string): number | null {
  const day = /^(\d\d)-(\d\d)-(\d{4})$/u.exec(value)
  return toInstant(`${day === null ? value : `${day[3]}-${day[2]}-${day[1]}`}T00:00:00Z`)
}
