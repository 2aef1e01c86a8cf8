/**
 * Windows against a slow reference that shares nothing with them: it walks every day of the span, asks `Intl` what the
 * wall shows, and lists all occurrences. Over zones with whole, half and odd changes of the clock, a skipped day, and none.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instantOf, ZONES } from '../../../test/support/wall.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts'
import { faultOf, type MonthDay, type Occurrence, occurrenceAt, occurrencesAfter, type Weekday, type WindowSchedule } from './window.ts'

const atMs = (at: string): number => {
  const [hours = 0, minutes = 0] = at.split(':').map(Number)
  return hours * HOUR_MS + minutes * MINUTE_MS
}
const dayText = (wallMidnight: number) => new Date(wallMidnight).toISOString().slice(0, 10)

function isOn(on: MonthDay, wallMidnight: number): boolean {
  const date = new Date(wallMidnight)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  const day = date.getUTCDate()
  if (on.kind === 'day') return day === (on.day === -1 ? last : on.day)
  if ((date.getUTCDay() || 7) !== on.weekday) return false
  return on.nth === -1 ? day > last - 7 : Math.ceil(day / 7) === on.nth
}

/** Every occurrence that begins on a day of the span, in order of the days. */
function slow(schedule: Exclude<WindowSchedule, { kind: 'once' }>, zone: string, from: number, until: number): Occurrence[] {
  const found: Occurrence[] = []
  for (let day = Math.floor(from / DAY_MS) * DAY_MS - 12 * DAY_MS; day < until; day += DAY_MS) {
    const weekday = new Date(day).getUTCDay() || 7
    const wanted = schedule.kind === 'weekly' ? (schedule.days as readonly number[]).includes(weekday) : isOn(schedule.on, day)
    if (!wanted || (schedule.from !== null && dayText(day) < schedule.from) || (schedule.until !== null && dayText(day) > schedule.until))
      continue
    const startsAt = instantOf(day + atMs(schedule.at), zone)
    found.push({ startsAt, endsAt: startsAt + schedule.minutes * MINUTE_MS })
  }
  return found
}

const zone = fc.constantFrom(...ZONES)
const at = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
const weekday = fc.integer({ min: 1, max: 7 }) as fc.Arbitrary<Weekday>
const day = fc.integer({ min: 0, max: 400 }).map((count) => dayText(Date.UTC(2011, 10, 1) + count * DAY_MS))
const recurring = {
  at,
  minutes: fc.integer({ min: 1, max: 7 * 24 * 60 }),
  from: fc.option(day),
  until: fc.constant(null),
}
const schedules = fc.oneof(
  fc.record({ kind: fc.constant('weekly' as const), days: fc.uniqueArray(weekday, { minLength: 1, maxLength: 7 }), ...recurring }),
  fc.record({
    kind: fc.constant('monthly' as const),
    on: fc.oneof(
      fc.record({ kind: fc.constant('day' as const), day: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constant(-1)) }),
      fc.record({ kind: fc.constant('weekday' as const), nth: fc.constantFrom(1, 2, 3, 4, -1), weekday }),
    ),
    ...recurring,
  }),
)
/** Around the turn of 2011 to 2012, with Apia's skipped day, and the changes of the clock of that year. */
const instant = fc.integer({ min: Date.UTC(2011, 10, 1), max: Date.UTC(2012, 10, 20) })

