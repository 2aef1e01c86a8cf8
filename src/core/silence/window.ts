/**
 * Maintenance windows on the wall clock of a zone: once, on days of the week, on a day of the month. An occurrence begins
 * at its time of day whatever the clocks did in between, and lasts as many minutes as it says: a window of two hours is
 * two hours long in the night of a clock change too. A start that the clocks skip comes as much later as the gap is
 * long; one that comes twice is the first.
 */
import { Temporal } from 'temporal-polyfill'
import { type Instant, MINUTE_MS } from '../time.ts'

/** 1 is Monday, 7 is Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

export type MonthDay =
  /** 1 to 31, -1 the last; a month that does not have it has no occurrence. */
  | { readonly kind: 'day'; readonly day: number }
  /** 1 to 4, -1 the last. */
  | { readonly kind: 'weekday'; readonly nth: number; readonly weekday: Weekday }

interface Recurring {
  /** `22:00` */
  readonly at: string
  readonly minutes: number
  /** First and last day on which an occurrence may begin, `yyyy-mm-dd`; null: unbounded. */
  readonly from: string | null
  readonly until: string | null
}

export type WindowSchedule =
  /** Wall clock times, `2026-12-01T22:00`. */
  | { readonly kind: 'once'; readonly from: string; readonly to: string }
  | (Recurring & { readonly kind: 'weekly'; readonly days: readonly Weekday[] })
  | (Recurring & { readonly kind: 'monthly'; readonly on: MonthDay })

export interface Occurrence {
  readonly startsAt: Instant
  /** Half-open. */
  readonly endsAt: Instant
}

/** So many months ahead an occurrence is looked for: the 29th of February comes within eight years. */
const MONTHS_MAX = 97

/** Times that fit the pattern and no calendar: their reason, else null. */
export function faultOf(schedule: WindowSchedule, zone: string): string | null {
  try {
    if (schedule.kind === 'once') {
      const { startsAt, endsAt } = occurrenceOnce(schedule, zone)
      return endsAt > startsAt ? null : 'it must end after it starts'
    }
    Temporal.PlainTime.from(schedule.at)
    const days = [schedule.from, schedule.until].map((day) => (day === null ? null : Temporal.PlainDate.from(day, { overflow: 'reject' })))
    const [from, until] = days
    if (from !== null && from !== undefined && until !== null && until !== undefined && Temporal.PlainDate.compare(from, until) > 0)
      return 'its last day is before its first'
    startOn(Temporal.PlainDate.from('2026-01-01'), schedule.at, zone)
    return null
  } catch (error) {
    if (error instanceof RangeError) return 'a time or the zone is none that a calendar has'
    throw error
  }
}

/** The occurrence that runs at the instant; of several, the one that ends last. */
export function occurrenceAt(schedule: WindowSchedule, zone: string, instant: Instant): Occurrence | null {
  let found: Occurrence | null = null
  for (const occurrence of around(schedule, zone, instant)) {
    if (occurrence.startsAt > instant) break
    if (instant < occurrence.endsAt && (found === null || occurrence.endsAt > found.endsAt)) found = occurrence
  }
  return found
}

/** The first `limit` occurrences that begin after the instant. */
export function occurrencesAfter(schedule: WindowSchedule, zone: string, instant: Instant, limit: number): readonly Occurrence[] {
  const found: Occurrence[] = []
  for (const occurrence of around(schedule, zone, instant)) {
    if (occurrence.startsAt <= instant) continue
    found.push(occurrence)
    if (found.length === limit) break
  }
  return found
}

/** In order of their starts, from those that may still run at the instant. */
function* around(schedule: WindowSchedule, zone: string, instant: Instant): Generator<Occurrence> {
  if (schedule.kind === 'once') {
    yield occurrenceOnce(schedule, zone)
    return
  }
  const today = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDate()
  // A day more than it lasts: the wall's date may be a day off after a change of the date line.
  const first = today.subtract({ days: Math.ceil(schedule.minutes / (24 * 60)) + 2 })
  for (const day of schedule.kind === 'weekly' ? weekDays(schedule.days, first) : monthDays(schedule.on, first)) {
    const written = day.toString()
    if (schedule.from !== null && written < schedule.from) continue
    if (schedule.until !== null && written > schedule.until) return
    const startsAt = startOn(day, schedule.at, zone)
    yield { startsAt, endsAt: startsAt + schedule.minutes * MINUTE_MS }
  }
}

function* weekDays(days: readonly Weekday[], first: Temporal.PlainDate): Generator<Temporal.PlainDate> {
  const wanted = new Set<number>(days)
  for (let offset = 0; offset < MONTHS_MAX * 31; offset += 1) {
    const day = first.add({ days: offset })
    if (wanted.has(day.dayOfWeek)) yield day
  }
}

function* monthDays(on: MonthDay, first: Temporal.PlainDate): Generator<Temporal.PlainDate> {
  const month = first.toPlainYearMonth()
  for (let offset = 0; offset < MONTHS_MAX; offset += 1) {
    const day = dayOf(on, month.add({ months: offset }))
    if (day !== null && Temporal.PlainDate.compare(day, first) >= 0) yield day
  }
}

function dayOf(on: MonthDay, month: Temporal.PlainYearMonth): Temporal.PlainDate | null {
  if (on.kind === 'day') {
    const day = on.day === -1 ? month.daysInMonth : on.day
    return day > month.daysInMonth ? null : month.toPlainDate({ day })
  }
  if (on.nth === -1) {
    const last = month.toPlainDate({ day: month.daysInMonth })
    return last.subtract({ days: (last.dayOfWeek - on.weekday + 7) % 7 })
  }
  const first = month.toPlainDate({ day: 1 })
  return first.add({ days: ((on.weekday - first.dayOfWeek + 7) % 7) + 7 * (on.nth - 1) })
}

function startOn(day: Temporal.PlainDate, at: string, zone: string): Instant {
  return day.toPlainDateTime(Temporal.PlainTime.from(at)).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds
}

function occurrenceOnce({ from, to }: Extract<WindowSchedule, { kind: 'once' }>, zone: string): Occurrence {
  return { startsAt: toInstant(from, zone), endsAt: toInstant(to, zone) }
}

function toInstant(wall: string, zone: string): Instant {
  return Temporal.PlainDateTime.from(wall, { overflow: 'reject' }).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds
}
