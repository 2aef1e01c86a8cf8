/**
 * Shifts against a slow reference that shares nothing with them: it lists every turn and every window, brings each of
 * their times to the zone by asking `Intl` what the wall shows, and reads the rules as the documentation has them. Under
 * two zones of the host, which must not matter. TOCSIN_SCHEDULE_CASES sets how many cases are tried in all.
 */
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { instantOf, ZONES } from '../../../test/support/wall.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts'
import type { Changes } from './change.ts'
import type { Layer, Replacement, Rotation, Schedule, Turn } from './oncall.ts'
import { gapsIn, shiftAt, shiftsBetween } from './shifts.ts'
import { coverWeek, WEEK_MS, type WeekSpan } from './week.ts'

const CASES = Number(process.env['TOCSIN_SCHEDULE_CASES'] ?? 10_000)

interface SlowLayer {
  readonly layer: Layer
  readonly windows: readonly WeekSpan[] | null
}
interface SlowSchedule {
  readonly schedule: Schedule
  readonly layers: readonly SlowLayer[]
  readonly replacement: { readonly times: Replacement; readonly layers: readonly SlowLayer[] } | null
  readonly changes: Changes
}

function* startsOnWall({ startWallMs, turn }: Rotation): Generator<number> {
  let wall = startWallMs
  for (let count = 0; ; count += 1) {
    yield wall
    if (turn.kind === 'cycle') wall += turn.wallMs[count % turn.wallMs.length] ?? 0
    if (turn.kind === 'months') wall = monthsLater(startWallMs, (count + 1) * turn.months)
  }
}

/** Day by day: the day of the start, or the last one that the month has. */
function monthsLater(wallMs: number, months: number): number {
  const start = new Date(wallMs)
  let [year, month] = [start.getUTCFullYear(), start.getUTCMonth()]
  for (let left = months; left > 0; left -= 1) [year, month] = month === 11 ? [year + 1, 0] : [year, month + 1]
  let day = start.getUTCDate()
  while (new Date(Date.UTC(year, month, day)).getUTCMonth() !== month) day -= 1
  return Date.UTC(year, month, day, start.getUTCHours(), start.getUTCMinutes())
}

function slowTurn(rotation: Rotation, zone: string, instant: number): number | null {
  if (instant < instantOf(rotation.startWallMs, zone)) return null
  if (rotation.untilWallMs !== null && instant >= instantOf(rotation.untilWallMs, zone)) return null
  if (rotation.turn.kind === 'together') return 0
  let [held, turn] = [0, 0]
  for (const wall of startsOnWall(rotation)) {
    if (wall > instant + 2 * DAY_MS) break
    if (instantOf(wall, zone) <= instant) held = turn
    turn += 1
  }
  return held
}

/** A Monday, 00:00. */
const SOME_MONDAY = Date.UTC(2026, 0, 5)

function isAllowed(windows: readonly WeekSpan[], zone: string, instant: number): boolean {
  const week = Math.floor((instant - SOME_MONDAY) / WEEK_MS)
  return windows.some(({ startMs, endMs }) =>
    [-2, -1, 0, 1].some((around) => {
      const monday = SOME_MONDAY + (week + around) * WEEK_MS
      return instantOf(monday + startMs, zone) <= instant && instant < instantOf(monday + endMs, zone)
    }),
  )
}

function slowLayer({ layer, windows }: SlowLayer, scheduleZone: string, instant: number): readonly string[] {
  const { rotation, members, memberZones } = layer
  const zone = layer.zone ?? scheduleZone
  const turn = rotation === null ? 0 : slowTurn(rotation, zone, instant)
  if (turn === null) return []
  const all = rotation === null || rotation.turn.kind === 'together'
  return members.filter(
    (_, place) =>
      (all || place === turn % members.length) && (windows === null || isAllowed(windows, memberZones?.[place] ?? zone, instant)),
  )
}

function slowHolders({ schedule, layers, replacement, changes }: SlowSchedule, instant: number): readonly string[] {
  const { zone } = schedule
  const replaced =
    replacement !== null &&
    instantOf(replacement.times.fromWallMs, zone) <= instant &&
    instant < instantOf(replacement.times.untilWallMs, zone)
  const runs = ({ from, until }: { readonly from: number; readonly until: number }): boolean => from <= instant && instant < until
  const isAway = (holder: string): boolean => changes.absences.some((absence) => absence.holder === holder && runs(absence))
  const standIns = changes.overrides.filter((one) => one.schedule === schedule.id && runs(one) && !isAway(one.holder))
  const finish = (planned: readonly string[]): string[] => {
    let holders = [...planned]
    for (const { holder, instead } of standIns)
      holders = instead === null ? [holder] : holders.map((one) => (one === instead ? holder : one))
    return [...new Set(holders)].filter((holder) => !isAway(holder))
  }
  for (const layer of replaced ? replacement.layers : layers) {
    if (layer.layer.shadow === true) continue
    const planned = slowLayer(layer, zone, instant)
    const holders = planned.length === 0 ? [] : finish(planned)
    if (holders.length > 0) return holders
  }
  return finish([])
}

