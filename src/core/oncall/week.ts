/**
 * Restrictions of a layer: stretches of the week on a wall clock, `Mon 09:00` to `Fri 17:00`. An end or a start that the
 * clock skips is as much later as the gap is long; one that comes twice is at the first.
 */
import { DAY_MS, type Instant } from '../time.ts'
import { isSteady, offsetAt, toInstant } from './zone-clock.ts'

export const WEEK_MS = 7 * DAY_MS
/** 1 January 1970 was a Thursday. */
const FIRST_MONDAY_MS = -3 * DAY_MS

/** In wall milliseconds since Monday 00:00. */
export interface WeekSpan {
  /** 0 to below a week. */
  readonly startMs: number
  /** After the start, by at most a week: it may reach into the next week. */
  readonly endMs: number
}

/** What the restrictions say of an instant, and around it the stretch in which they say so; it may be shorter than it could be. */
export interface Allowed {
  readonly inside: boolean
  readonly from: Instant | null
  readonly until: Instant | null
}

/** Whether they restrict nothing. */
export function coverWeek(spans: readonly WeekSpan[]): boolean {
  // Laid twice in a row, so that what reaches over Sunday night is there on Monday.
  const twice = spans.flatMap((span) => [span, { startMs: span.startMs + WEEK_MS, endMs: span.endMs + WEEK_MS }])
  let covered = WEEK_MS
  for (const { startMs, endMs } of twice.sort((one, other) => one.startMs - other.startMs)) {
    if (startMs <= covered) covered = Math.max(covered, endMs)
  }
  return covered >= 2 * WEEK_MS
}

/** Inside where any of the stretches is. */
export function allowedAt(spans: readonly WeekSpan[], zone: string, instant: Instant): Allowed {
  if (spans.length === 0) return { inside: false, from: null, until: null }
  return isSteady(zone, instant - WEEK_MS - DAY_MS, instant + WEEK_MS + DAY_MS)
    ? onSteadyClock(spans, zone, instant)
    : aroundChange(spans, zone, instant)
}

function mondayOf(wallMs: number): number {
  return Math.floor((wallMs - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS
}

function onSteadyClock(spans: readonly WeekSpan[], zone: string, instant: Instant): Allowed {
  const offset = offsetAt(zone, instant)
  const monday = mondayOf(instant + offset) - offset
  let from = Number.NEGATIVE_INFINITY
  let until = Number.POSITIVE_INFINITY
  for (const week of [-WEEK_MS, 0, WEEK_MS]) {
    for (const { startMs, endMs } of spans) {
      const [start, end] = [monday + week + startMs, monday + week + endMs]
      if (start <= instant && instant < end) return { inside: true, from: start, until: end }
      if (end <= instant) from = Math.max(from, end)
      if (start > instant) until = Math.min(until, start)
    }
  }
  return { inside: false, from, until }
}

/** Starts and ends are brought to the zone one by one; where the clock jumps over a stretch it is empty. */
function aroundChange(spans: readonly WeekSpan[], zone: string, instant: Instant): Allowed {
  const monday = mondayOf(instant + offsetAt(zone, instant))
  let inside: Allowed | null = null
  let from = Number.NEGATIVE_INFINITY
  let until = Number.POSITIVE_INFINITY
  for (let week = -2; week <= 2; week += 1) {
    for (const { startMs, endMs } of spans) {
      const start = toInstant(monday + week * WEEK_MS + startMs, zone)
      const end = toInstant(monday + week * WEEK_MS + endMs, zone)
      if (end <= start) continue
      if (start <= instant && instant < end && (inside === null || end > (inside.until ?? 0)))
        inside = { inside: true, from: start, until: end }
      if (end <= instant) from = Math.max(from, end)
      if (start > instant) until = Math.min(until, start)
    }
  }
  return inside ?? { inside: false, from, until }
}
