/**
 * Whose turn it is. Turns are counted on the wall clock from the rotation's start and only then brought to the zone, so
 * that hand-overs stay at their hour through clock changes. A turn that begins in a gap begins as much later as the gap
 * is long; one that begins in an hour that comes twice begins at the first. Of the turns that have begun, the last holds.
 */
import { DAY_MS, HOUR_MS, type Instant } from '../time.ts'
import type { Rotation } from './oncall.ts'
import { isSteady, toInstant, toWallMs } from './zone-clock.ts'

/** A turn, with the half-open stretch in which it holds. */
export interface TurnSpan {
  /** From 0; null: the rotation has not begun, or is over. */
  readonly turn: number | null
  readonly from: Instant | null
  readonly until: Instant | null
}

/** No zone has moved its clock by more than this at once. */
const CLOCK_CHANGE_MS_MAX = DAY_MS
const AROUND_MS = 2 * DAY_MS
const SHORTEST_MONTH_MS = 28 * DAY_MS

export function turnAt(rotation: Rotation, zone: string, instant: Instant): TurnSpan {
  const begins = toInstant(rotation.startWallMs, zone)
  if (instant < begins) return { turn: null, from: null, until: begins }
  const ends = rotation.untilWallMs === null ? null : toInstant(rotation.untilWallMs, zone)
  if (ends !== null && instant >= ends) return { turn: null, from: ends, until: null }
  if (rotation.turn.kind === 'together') return { turn: 0, from: begins, until: ends }
  const turn = lastBegun(rotation, zone, instant)
  const next = nextStart(rotation, zone, { turn, instant })
  // Where the clock jumps over the start, a later turn can be due before it.
  const from = Math.max(begins, startOf(rotation, zone, turn))
  return { turn, from, until: ends === null ? next : Math.min(next, ends) }
}

/** The number of the last turn that has begun. @param instant not before the rotation's start */
function lastBegun(rotation: Rotation, zone: string, instant: Instant): number {
  const onWall = Math.max(0, turnOnWall(rotation, toWallMs(instant, zone)))
  if (isSteady(zone, instant - AROUND_MS, instant + AROUND_MS)) return onWall
  // Near a clock change turns need not begin in their order.
  let turn = onWall + turnsInClockChange(rotation)
  while (turn > 0 && startOf(rotation, zone, turn) > instant) turn -= 1
  return turn
}

/** Usually the start of the turn after; where the clock jumps over turns they begin together, or not in order. */
function nextStart(rotation: Rotation, zone: string, { turn, instant }: { turn: number; instant: Instant }): Instant {
  let first = startOf(rotation, zone, turn + 1)
  if (first > instant && isSteady(zone, first - AROUND_MS, first + AROUND_MS)) return first
  if (first <= instant) first = Number.POSITIVE_INFINITY
  for (let next = turn + 2; next <= turn + 1 + turnsInClockChange(rotation); next += 1) {
    const start = startOf(rotation, zone, next)
    if (start > instant) first = Math.min(first, start)
  }
  return first
}

function startOf(rotation: Rotation, zone: string, turn: number): Instant {
  return toInstant(startOnWall(rotation, turn), zone)
}

function turnsInClockChange({ turn }: Rotation): number {
  const shortestMs = turn.kind === 'cycle' ? Math.max(HOUR_MS, Math.min(...turn.wallMs)) : SHORTEST_MONTH_MS
  return Math.ceil(CLOCK_CHANGE_MS_MAX / shortestMs)
}

/** Wall time at which that turn begins. */
function startOnWall({ startWallMs, turn: how }: Rotation, turn: number): number {
  if (how.kind === 'together') return startWallMs
  if (how.kind === 'months') return addMonths(startWallMs, turn * how.months)
  const { wallMs } = how
  const round = Math.floor(turn / wallMs.length)
  let start = startWallMs + round * total(wallMs)
  for (let index = 0; index < turn - round * wallMs.length; index += 1) start += wallMs[index] ?? 0
  return start
}

/** The last turn that has begun where the wall shows this; below 0 before the first. */
function turnOnWall(rotation: Rotation, atWallMs: number): number {
  const { startWallMs, turn: how } = rotation
  if (how.kind === 'together') return 0
  if (how.kind === 'months') {
    let turn = Math.floor(monthsBetween(startWallMs, atWallMs) / how.months)
    while (startOnWall(rotation, turn) > atWallMs) turn -= 1
    return turn
  }
  const round = Math.floor((atWallMs - startWallMs) / total(how.wallMs))
  let left = atWallMs - startWallMs - round * total(how.wallMs)
  let turn = round * how.wallMs.length
  for (const length of how.wallMs) {
    if (left < length) break
    left -= length
    turn += 1
  }
  return turn
}

function total(lengths: readonly number[]): number {
  let sum = 0
  for (const length of lengths) sum += length
  return sum
}

/** Of the calendar, whatever the days: from 31 January to 1 February is one. */
function monthsBetween(fromWallMs: number, toMs: number): number {
  const [from, to] = [new Date(fromWallMs), new Date(toMs)]
  return (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth()
}

/** The same day and time so many months later; the last day of a month that does not have the day. */
function addMonths(wallMs: number, months: number): number {
  const start = new Date(wallMs)
  const month = start.getUTCMonth() + months
  const daysInMonth = new Date(Date.UTC(start.getUTCFullYear(), month + 1, 0)).getUTCDate()
  const midnight = Date.UTC(start.getUTCFullYear(), month, Math.min(start.getUTCDate(), daysInMonth))
  return midnight + (((wallMs % DAY_MS) + DAY_MS) % DAY_MS)
}
