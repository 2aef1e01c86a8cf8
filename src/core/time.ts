/** Time in the core: plain numbers with their unit in the name, so that arithmetic is exact and JSON is small. */

/** Milliseconds since 1970-01-01T00:00:00Z. The core is given every instant; it never reads a clock. */
export type Instant = number

export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** The earliest of the instants that exist, or null when there is none. */
export function earliest(instants: Iterable<Instant | null>): Instant | null {
  let first: Instant | null = null
  for (const instant of instants) {
    if (instant !== null && (first === null || instant < first)) first = instant
  }
  return first
}

/** RFC 3339 in UTC with milliseconds, as the API and the audit leaves write times. */
export function toRfc3339(instant: Instant): string {
  return new Date(instant).toISOString()
}
