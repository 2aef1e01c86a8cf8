/**
 * Shifts against a slow reference that shares nothing with them: it lists every turn, brings each start to the zone by
 * asking `Intl` what the wall shows, and takes the last that has begun. Under two zones of the host, which must not matter.
 */
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { instantOf, ZONES } from '../../../test/support/wall.ts'
import { DAY_MS, HOUR_MS } from '../time.ts'
import type { Layer, Rotation, Schedule } from './oncall.ts'
import { gapsOf, shiftAt } from './shifts.ts'

function slowHolders(layers: readonly Layer[], zone: string, instant: number): readonly string[] {
  for (const { members, rotation } of layers) {
    if (rotation === null) return members
    if (instant < instantOf(rotation.startWallMs, zone)) continue
    if (rotation.untilWallMs !== null && instant >= instantOf(rotation.untilWallMs, zone)) continue
    let held = 0
    const turns = Math.ceil((instant - rotation.startWallMs + 2 * DAY_MS) / rotation.turnWallMs)
    for (let turn = 0; turn <= turns; turn += 1)
      if (instantOf(rotation.startWallMs + turn * rotation.turnWallMs, zone) <= instant) held = turn
    return [members[held % members.length] ?? '']
  }
  return []
}

/** Clock changes of the zones above, a leap day, and the day that Samoa skipped. */
const MOMENTS = [
  '2026-03-08T10:00Z',
  '2026-03-29T01:00Z',
  '2026-04-04T15:00Z',
  '2026-10-03T15:30Z',
  '2026-10-25T01:00Z',
  '2026-11-01T09:00Z',
  '2028-02-29T00:00Z',
  '2011-12-30T10:00Z',
  '2018-11-04T03:00Z',
  '2026-02-15T02:00Z',
].map((text) => Date.parse(text))

const cases = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    moment: fc.constantFrom(...MOMENTS),
    count: fc.integer({ min: 1, max: 4 }),
    turnWallMs: fc.oneof(
      fc.integer({ min: 1, max: 30 }).map((hours) => hours * HOUR_MS),
      fc.constantFrom(DAY_MS, 7 * DAY_MS, 14 * DAY_MS),
    ),
    startsBeforeMs: fc.integer({ min: 0, max: 40 * 24 * 4 }).map((quarters) => quarters * (HOUR_MS / 4)),
    lastsMs: fc.option(
      fc.integer({ min: 1, max: 50 * 24 }).map((hours) => hours * HOUR_MS),
      { nil: null },
    ),
    offsetMs: fc.integer({ min: -40 * 60, max: 40 * 60 }).map((minutes) => minutes * 60_000),
    above: fc.boolean(),
  })
  .map(({ zone, moment, count, turnWallMs, startsBeforeMs, lastsMs, offsetMs, above }) => {
    const startWallMs = Math.floor((moment - startsBeforeMs) / (HOUR_MS / 4)) * (HOUR_MS / 4)
    const rotation: Rotation = { startWallMs, turnWallMs, untilWallMs: lastsMs === null ? null : startWallMs + lastsMs }
    const members = ['a', 'b', 'c', 'd'].slice(0, count)
    const top: Layer = {
      members: ['top'],
      rotation: { startWallMs: startWallMs + DAY_MS, untilWallMs: startWallMs + 3 * DAY_MS, turnWallMs: DAY_MS },
    }
    const layers: Layer[] = [...(above ? [top] : []), { members, rotation }]
    const schedule: Schedule = { id: 's', name: 'S', role: 'R', team: null, zone, layers }
    return { schedule, instant: moment + offsetMs }
  })

const hostZone = process.env['TZ']

describe.each(['UTC', 'America/Los_Angeles'])('on a host in %s', (zone) => {
  afterAll(() => {
    if (hostZone === undefined) delete process.env['TZ']
    else process.env['TZ'] = hostZone
  })

  test('the holder is the reference holder, and the shift is exactly the stretch in which that is so', () => {
    process.env['TZ'] = zone
    expect(new Date(Date.UTC(2026, 0, 1)).getHours()).toBe(zone === 'UTC' ? 0 : 16)
    fc.assert(
      fc.property(cases, ({ schedule, instant }) => {
        const slow = (at: number): readonly string[] => slowHolders(schedule.layers, schedule.zone, at)
        const { holders, from, until } = shiftAt(schedule, instant)
        expect(holders).toEqual(slow(instant))
        for (const inside of [from, until === null ? null : until - 1_000]) {
          if (inside !== null) expect(slow(Math.max(inside, from ?? inside))).toEqual(holders)
        }
        expect((from ?? instant) <= instant && instant < (until ?? instant + 1)).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  test('following each shift to its end covers all time, without overlap', () => {
    process.env['TZ'] = zone
    fc.assert(
      fc.property(cases, ({ schedule, instant }) => {
        let at = instant
        for (let count = 0; count < 30; count += 1) {
          const { until } = shiftAt(schedule, at)
          if (until === null) return
          expect(until).toBeGreaterThan(at)
          const following = shiftAt(schedule, until)
          expect(following.from === null || following.from <= until).toBe(true)
          at = until
        }
      }),
      { numRuns: 100 },
    )
  })

  test('a gap is where following the shifts finds nobody', () => {
    process.env['TZ'] = zone
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 20 }), ({ schedule, instant }, days) => {
        const end = instant + days * DAY_MS
        const found: { from: number; until: number }[] = []
        for (let at: number | null = instant; at !== null && at < end; ) {
          const { holders, until } = shiftAt(schedule, at)
          const last = found.at(-1)
          const to = Math.min(until ?? end, end)
          if (holders.length === 0 && last?.until === at) last.until = to
          else if (holders.length === 0) found.push({ from: at, until: to })
          at = until
        }
        expect(gapsOf(schedule, instant, end)).toEqual(found)
      }),
      { numRuns: 150 },
    )
  })
})
