/**
 * The wall clock of a time zone, fast: the instants at which a zone moves its clock are asked of Temporal once for each
 * year and kept, so that a year of shifts costs additions. A wall time is in milliseconds, as if the wall were in UTC.
 */
import { Temporal } from 'temporal-polyfill'
import { DAY_MS, type Instant } from '../time.ts'

export interface ClockChange {
  readonly at: Instant
  /** What the clock is moved by: 3,600,000 where an hour is skipped, negative where one comes twice. */
  readonly byMs: number
}

interface Stretch {
  readonly from: Instant
  /** What the wall is ahead of UTC. */
  readonly offsetMs: number
}

interface Year {
  /** The first begins at or before the year; each next one at a clock change within it. */
  readonly stretches: readonly Stretch[]
}

/** Not a year of any calendar: how much of a zone is learned at once. */
const CHUNK_MS = 366 * DAY_MS
/** The time zone database has under 600 zones. */
const ZONES_MAX = 1_000
const CHUNKS_MAX = 4_000
/** More in a year no zone has had; Morocco has four. */
const CHANGES_MAX = 40

const zones = new Map<string, Map<number, Year>>()

/** What the wall of the zone is ahead of UTC at the instant. @throws RangeError for a zone that is none */
export function offsetAt(zone: string, instant: Instant): number {
  const { stretches } = yearOf(zone, Math.floor(instant / CHUNK_MS))
  let offsetMs = stretches[0]?.offsetMs ?? 0
  for (let index = 1; index < stretches.length; index += 1) {
    const stretch = stretches[index]
    if (stretch === undefined || stretch.from > instant) break
    offsetMs = stretch.offsetMs
  }
  return offsetMs
}

/** What the wall clock of the zone shows. */
export function toWallMs(instant: Instant, zone: string): number {
  return instant + offsetAt(zone, instant)
}

/**
 * The instant at which the zone's wall clock shows this. A time that comes twice is the first; one that is skipped is as
 * much later as the gap is long.
 */
export function toInstant(wallMs: number, zone: string): Instant {
  const before = offsetAt(zone, wallMs - DAY_MS)
  const after = offsetAt(zone, wallMs + DAY_MS)
  const early = wallMs - before
  if (before === after && offsetAt(zone, early) === before) return early
  const late = wallMs - after
  const [isEarly, isLate] = [offsetAt(zone, early) === before, offsetAt(zone, late) === after]
  if (isEarly && isLate) return Math.min(early, late)
  return isLate && !isEarly ? late : early
}

/** Clock changes of the zone within the half-open stretch, in order. */
export function clockChanges(zone: string, from: Instant, until: Instant): ClockChange[] {
  const found: ClockChange[] = []
  for (let chunk = Math.floor(from / CHUNK_MS); chunk * CHUNK_MS < until; chunk += 1) {
    const { stretches } = yearOf(zone, chunk)
    for (const [index, stretch] of stretches.entries()) {
      const before = stretches[index - 1]
      if (before === undefined || stretch.from < from || stretch.from >= until) continue
      found.push({ at: stretch.from, byMs: stretch.offsetMs - before.offsetMs })
    }
  }
  return found
}

/** True where the zone's clock moves neither within the stretch nor at its ends. */
export function isSteady(zone: string, from: Instant, until: Instant): boolean {
  const first = Math.floor(from / CHUNK_MS)
  const last = Math.floor(until / CHUNK_MS)
  for (let chunk = first; chunk <= last; chunk += 1) {
    const { stretches } = yearOf(zone, chunk)
    for (let index = 1; index < stretches.length; index += 1) {
      const at = stretches[index]?.from ?? 0
      if (at >= from && at <= until) return false
    }
  }
  return true
}

export type WallReadings =
  | { readonly kind: 'one'; readonly instants: readonly [Instant] }
  /** The clock is set back and shows it twice. */
  | { readonly kind: 'twice'; readonly instants: readonly [Instant, Instant] }
  /** The clock is set forward over it: read by the clock of before, and by the one of after. The first counts. */
  | { readonly kind: 'skipped'; readonly instants: readonly [Instant, Instant] }

/** Every way in which people can mean a wall time. The first of them is what `toInstant` says. */
export function readingsOf(wallMs: number, zone: string): WallReadings {
  const first = toInstant(wallMs, zone)
  const byOffset = [offsetAt(zone, wallMs - DAY_MS), offsetAt(zone, wallMs + DAY_MS)].map((offset) => wallMs - offset)
  const other = byOffset.find((instant) => instant !== first)
  if (toWallMs(first, zone) !== wallMs) return { kind: 'skipped', instants: [first, other ?? first] }
  return other !== undefined && toWallMs(other, zone) === wallMs
    ? { kind: 'twice', instants: [first, other] }
    : { kind: 'one', instants: [first] }
}

function yearOf(zone: string, chunk: number): Year {
  let years = zones.get(zone)
  if (years === undefined) {
    if (zones.size >= ZONES_MAX) zones.clear()
    years = new Map()
    zones.set(zone, years)
  }
  const known = years.get(chunk)
  if (known !== undefined) return known
  if (years.size >= CHUNKS_MAX) years.clear()
  const learned = learn(zone, chunk * CHUNK_MS)
  years.set(chunk, learned)
  return learned
}

function learn(zone: string, from: Instant): Year {
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone)
  const stretches: Stretch[] = [{ from, offsetMs: at.offsetNanoseconds / 1_000_000 }]
  for (let count = 0; count < CHANGES_MAX; count += 1) {
    at = at.getTimeZoneTransition('next')
    if (at === null || at.epochMilliseconds >= from + CHUNK_MS) break
    stretches.push({ from: at.epochMilliseconds, offsetMs: at.offsetNanoseconds / 1_000_000 })
  }
  return { stretches }
}
