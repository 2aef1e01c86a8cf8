/**
 * Matchers as Alertmanager has them: `name="value"`, `!=`, `=~`, `!~`, all of which must hold. Regular expressions are
 * RE2's, anchored at both ends, in linear time. A label that is not there is the empty text.
 * Source: Alertmanager's documentation, "Matchers" (read 2026-11-24), and amtool 0.25.0 tried.
 */
import { RE2JS, RE2JSException } from 're2js'

export interface Matcher {
  readonly name: string
  readonly value: string
  readonly isRegex: boolean
  /** False: `!=` or `!~`. */
  readonly isEqual: boolean
}

export interface CompiledMatcher extends Matcher {
  /** All that an expression fits begins with this. */
  readonly beginning?: string
  readonly test: (value: string) => boolean
}

export const MATCHERS_MAX = 32
export const MATCHER_NAME_CHARS_MAX = 256
export const MATCHER_VALUE_CHARS_MAX = 4_096
/** Instructions of a compiled expression: with values of 4,096 characters this bounds what one comparison can cost. */
const PROGRAM_MAX = 1_000

export type CompiledResult =
  | { readonly kind: 'matcher'; readonly matcher: CompiledMatcher }
  | { readonly kind: 'fault'; readonly message: string }

export function compileMatcher(matcher: Matcher): CompiledResult {
  const { name, value, isRegex, isEqual } = matcher
  if (name === '') return fault('the name of a label is missing')
  if (name.length > MATCHER_NAME_CHARS_MAX) return fault(`the name of a label is longer than ${MATCHER_NAME_CHARS_MAX} characters`)
  if (value.length > MATCHER_VALUE_CHARS_MAX) return fault(`the value for ${name} is longer than ${MATCHER_VALUE_CHARS_MAX} characters`)
  if (!isRegex) return { kind: 'matcher', matcher: { ...matcher, test: (given) => (given === value) === isEqual } }
  try {
    // By itself first: `a)|(b` must not become an expression by the brackets around it.
    RE2JS.compile(value)
    const expression = RE2JS.compile(`(?:${value})`)
    if (expression.programSize() > PROGRAM_MAX) return fault(`the expression for ${name} is too large`)
    const beginning = beginningOf(expression)
    const part = partOf(value)
    const matches = remember((given) => expression.matches(given))
    const test = (given: string) => (given.startsWith(beginning) && given.includes(part) && matches(given)) === isEqual
    return { kind: 'matcher', matcher: { ...matcher, ...(isEqual ? { beginning } : {}), test } }
  } catch (error) {
    if (error instanceof RE2JSException) return fault(`the expression for ${name} is not understood: ${error.message}`)
    throw error
  }
}

/** Text that all begin with whom the expression fits, often enough to tell that it does not; empty where it has none. */
function beginningOf(expression: RE2JS): string {
  const prefix: unknown = expression.re2().prefix
  return typeof prefix === 'string' ? prefix : ''
}

/**
 * The longest text that stands in all whom the expression fits, told by its letters alone: a search for it takes a fiftieth of
 * a match. Empty where groups, classes, escapes or counts stand in it.
 */
function partOf(expression: string): string {
  if (/[|()[\]\\{}]/.test(expression)) return ''
  const parts: string[] = []
  let part: string[] = []
  for (const letter of expression) {
    if (!'.*+?^$'.includes(letter)) {
      part.push(letter)
      continue
    }
    // What may be left out is no part; what may be repeated ends one.
    if (letter === '*' || letter === '?') part.pop()
    parts.push(part.join(''))
    part = []
  }
  parts.push(part.join(''))
  return parts.reduce((longest, one) => (one.length > longest.length ? one : longest), '')
}

/** Values of a label are few and come again: most are looked up, not matched. */
const REMEMBERED_MAX = 64
const REMEMBERED_CHARS_MAX = 200

function remember(test: (value: string) => boolean): (value: string) => boolean {
  const known = new Map<string, boolean>()
  return (value) => {
    if (value.length > REMEMBERED_CHARS_MAX) return test(value)
    const before = known.get(value)
    if (before !== undefined) return before
    const result = test(value)
    if (known.size >= REMEMBERED_MAX) known.clear()
    known.set(value, result)
    return result
  }
}