describe('an occurrence at an instant', () => {
  test('is the one that the slow way finds', () => {
    fc.assert(
      fc.property(schedules, zone, instant, (schedule, inZone, asked) => {
        const all = slow(schedule, inZone, asked, asked + 2 * DAY_MS)
        const running = all.filter((one) => one.startsAt <= asked && asked < one.endsAt)
        const wanted = running.length === 0 ? null : Math.max(...running.map((one) => one.endsAt))
        expect(occurrenceAt(schedule, inZone, asked)?.endsAt ?? null).toBe(wanted)
      }),
      { numRuns: 400 },
    )
  })

  test('the next ones are those that the slow way lists', () => {
    fc.assert(
      fc.property(schedules, zone, instant, (schedule, inZone, asked) => {
        const all = slow(schedule, inZone, asked, asked + 120 * DAY_MS).filter((one) => one.startsAt > asked)
        const next = occurrencesAfter(schedule, inZone, asked, 3).filter((one) => one.startsAt < asked + 100 * DAY_MS)
        expect(next).toEqual(all.slice(0, next.length))
        if (next.length < 3) expect(all.filter((one) => one.startsAt < asked + 100 * DAY_MS)).toHaveLength(next.length)
      }),
      { numRuns: 200 },
    )
  })

  test('begins with its start and ends before its end', () => {
    fc.assert(
      fc.property(schedules, zone, instant, (schedule, inZone, asked) => {
        const [next] = occurrencesAfter(schedule, inZone, asked, 1)
        if (next === undefined) return
        expect(occurrenceAt(schedule, inZone, next.startsAt)).not.toBeNull()
        expect((occurrenceAt(schedule, inZone, next.endsAt - 1) ?? next).endsAt).toBeGreaterThanOrEqual(next.endsAt)
      }),
      { numRuns: 200 },
    )
  })
})

const once = (from: string, to: string): WindowSchedule => ({ kind: 'once', from, to })
const daily = (at_: string, minutes: number): Extract<WindowSchedule, { kind: 'weekly' }> => ({
  kind: 'weekly',
  days: [1, 2, 3, 4, 5, 6, 7],
  at: at_,
  minutes,
  from: null,
  until: null,
})

describe('changes of the clock', () => {
  test('two hours are two hours in the night in which an hour is missing', () => {
    const [next] = occurrencesAfter(daily('01:00', 120), 'Europe/Berlin', Date.parse('2026-03-28T12:00:00Z'), 1)
    expect(next).toEqual({ startsAt: Date.parse('2026-03-29T00:00:00Z'), endsAt: Date.parse('2026-03-29T02:00:00Z') })
  })

  test('a start that is skipped comes as much later as the gap is long', () => {
    const [next] = occurrencesAfter(daily('02:30', 30), 'Europe/Berlin', Date.parse('2026-03-28T12:00:00Z'), 1)
    expect(next?.startsAt).toBe(Date.parse('2026-03-29T01:30:00Z'))
  })

  test('of a start that comes twice the first counts, once', () => {
    const next = occurrencesAfter(daily('02:30', 30), 'Europe/Berlin', Date.parse('2026-10-24T12:00:00Z'), 2)
    expect(next.map((one) => new Date(one.startsAt).toISOString())).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'])
  })

  test('a window of one time is on the wall at both ends', () => {
    expect(occurrencesAfter(once('2026-03-29T00:00', '2026-03-29T06:00'), 'Europe/Berlin', 0, 1)).toEqual([
      { startsAt: Date.parse('2026-03-28T23:00:00Z'), endsAt: Date.parse('2026-03-29T04:00:00Z') },
    ])
  })

  test('the last day of each month, and the day that most months do not have', () => {
    const monthly = (day_: number): WindowSchedule => ({
      kind: 'monthly',
      on: { kind: 'day', day: day_ },
      at: '00:00',
      minutes: 1,
      from: null,
      until: null,
    })
    const starts = (day_: number) =>
      occurrencesAfter(monthly(day_), 'UTC', Date.parse('2028-01-31T12:00:00Z'), 3).map((one) => dayText(one.startsAt))
    expect(starts(-1)).toEqual(['2028-02-29', '2028-03-31', '2028-04-30'])
    expect(starts(31)).toEqual(['2028-03-31', '2028-05-31', '2028-07-31'])
  })
})

test.each([
  [once('2026-02-30T00:00', '2026-03-02T00:00'), 'UTC'],
  [once('2026-03-02T00:00', '2026-03-02T00:00'), 'UTC'],
  [once('2026-03-29T02:15', '2026-03-29T03:10'), 'Europe/Berlin'],
  [{ ...daily('02:00', 5), from: '2026-13-01' }, 'UTC'],
  [{ ...daily('02:00', 5), from: '2026-02-01', until: '2026-01-01' }, 'UTC'],
  [daily('25:00', 5), 'UTC'],
])('%j in %s has a fault', (schedule, inZone) => expect(faultOf(schedule, inZone)).toBeTypeOf('string'))