/** Clock changes with their zones, the day that Samoa skipped, and the ends of February. */
const MOMENTS: readonly (readonly [at: number, zone: (typeof ZONES)[number]])[] = (
  [
    ['2026-03-08T10:00Z', 'America/Los_Angeles'],
    ['2026-03-29T01:00Z', 'Europe/Berlin'],
    ['2026-04-04T15:00Z', 'Australia/Lord_Howe'],
    ['2026-10-03T15:30Z', 'Australia/Lord_Howe'],
    ['2026-10-25T01:00Z', 'Europe/Berlin'],
    ['2026-11-01T09:00Z', 'America/Los_Angeles'],
    ['2028-02-29T00:00Z', 'Asia/Kathmandu'],
    ['2027-02-28T12:00Z', 'Pacific/Chatham'],
    ['2011-12-30T10:00Z', 'Pacific/Apia'],
    ['2018-11-04T03:00Z', 'America/Sao_Paulo'],
    ['2026-02-15T02:00Z', 'Africa/Casablanca'],
  ] as const
).map(([text, zone]) => [Date.parse(text), zone])

const QUARTER_MS = 15 * MINUTE_MS
const quarters = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max }).map((count) => count * QUARTER_MS)
const member = fc.constantFrom('a', 'b', 'c', 'd')
/** Half of the time the zone in which something happens. */
const zoneNear = (there: (typeof ZONES)[number]): fc.Arbitrary<string> => fc.oneof(fc.constant(there), fc.constantFrom(...ZONES))
const TURNS_MAX = 60

const turns: fc.Arbitrary<Turn> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .oneof(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 30 }))
      .map((hours): Turn => ({ kind: 'cycle', wallMs: [hours * HOUR_MS] })),
  },
  { weight: 3, arbitrary: fc.constantFrom(1, 7, 14).map((days): Turn => ({ kind: 'cycle', wallMs: [days * DAY_MS] })) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.integer({ min: 1, max: 10 }), { minLength: 2, maxLength: 4 })
      .map((days): Turn => ({ kind: 'cycle', wallMs: days.map((day) => day * DAY_MS) })),
  },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }).map((months): Turn => ({ kind: 'months', months })) },
  { weight: 1, arbitrary: fc.constant<Turn>({ kind: 'together' }) },
)

function lengthOf(turn: Turn): number {
  if (turn.kind === 'cycle') return turn.wallMs.reduce((sum, length) => sum + length, 0) / turn.wallMs.length
  return turn.kind === 'months' ? turn.months * 28 * DAY_MS : 30 * DAY_MS
}

const windows = fc.array(
  fc
    .record({ startMs: quarters(0, 7 * 96 - 1), lengthMs: fc.oneof(quarters(1, 60), quarters(1, 400)) })
    .map(({ startMs, lengthMs }) => ({ startMs, endMs: startMs + lengthMs })),
  { minLength: 1, maxLength: 4 },
)

const layerAround = (moment: number, zone: fc.Arbitrary<string>): fc.Arbitrary<SlowLayer> =>
  fc
    .record({
      members: fc.uniqueArray(member, { minLength: 1, maxLength: 4 }),
      turn: turns,
      beforeShare: fc.double({ min: 0, max: 1, noNaN: true }),
      lastsMs: fc.option(quarters(1, 50 * 96), { freq: 3, nil: null }),
      always: fc.boolean(),
      spans: fc.option(windows, { freq: 2, nil: null }),
      own: fc.option(zone, { freq: 4, nil: null }),
      zones: fc.option(fc.array(zone, { minLength: 4, maxLength: 4 }), { freq: 3, nil: null }),
      shadow: fc.integer({ min: 0, max: 9 }),
      lastDay: fc.boolean(),
    })
    .map(({ members, turn, beforeShare, lastsMs, always, spans, own, zones, shadow, lastDay }) => {
      const beforeMs = beforeShare * TURNS_MAX * Math.min(lengthOf(turn), 14 * DAY_MS)
      const someDay = Math.floor((moment - beforeMs) / QUARTER_MS) * QUARTER_MS
      // The 31st, which most months do not have.
      const startWallMs =
        turn.kind === 'months' && lastDay ? Date.UTC(new Date(moment).getUTCFullYear() - 1, 11, 31) + (someDay % DAY_MS) : someDay
      const rotation =
        always && turn.kind === 'together' ? null : { startWallMs, untilWallMs: lastsMs === null ? null : startWallMs + lastsMs, turn }
      const only = spans === null || coverWeek(spans) ? null : spans
      const layer: Layer = {
        members,
        rotation,
        ...(own === null ? {} : { zone: own }),
        ...(only === null ? {} : { only, ...(zones === null ? {} : { memberZones: zones.slice(0, members.length) }) }),
        ...(shadow === 0 ? { shadow: true as const } : {}),
      }
      return { layer, windows: only === null ? null : spans }
    })

