/**
 * Who holds a duty role at an instant, from when and until when, and who comes next. Turns are counted on the wall clock
 * from the rotation's start and only then brought to the zone, so that hand-overs stay at their hour through clock
 * changes. A turn that begins in a gap begins as much later as the gap is long; one that begins in an hour that comes
 * twice begins at the first. Of the turns that have begun, the last holds. All intervals are half-open.
 */
import { Temporal } from 'temporal-polyfill'
import { DAY_MS, type Instant } from '../time.ts'
import type { Holder, Layer, Rotation, Schedule } from './oncall.ts'

export interface Shift {
  /** Empty: no layer covers this time. */
  readonly holders: readonly Holder[]
  /** Null: always so before. */
  readonly from: Instant | null
  /** Null: for ever. */
  readonly until: Instant | null
}

export interface Shifts {
  readonly current: Shift
  /** The first later shift that somebody holds who does not hold the current one. */
  readonly next: Shift | null
}

/** How many shifts are looked at for somebody else: more than any list of members that is not the same few names. */
const NEXT_SHIFTS_MAX = 100
/** No zone has moved its clock by more than this at once. */
const CLOCK_CHANGE_MS_MAX = DAY_MS

export function shiftsAt(schedule: Schedule, instant: Instant): Shifts {
  const current = shiftAt(schedule, instant)
  let at = current.until
  for (let count = 0; at !== null && count < NEXT_SHIFTS_MAX; count += 1) {
    const shift = shiftAt(schedule, at)
    if (shift.holders.some((holder) => !current.holders.includes(holder))) return { current, next: shift }
    at = shift.until
  }
  return { current, next: null }
}

/** The stretch around the instant in which one layer's one turn holds. */
export function shiftAt(schedule: Schedule, instant: Instant): Shift {
  let from: Instant | null = null
  let until: Instant | null = null
  for (const layer of schedule.layers) {
    const span = spanAt(layer, schedule.zone, instant)
    from = latest(from, span.from)
    until = soonest(until, span.until)
    if (span.holders.length > 0) return { holders: span.holders, from, until }
  }
  return { holders: [], from, until }
}

/**
 * Stretches within the given one that no layer covers, in order. Turns of a layer follow each other without a break, so
 * only where layers begin and end matters, and no turn has to be counted.
 */
export function gapsOf({ layers, zone }: Schedule, from: Instant, until: Instant): { readonly from: Instant; readonly until: Instant }[] {
  const spans = layers.filter((layer) => layer.members.length > 0).map(({ rotation }) => coverage(rotation, zone))
  const gaps: { from: Instant; until: Instant }[] = []
  let covered = from
  for (const span of spans.toSorted((one, other) => one.from - other.from)) {
    if (span.from >= until) break
    if (span.from > covered) gaps.push({ from: covered, until: span.from })
    covered = Math.max(covered, span.until)
  }
  return covered < until ? [...gaps, { from: covered, until }] : gaps
}

function coverage(rotation: Rotation | null, zone: string): { readonly from: Instant; readonly until: Instant } {
  if (rotation === null) return { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }
  const { startWallMs, untilWallMs } = rotation
  return { from: toInstant(startWallMs, zone), until: untilWallMs === null ? Number.POSITIVE_INFINITY : toInstant(untilWallMs, zone) }
}

/** What one layer says of the instant, and how long it says so. */
function spanAt({ members, rotation }: Layer, zone: string, instant: Instant): Shift {
  if (rotation === null) return { holders: members, from: null, until: null }
  const begins = toInstant(rotation.startWallMs, zone)
  if (instant < begins) return { holders: [], from: null, until: begins }
  const ends = rotation.untilWallMs === null ? null : toInstant(rotation.untilWallMs, zone)
  if (ends !== null && instant >= ends) return { holders: [], from: ends, until: null }
  const turn = turnAt(rotation, zone, instant)
  const member = members[turn % members.length]
  return {
    holders: member === undefined ? [] : [member],
    from: turnStart(rotation, zone, turn),
    until: soonest(nextTurnStart(rotation, zone, { turn, instant }), ends),
  }
}

/** The number of the last turn that has begun. @param instant not before the rotation's start */
function turnAt(rotation: Rotation, zone: string, instant: Instant): number {
  const onWall = Math.floor((toWallMs(instant, zone) - rotation.startWallMs) / rotation.turnWallMs)
  let turn = Math.max(0, onWall + turnsInClockChange(rotation))
  while (turn > 0 && turnStart(rotation, zone, turn) > instant) turn -= 1
  return turn
}

/** Usually the start of the turn after; where the clock jumps over turns they begin together, or not in order. */
function nextTurnStart(rotation: Rotation, zone: string, { turn, instant }: { turn: number; instant: Instant }): Instant {
  let first = Number.POSITIVE_INFINITY
  for (let next = turn + 1; next <= turn + 1 + turnsInClockChange(rotation); next += 1) {
    const start = turnStart(rotation, zone, next)
    if (start > instant) first = Math.min(first, start)
  }
  return first
}

function turnsInClockChange(rotation: Rotation): number {
  return Math.ceil(CLOCK_CHANGE_MS_MAX / rotation.turnWallMs)
}

function turnStart(rotation: Rotation, zone: string, turn: number): Instant {
  return toInstant(rotation.startWallMs + turn * rotation.turnWallMs, zone)
}

/** What the wall clock of the zone shows, as if the wall were in UTC. */
function toWallMs(instant: Instant, zone: string): number {
  return instant + Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).offsetNanoseconds / 1_000_000
}

/** The instant at which the zone's wall clock shows this; see the top of the file for times it shows twice or never. */
function toInstant(wallMs: number, zone: string): Instant {
  const wall = Temporal.Instant.fromEpochMilliseconds(wallMs).toZonedDateTimeISO('UTC').toPlainDateTime()
  return wall.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds
}

function latest(left: Instant | null, right: Instant | null): Instant | null {
  if (left === null || right === null) return left ?? right
  return Math.max(left, right)
}

function soonest(left: Instant | null, right: Instant | null): Instant | null {
  if (left === null || right === null) return left ?? right
  return Math.min(left, right)
}
