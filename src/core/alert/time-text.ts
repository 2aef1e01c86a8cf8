/** Times as monitoring tools write them: RFC 3339, with the nanoseconds of Go and the colonless offsets of others. */
import type { Instant } from '../time.ts'

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:[Zz]|[+-]\d\d:?\d\d)$/
const COLONLESS_OFFSET = /([+-]\d\d)(\d\d)$/
/** 9999-12-31T23:59:59.999Z. */
const INSTANT_MAX = 253_402_300_799_999

/** @returns null for all that is no time between 1970 and 9999, such as Go's zero time `0001-01-01T00:00:00Z`. */
export function toInstant(text: unknown): Instant | null {
  if (typeof text !== 'string' || text.length > 48) return null
  const known = recent.get(text)
  if (known !== undefined) return known
  const instant = read(text)
  if (recent.size >= RECENT_MAX) recent.clear()
  recent.set(text, instant)
  return instant
}

/** The alerts of one message mostly share their times. */
const recent = new Map<string, Instant | null>()
const RECENT_MAX = 64

function read(text: string): Instant | null {
  if (!RFC_3339.test(text)) return null
  const instant = Date.parse(text.replace(COLONLESS_OFFSET, '$1:$2').toUpperCase())
  return instant > 0 && instant <= INSTANT_MAX ? instant : null
}