const changesAround = (moment: number): fc.Arbitrary<Changes> => {
  const span = fc
    .tuple(quarters(-300, 300), quarters(1, 400))
    .map(([startMs, lengthMs]) => ({ from: moment + startMs, until: moment + startMs + lengthMs }))
  return fc.record({
    overrides: fc.array(
      fc
        .tuple(span, fc.constantFrom('s', 's', 's', 'other'), member, fc.option(member, { nil: null }), fc.uuid())
        .map(([when, schedule, holder, instead, id]) => ({ ...when, schedule, holder, instead, id })),
      { maxLength: 3 },
    ),
    absences: fc.array(
      fc.tuple(span, member).map(([when, holder]) => ({ ...when, holder })),
      { maxLength: 2 },
    ),
  })
}

const cases = fc.constantFrom(...MOMENTS).chain(([moment, there]) =>
  fc
    .record({
      zone: zoneNear(there),
      layers: fc.array(layerAround(moment, zoneNear(there)), { minLength: 1, maxLength: 3 }),
      replaced: fc.option(
        fc.tuple(quarters(-200, 200), quarters(1, 300), fc.array(layerAround(moment, zoneNear(there)), { minLength: 1, maxLength: 2 })),
        {
          freq: 3,
          nil: null,
        },
      ),
      changes: changesAround(moment),
      offsetMs: fc
        .oneof(fc.integer({ min: -180, max: 180 }), fc.integer({ min: -40 * 60, max: 40 * 60 }))
        .map((minutes) => minutes * MINUTE_MS),
    })
    .map(({ layers, replaced, changes, offsetMs, ...given }) => {
      const floor = Math.floor(moment / QUARTER_MS) * QUARTER_MS
      const times =
        replaced === null
          ? null
          : {
              fromWallMs: floor + replaced[0],
              untilWallMs: floor + replaced[0] + replaced[1],
              layers: replaced[2].map(({ layer }) => layer),
              reason: '',
            }
      const schedule: Schedule = {
        id: 's',
        name: 'S',
        role: 'R',
        team: null,
        zone: given.zone,
        layers: layers.map(({ layer }) => layer),
        ...(times === null ? {} : { replacements: [times] }),
      }
      const slow: SlowSchedule = { schedule, layers, replacement: times === null ? null : { times, layers: replaced?.[2] ?? [] }, changes }
      return { slow, instant: moment + offsetMs }
    }),
)

const hostZone = process.env['TZ']

describe.each(['UTC', 'America/Los_Angeles'])('on a host in %s', (host) => {
  afterAll(() => {
    if (hostZone === undefined) delete process.env['TZ']
    else process.env['TZ'] = hostZone
  })

  test('the holders are the reference holders, and the shift is a stretch in which that is so', { timeout: 600_000 }, () => {
    process.env['TZ'] = host
    expect(new Date(Date.UTC(2026, 0, 1)).getHours()).toBe(host === 'UTC' ? 0 : 16)
    fc.assert(
      fc.property(cases, ({ slow, instant }) => {
        const { holders, from, until } = shiftAt(slow.schedule, instant, slow.changes)
        expect(holders).toEqual(slowHolders(slow, instant))
        const near = Math.max(from ?? 0, instant - 20 * DAY_MS)
        const last = Math.min((until ?? Number.POSITIVE_INFINITY) - 1_000, instant + 20 * DAY_MS)
        for (const inside of [near, Math.max(last, near)]) expect(slowHolders(slow, inside)).toEqual(holders)
        expect((from ?? instant) <= instant && instant < (until ?? instant + 1)).toBe(true)
      }),
      { numRuns: Math.ceil(CASES / 2) },
    )
  })

  test('shifts follow each other without a break, and gaps are where nobody holds', () => {
    process.env['TZ'] = host
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 20 }), ({ slow, instant }, days) => {
        const end = instant + days * DAY_MS
        const shifts = [...shiftsBetween(slow.schedule, instant, end, slow.changes)]
        let at: number | null = instant
        for (const shift of shifts) {
          expect(shift.from === null || at === null || shift.from <= at).toBe(true)
          expect(shift.until === null || at === null || shift.until > at).toBe(true)
          expect(shift.holders).toEqual(slowHolders(slow, Math.max(at ?? instant, instant)))
          at = shift.until
        }
        expect(at === null || at >= end).toBe(true)
        for (const gap of gapsIn(shifts, instant, end)) {
          expect(slowHolders(slow, gap.from)).toEqual([])
          expect(slowHolders(slow, gap.until - 1_000)).toEqual([])
        }
      }),
      { numRuns: Math.ceil(CASES / 100) },
    )
  })
})
