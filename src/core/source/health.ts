/** How a source has been, from what it sent in which hour: whether it is quieter than is usual for it, and what somebody should look at. */
import { DAY_MS, HOUR_MS, type Instant } from '../time.ts'

export interface HeardHour {
  /** The start of the hour. */
  readonly hour: Instant
  readonly lastAt: Instant
  readonly messages: number
  readonly signals: number
  readonly refused: number
  readonly distrusted: number
  readonly repeated: number
  readonly faults: number
}

/** A source that has been heard in fewer hours has no habit yet. */
const HABIT_HOURS_MIN = 6
const HABIT_SPAN_MS_MIN = DAY_MS
/** So many times its longest pause is unusual, and never less than this. */
const PAUSE_FACTOR = 2
const SILENT_MS_MIN = 6 * HOUR_MS
/** So much of the past makes a habit. */
export const HABIT_MS = 14 * DAY_MS

/**
 * Since when it is quieter than is usual for it; null: it is not, or nobody can tell. Its habit is its longest pause of the
 * last fourteen days: a source that speaks when something is wrong has long ones, one that says each minute that all is
 * well has none.
 * @param hours rising
 */
export function silentSince(hours: readonly HeardHour[], now: Instant): Instant | null {
  const heard = hours.filter(({ hour, messages }) => messages > 0 && hour >= now - HABIT_MS)
  const [first, last] = [heard[0], heard.at(-1)]
  if (first === undefined || last === undefined || heard.length < HABIT_HOURS_MIN) return null
  if (last.hour - first.hour < HABIT_SPAN_MS_MIN) return null
  const pauses = heard.slice(1).map((hour, index) => hour.hour - (heard[index]?.lastAt ?? hour.hour))
  const limitMs = Math.max(SILENT_MS_MIN, PAUSE_FACTOR * Math.max(...pauses))
  return now - last.lastAt > limitMs ? last.lastAt : null
}

/** Null: never. */
export function lastHeard(hours: readonly HeardHour[]): Instant | null {
  return hours.findLast(({ messages }) => messages > 0)?.lastAt ?? null
}

export type Counted = Pick<HeardHour, 'messages' | 'signals' | 'refused' | 'distrusted' | 'repeated' | 'faults'>

/** Of the hours that begin at or after `since`. */
export function countSince(hours: readonly HeardHour[], since: Instant): Counted {
  const sum = (field: keyof Counted) => hours.reduce((total, hour) => total + (hour.hour >= since ? hour[field] : 0), 0)
  return {
    messages: sum('messages'),
    signals: sum('signals'),
    refused: sum('refused'),
    distrusted: sum('distrusted'),
    repeated: sum('repeated'),
    faults: sum('faults'),
  }
}

export type Health = 'revoked' | 'never' | 'silent' | 'troubled' | 'well'

export function healthOf(source: { readonly revoked: boolean; readonly hours: readonly HeardHour[] }, now: Instant): Health {
  if (source.revoked) return 'revoked'
  if (lastHeard(source.hours) === null) return 'never'
  if (silentSince(source.hours, now) !== null) return 'silent'
  const day = countSince(source.hours, now - DAY_MS)
  return day.distrusted + day.refused + day.faults > 0 ? 'troubled' : 'well'
}
