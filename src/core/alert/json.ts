/**
 * JSON from strangers. `JSON.parse` takes a million levels, and then everything that walks the value dies, so depth is
 * measured first. Defined oddities: of duplicate keys the last counts; `1e400` and the like become Infinity and are
 * dropped where a number is wanted; integers past 2^53 keep their digits where they are keys (`exactText`).
 */

/** Levels of nesting; the vendors' messages have at most about ten. */
export const JSON_DEPTH_MAX = 100

export type Json = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'fault'; readonly reason: JsonFault }
export type JsonFault = 'the body is empty' | 'the body is not valid UTF-8' | 'the body is not valid JSON' | 'the body is nested too deeply'

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Parses in linear time, or says in words why not. Never throws. `anyDepth` is for hot paths that walk no deeper than
 * their own shape: parsing itself is not recursive.
 */
export function parseJson(body: Uint8Array, options: { readonly anyDepth: boolean } = { anyDepth: false }): Json {
  if (body.length === 0) return { kind: 'fault', reason: 'the body is empty' }
  if (!options.anyDepth && isDeeper(body, JSON_DEPTH_MAX)) return { kind: 'fault', reason: 'the body is nested too deeply' }
  const text = decode(body)
  if (text === undefined) return { kind: 'fault', reason: 'the body is not valid UTF-8' }
  try {
    return { kind: 'value', value: JSON.parse(text) }
  } catch {
    return { kind: 'fault', reason: 'the body is not valid JSON' }
  }
}

function decode(body: Uint8Array): string | undefined {
  try {
    return decoder.decode(body)
  } catch {
    return undefined
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** One pass over the bytes, outside strings. Says nothing about whether the text is JSON. */
export function isDeeper(body: Uint8Array, depthMax: number): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]
    if (inString) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > depthMax) return true
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--
  }
  return false
}

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An own field, so that `constructor` is not found on every object. */
export function field(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** The text of a field that has one; a number counts, in its digits. Blank text is none. */
export function textField(object: JsonObject, name: string): string | null {
  const value = field(object, name)
  if (typeof value === 'string') return value.trim() === '' ? null : value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
}

/** A finite number, or text that is one; minus zero is zero. @returns null for all else. */
export function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (typeof value !== 'string' || value.length > 64 || !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value)) return null
  const number = Number(value)
  return Number.isFinite(number) ? number + 0 : null
}

/**
 * As written: integers that a double cannot hold keep their digits, so that keys never run together. The numbers are put in
 * quotes before they are parsed: a reviver that is told what was written costs half a second for a megabyte.
 * @throws {SyntaxError} where the body is no JSON
 */
export function parseExactly(body: Uint8Array): unknown {
  return JSON.parse(decoder.decode(body).replaceAll(TEXTS_AND_LONG_NUMBERS, quoteUnsafe))
}

/** Texts are matched so that nothing within them is. A number of fewer characters and without an exponent fits a double. */
const TEXTS_AND_LONG_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.]*[eE][+-]?\d+|-?\d[\d.]{15,}/g

function quoteUnsafe(token: string): string {
  if (token.startsWith('"')) return token
  const value = Number(token)
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? `"${token}"` : token
}