function fault(message: string): CompiledResult {
  return { kind: 'fault', message }
}

export type CompiledMatchers =
  | { readonly kind: 'matchers'; readonly matchers: readonly CompiledMatcher[] }
  | { readonly kind: 'fault'; readonly message: string }

export function compileMatchers(matchers: readonly Matcher[]): CompiledMatchers {
  if (matchers.length > MATCHERS_MAX) return { kind: 'fault', message: `there are more than ${MATCHERS_MAX} matchers` }
  const compiled: CompiledMatcher[] = []
  for (const matcher of matchers) {
    const result = compileMatcher(matcher)
    if (result.kind === 'fault') return result
    compiled.push(result.matcher)
  }
  // What costs little is asked first.
  return { kind: 'matchers', matchers: compiled.toSorted((one, other) => Number(one.isRegex) - Number(other.isRegex)) }
}

export function matchesAll(matchers: readonly CompiledMatcher[], valueOf: (name: string) => string): boolean {
  for (const matcher of matchers) if (!matcher.test(valueOf(matcher.name))) return false
  return true
}

/** True when all of them hold for whatever has no labels: Alertmanager refuses a silence like that, and so do we. */
export function matchesEverything(matchers: readonly CompiledMatcher[]): boolean {
  return matchers.every((matcher) => matcher.test(''))
}

const TEXT = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^\s=!~"{},]+))\s*(=~|!=|!~|=)\s*([\s\S]*?)\s*$/

/** `name="value"` as Alertmanager reads it: the value's quotes may be left out. @returns a sentence where it is none */
export function parseMatcher(text: string): Matcher | string {
  const match = TEXT.exec(text)
  if (match === null) return `${JSON.stringify(text.slice(0, 100))} is no matcher: write it as name="value", with =, !=, =~ or !~`
  const [, quoted, bare, operator = '=', raw = ''] = match
  const value = raw.startsWith('"') ? unquote(raw) : raw.includes('"') ? null : raw
  if (value === null) return `the quotes of ${JSON.stringify(text.slice(0, 100))} do not fit together`
  const name = quoted === undefined ? (bare ?? '') : (unquote(`"${quoted}"`) ?? '')
  if (name === '') return 'the name of a label is missing'
  return { name, value, isRegex: operator.endsWith('~'), isEqual: !operator.startsWith('!') }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' }

/** Null where the quotes do not close at the end. As Alertmanager: only `\n`, `\"` and `\\` are escapes. */
function unquote(text: string): string | null {
  if (text.length < 2 || !/^"(?:[^"\\]|\\[\s\S])*"$/.test(text)) return null
  return text.slice(1, -1).replaceAll(/\\([\s\S])/g, (whole: string, letter: string) => ESCAPES[letter] ?? whole)
}

/** Several in one text, as `{a="b",c=~"d"}` or without the braces. @returns a sentence where one is none */
export function parseMatchers(text: string): readonly Matcher[] | string {
  const trimmed = text.trim()
  const inner = trimmed.startsWith('{') && trimmed.endsWith('}') ? trimmed.slice(1, -1) : trimmed
  const matchers: Matcher[] = []
  for (const part of splitAtCommas(inner)) {
    if (part.trim() === '') continue
    const parsed = parseMatcher(part)
    if (typeof parsed === 'string') return parsed
    matchers.push(parsed)
  }
  return matchers
}

function splitAtCommas(text: string): string[] {
  return text.match(/(?:"(?:[^"\\]|\\[\s\S])*"?|[^,"])+/g) ?? []
}

/** As `parseMatcher` reads it. */
export function formatMatcher({ name, value, isRegex, isEqual }: Matcher): string {
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!='
  const shown = /^[^\s=!~"{},\\]+$/.test(name) ? name : quote(name)
  return `${shown}${operator}${quote(value)}`
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}

export function formatMatchers(matchers: readonly Matcher[]): string {
  return matchers.map(formatMatcher).join(', ')
}
