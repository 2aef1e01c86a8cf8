/** Reads times of a schedule as people write them: zones, days, hours of the wall clock, lengths of a turn. */
import { Temporal } from 'temporal-polyfill'
import { normalizeName } from '../playbook/text.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../time.ts'

/** A turn longer than this is a fixed holder. */
const TURN_MS_MAX = 366 * DAY_MS

/** The zone's id as the time zone database spells it, or null. Offsets such as "+02:00" know no clock changes: refused. */
export function readZone(text: string): string | null {
  if (!/^[A-Za-z]/.test(text)) return null
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId
  } catch {
    return null
  }
}

/** `2026-01-05` as wall milliseconds of its midnight, or null for what no calendar has. */
export function readDay(text: string): number | null {
  const written = normalizeName(text)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(written)) return null
  const atMs = Date.parse(`${written}T00:00:00Z`)
  return Number.isNaN(atMs) || !new Date(atMs).toISOString().startsWith(written) ? null : atMs
}

/** `09:00` in milliseconds since midnight, or null. `24:00` is null: it is the next day's 00:00. */
export function readTimeOfDay(text: string): number | null {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(normalizeName(text))
  return match === null ? null : Number(match[1]) * HOUR_MS + Number(match[2]) * MINUTE_MS
}

/** `Mon 2026-12-07 09:00`, as the wall clock of the zone shows it. */
export function formatWall(instant: Instant, zone: string): string {
  const wall = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDateTime()
  const [day, time] = wall.toString({ smallestUnit: 'minute' }).split('T')
  return `${DAY_NAMES[wall.dayOfWeek - 1] ?? ''} ${day} ${time}`
}
const DAY_NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

const TURN_UNITS: readonly (readonly [pattern: RegExp, ms: number])[] = [
  [/^(?:h|hrs?|hours?)$/, HOUR_MS],
  [/^(?:d|days?)$/, DAY_MS],
  [/^(?:w|wks?|weeks?)$/, 7 * DAY_MS],
]
const TURN_WORDS: Readonly<Record<string, number>> = { hourly: HOUR_MS, daily: DAY_MS, weekly: 7 * DAY_MS }

/** `1 week`, `2 days`, `12 hours`, `weekly`: on the wall clock, so that a day is a day through clock changes. Else null. */
export function readTurn(text: string): number | null {
  const written = normalizeName(text).toLowerCase()
  if (Object.hasOwn(TURN_WORDS, written)) return TURN_WORDS[written] ?? null
  const match = /^(\d{1,4})[ -]?([a-z]+)$/.exec(written)
  const unit = TURN_UNITS.find(([pattern]) => pattern.test(match?.[2] ?? ''))
  const turnMs = Number(match?.[1] ?? 0) * (unit?.[1] ?? 0)
  return turnMs > 0 && turnMs <= TURN_MS_MAX ? turnMs : null
}
