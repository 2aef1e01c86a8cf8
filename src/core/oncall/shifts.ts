/**
 * Who holds a duty role at an instant, from when and until when, and who comes next: the one answer that pages, lint,
 * explanations, calendars and `tocsin who` are given. All intervals are half-open.
 */
import type { Instant } from '../time.ts'
import { type Changes, NO_CHANGES } from './change.ts'
import type { Schedule } from './oncall.ts'
import { readStretches, type Stretch, type StretchReader } from './stretch.ts'

export type Shift = Stretch

export interface Shifts {
  readonly current: Shift
  /** The first later shift that somebody holds who does not hold the current one. */
  readonly next: Shift | null
}

/** How many shifts are looked at for somebody else: more than any list of members that is not the same few names. */
const NEXT_SHIFTS_MAX = 100
/** Stretches that are joined into one shift: more than the changes and restrictions that can cut one turn. */
const JOINED_MAX = 200

export function shiftsAt(schedule: Schedule, instant: Instant, changes: Changes = NO_CHANGES): Shifts {
  const read = readStretches(schedule, changes)
  const current = around(read, instant)
  let at = current.until
  for (let count = 0; at !== null && count < NEXT_SHIFTS_MAX; count += 1) {
    const shift = onward(read, read(at))
    if (shift.holders.some((holder) => !current.holders.includes(holder))) return { current, next: shift }
    at = shift.until
  }
  return { current, next: null }
}

/** The stretch around the instant in which the same people hold it for the same cause. */
export function shiftAt(schedule: Schedule, instant: Instant, changes: Changes = NO_CHANGES): Shift {
  return around(readStretches(schedule, changes), instant)
}

/** Shifts from the one that holds at `from` to the last that begins before `until`, without a break; gaps are shifts of nobody. */
export function* shiftsBetween(schedule: Schedule, from: Instant, until: Instant, changes: Changes = NO_CHANGES): Generator<Shift> {
  const read = readStretches(schedule, changes)
  let shift = around(read, from)
  for (;;) {
    yield shift
    if (shift.until === null || shift.until >= until) return
    shift = onward(read, read(shift.until))
  }
}

export interface Gap {
  readonly from: Instant
  readonly until: Instant
}

/** Stretches within the given one that nobody holds, in order. @param shifts as `shiftsBetween` gives them */
export function gapsIn(shifts: Iterable<Shift>, from: Instant, until: Instant): Gap[] {
  const gaps: { from: Instant; until: Instant }[] = []
  for (const shift of shifts) {
    if (shift.holders.length > 0) continue
    const gap = { from: Math.max(shift.from ?? from, from), until: Math.min(shift.until ?? until, until) }
    const last = gaps.at(-1)
    if (last?.until === gap.from) last.until = gap.until
    else gaps.push(gap)
  }
  return gaps
}

function around(read: StretchReader, instant: Instant): Shift {
  let shift = onward(read, read(instant))
  for (let count = 0; shift.from !== null && count < JOINED_MAX; count += 1) {
    const before = read(shift.from - 1)
    if (!belongs(before, shift)) break
    shift = { ...shift, from: before.from }
  }
  return shift
}

/** The stretch, with those after it that belong to the same shift. */
function onward(read: StretchReader, stretch: Stretch): Shift {
  let { until } = stretch
  for (let count = 0; until !== null && count < JOINED_MAX; count += 1) {
    const following = read(until)
    if (!belongs(following, stretch)) break
    ;({ until } = following)
  }
  return until === stretch.until ? stretch : { ...stretch, until }
}

function belongs(one: Stretch, other: Stretch): boolean {
  const [a, b] = [one.cause, other.cause]
  if (a.kind !== b.kind || !same(one.holders, other.holders)) return false
  // Somebody who stands in does so whatever turns go by beneath.
  if (a.kind === 'override') return same(a.overrides, b.overrides)
  return a.replacement === b.replacement && a.layer === b.layer && a.turn === b.turn && (a.kind === 'layer' || same(a.away, b.away))
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index])
}
