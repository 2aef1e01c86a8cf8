/**
 * What the wall shows, the slow way: the reference for everything in core that follows the clocks of a zone. It shares
 * nothing with what it is compared to (it asks `Intl` about one instant at a time).
 */
import { DAY_MS, type Instant, MINUTE_MS } from '../../src/core/time.ts'

/** Whole, half and three-quarter hour offsets; changes of an hour and of half of one; north and south; a skipped day; none. */
export const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/Los_Angeles',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Africa/Casablanca',
  'America/St_Johns',
  'Pacific/Chatham',
] as const

const HALF_HOUR_MS = 30 * MINUTE_MS
const formats = new Map<string, Intl.DateTimeFormat>()
const offsets = new Map<string, Map<number, number>>()

/** What the wall of the zone shows, as if it were in UTC. No zone has moved its clock within a half hour of UTC, or twice in a day. */
function wallOf(instant: number, zone: string): number {
  const day = Math.floor(instant / DAY_MS) * DAY_MS
  const offset = offsetOf(day, zone)
  if (offset === offsetOf(day + DAY_MS, zone)) return instant + offset
  return instant + offsetOf(Math.floor(instant / HALF_HOUR_MS) * HALF_HOUR_MS, zone)
}

function offsetOf(instant: number, zone: string): number {
  const ofZone = offsets.get(zone) ?? new Map<number, number>()
  offsets.set(zone, ofZone)
  const known = ofZone.get(instant)
  if (known !== undefined) return known
  const offset = askWall(instant, zone) - instant
  ofZone.set(instant, offset)
  return offset
}

function askWall(instant: number, zone: string): number {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  formats.set(zone, format)
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** The first instant whose wall shows this; where none does, as much later as the gap is long. */
export function instantOf(wallMs: number, zone: string): Instant {
  const before = wallOf(wallMs - 2 * DAY_MS, zone) - (wallMs - 2 * DAY_MS)
  const after = wallOf(wallMs + 2 * DAY_MS, zone) - (wallMs + 2 * DAY_MS)
  const hits = [wallMs - before, wallMs - after].filter((instant) => wallOf(instant, zone) === wallMs)
  return hits.length > 0 ? Math.min(...hits) : wallMs - before
}
