/** Which door an address is. Exact addresses are one lookup; those with a key in them are compared part by part. */
import { doors } from '../../integrations/index.ts'
import type { Door } from '../../integration.ts'
import { URL_CHARS_MAX } from './ingest-limits.ts'

export interface DoorEntry {
  readonly door: Door
  /** Integration id: what playbook rules call the source. */
  readonly kind: string
}

export interface Route {
  readonly entry: DoorEntry
  readonly params: Readonly<Record<string, string>>
  /** As kept with the receipt: the key's place holds `:key`. */
  readonly path: string
  /** After the `?`, or empty. */
  readonly query: string
}

const NO_PARAMS: Readonly<Record<string, string>> = {}
const exact = new Map(doors.filter(({ door }) => !door.path.includes(':')).map((entry) => [entry.door.path, entry]))
const patterns = doors.filter(({ door }) => door.path.includes(':')).map((entry) => ({ entry, parts: entry.door.path.split('/') }))

/** @param url as in the request line; a trailing slash changes nothing */
export function findRoute(url: string): Route | undefined {
  if (url.length > URL_CHARS_MAX) return undefined
  const mark = url.indexOf('?')
  const full = mark < 0 ? url : url.slice(0, mark)
  const query = mark < 0 ? '' : url.slice(mark + 1)
  const path = full.length > 1 && full.endsWith('/') ? full.slice(0, -1) : full
  const entry = exact.get(path)
  if (entry !== undefined) return { entry, params: NO_PARAMS, path, query }
  const given = path.split('/')
  for (const pattern of patterns) {
    const params = matchParts(pattern.parts, given)
    if (params !== undefined) return { entry: pattern.entry, params, path: redact(pattern.parts, given), query }
  }
  return undefined
}

function matchParts(parts: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (parts.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of parts.entries()) {
    const text = given[index] ?? ''
    if (!part.startsWith(':')) {
      if (part !== text) return undefined
      continue
    }
    const decoded = decode(text)
    if (decoded === undefined || decoded === '') return undefined
    params[part.slice(1)] = decoded
  }
  return params
}

function redact(parts: readonly string[], given: readonly string[]): string {
  return parts.map((part, index) => (part === ':key' ? part : given[index])).join('/')
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
