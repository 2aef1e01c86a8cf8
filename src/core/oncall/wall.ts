/** Reads times of a schedule as people write them: zones, days, hours of the wall clock, lengths of a turn. */
import { Temporal } from 'temporal-polyfill'
import { normalizeName } from '../playbook/text.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../time.ts'
import type { Turn } from './oncall.ts'
import { toWallMs } from './zone-clock.ts'

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
  return showWall(toWallMs(instant, zone))
}

/** `Mon 2026-12-07 09:00` of a wall time in milliseconds. */
export function showWall(wallMs: number): string {
  const [day = '', time = ''] = new Date(wallMs).toISOString().split('T')
  return `${DAY_NAMES[weekdayOf(wallMs)] ?? ''} ${day} ${time.slice(0, 5)}`
}

export const DAY_NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

/** `2026-01-05T09:00`, or with a space, as wall milliseconds; null for what no calendar has. */
export function readWall(text: string): number | null {
  const match = /^(\S+)[T ](\S+)$/.exec(normalizeName(text))
  const [day, time] = [readDay(match?.[1] ?? ''), readTimeOfDay(match?.[2] ?? '')]
  return day === null || time === null ? null : day + time
}

const TURN_UNITS: readonly (readonly [pattern: RegExp, ms: number])[] = [
  [/^(?:h|hrs?|hours?)$/, HOUR_MS],
  [/^(?:d|days?)$/, DAY_MS],
  [/^(?:w|wks?|weeks?)$/, 7 * DAY_MS],
]
const TURN_WORDS: Readonly<Record<string, string>> = { hourly: '1 hour', daily: '1 day', weekly: '1 week', monthly: '1 month' }
const MONTHS_MAX = 12

/** `1 week`, `2 days`, `12 hours`, `1 month`, `weekly`: on the wall clock, so that a day is a day through clock changes. Else null. */
export function readTurn(text: string): Turn | null {
  const written = normalizeName(text).toLowerCase()
  const match = /^(\d{1,4})[ -]?([a-z]+)$/.exec(Object.hasOwn(TURN_WORDS, written) ? (TURN_WORDS[written] ?? '') : written)
  const count = Number(match?.[1] ?? 0)
  const unitName = match?.[2] ?? ''
  if (/^(?:months?|mo)$/.test(unitName)) return count > 0 && count <= MONTHS_MAX ? { kind: 'months', months: count } : null
  const unit = TURN_UNITS.find(([pattern]) => pattern.test(unitName))
  const turnMs = count * (unit?.[1] ?? 0)
  return turnMs > 0 && turnMs <= TURN_MS_MAX ? { kind: 'cycle', wallMs: [turnMs] } : null
}

/** 0 is Monday, as `mon`, `Monday`; null for no day. */
export function readWeekday(text: string): number | null {
  const written = normalizeName(text).toLowerCase()
  const found = WEEKDAYS.findIndex((day) => written.length >= 3 && day.startsWith(written))
  return found === -1 ? null : found
}
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** 0 is Monday. */
export function weekdayOf(wallMs: number): number {
  return (new Date(wallMs).getUTCDay() + 6) % 7
}
