import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, toRfc3339 } from '../time.ts'
import type { Layer, Schedule } from './oncall.ts'
import { shiftAt, shiftsAt } from './shifts.ts'

const WEEK_MS = 7 * DAY_MS
const at = (text: string): number => Date.parse(text)

function scheduleOf(zone: string, ...layers: Layer[]): Schedule {
  return { id: 's', name: 'S', role: 'Ops', team: null, zone, layers }
}

function rotation(members: string[], start: string, turnWallMs: number, until?: string): Layer {
  const wall = (text: string): number => Date.parse(`${text}:00Z`)
  return {
    members,
    rotation: {
      startWallMs: wall(start),
      untilWallMs: until === undefined ? null : wall(until),
      turn: { kind: 'cycle', wallMs: [turnWallMs] },
    },
  }
}

describe('a weekly rotation that hands over on Mondays at 09:00 in Berlin', () => {
  const weekly = scheduleOf('Europe/Berlin', rotation(['ann', 'ben', 'cyd'], '2026-03-16T09:00', WEEK_MS))

  test.each([
    ['before it starts nobody holds it', '2026-03-16T07:59:59Z', []],
    ['the first begins at the start', '2026-03-16T08:00:00Z', ['ann']],
    ['and holds until just before the hand-over', '2026-03-23T07:59:59Z', ['ann']],
    ['the second begins at it', '2026-03-23T08:00:00Z', ['ben']],
    ['after the clocks go forward the hour on the wall stays', '2026-03-30T06:59:59Z', ['ben']],
    ['which is an hour earlier in UTC', '2026-03-30T07:00:00Z', ['cyd']],
    ['it goes round', '2026-04-06T07:00:00Z', ['ann']],
    ['and back again in autumn', '2026-10-26T07:59:59Z', ['ben']],
    ['an hour later in UTC', '2026-10-26T08:00:00Z', ['cyd']],
  ])('%s', (_, instant, holders) => expect(shiftAt(weekly, at(instant)).holders).toEqual(holders))

  test('a week with a clock change has 167 or 169 hours', () => {
    const spring = shiftAt(weekly, at('2026-03-25T00:00:00Z'))
    expect([spring.from, spring.until].map((instant) => toRfc3339(instant ?? 0))).toEqual([
      '2026-03-23T08:00:00.000Z',
      '2026-03-30T07:00:00.000Z',
    ])
    const autumn = shiftAt(weekly, at('2026-10-20T00:00:00Z'))
    expect(((autumn.until ?? 0) - (autumn.from ?? 0)) / HOUR_MS).toBe(169)
  })

  test('who is next is told, with their time', () => {
    expect(shiftsAt(weekly, at('2026-03-25T00:00:00Z')).next).toMatchObject({ holders: ['cyd'], from: at('2026-03-30T07:00:00Z') })
  })

  test('before the start the first member is next', () => {
    expect(shiftsAt(weekly, at('2026-01-01T00:00:00Z'))).toMatchObject({ current: { holders: [], from: null }, next: { holders: ['ann'] } })
  })
})

describe('a hand-over in an hour that the clock skips or repeats', () => {
  test('in the gap it is as much later as the gap is long', () => {
    const daily = scheduleOf('Europe/Berlin', rotation(['ann', 'ben'], '2026-03-28T02:30', DAY_MS))
    expect(shiftAt(daily, at('2026-03-29T01:29:59Z')).holders).toEqual(['ann'])
    expect(shiftAt(daily, at('2026-03-29T01:30:00Z')).holders).toEqual(['ben']) // 03:30 in Berlin
  })

  test('in the hour that comes twice it is at the first', () => {
    const daily = scheduleOf('Europe/Berlin', rotation(['ann', 'ben'], '2026-10-24T02:30', DAY_MS))
    expect(shiftAt(daily, at('2026-10-25T00:29:59Z')).holders).toEqual(['ann'])
    expect(shiftAt(daily, at('2026-10-25T00:30:00Z')).holders).toEqual(['ben'])
    expect(shiftAt(daily, at('2026-10-25T01:10:00Z')).holders).toEqual(['ben']) // the wall shows 02:10 again
  })

  test('a day that a country leaves out leaves nobody alone', () => {
    // Samoa had no 30 December 2011.
    const halfDays = scheduleOf('Pacific/Apia', rotation(['ann', 'ben', 'cyd'], '2011-12-28T08:00', DAY_MS / 2))
    for (let instant = at('2011-12-28T18:00:00Z'); instant < at('2012-01-02T00:00:00Z'); instant += HOUR_MS) {
      const shift = shiftAt(halfDays, instant)
      expect(shift.holders).toHaveLength(1)
      expect((shift.from ?? 0) <= instant && instant < (shift.until ?? 0)).toBe(true)
    }
  })
})

test('a shift does not begin before the rotation, though the clock jumps over its start and a later turn is due before it', () => {
  // Samoa had no 30 December 2011: a start at 10:00 of that day is at 10:00 of the next, the turn after it at midnight before.
  const jumped = scheduleOf('Pacific/Apia', rotation(['ann'], '2011-12-30T10:00', 14 * HOUR_MS))
  expect(shiftAt(jumped, at('2011-12-30T19:59:59Z')).holders).toEqual([])
  expect(shiftAt(jumped, at('2011-12-30T20:00:00Z'))).toMatchObject({ holders: ['ann'], from: at('2011-12-30T20:00:00Z') })
})

describe('by the month', () => {
  const monthly = scheduleOf('Europe/Berlin', {
    members: ['ann', 'ben'],
    rotation: { startWallMs: Date.UTC(2027, 11, 31, 9), untilWallMs: null, turn: { kind: 'months', months: 1 } },
  })

  test('a turn from the 31st begins on the last day of shorter months, also of a leap year’s February, and on the 31st again', () => {
    const starts = ['2028-02-10', '2028-03-10', '2028-04-10'].map((day) => toRfc3339(shiftAt(monthly, at(`${day}T00:00:00Z`)).from ?? 0))
    expect(starts).toEqual(['2028-01-31T08:00:00.000Z', '2028-02-29T08:00:00.000Z', '2028-03-31T07:00:00.000Z'])
  })
})

describe('layers', () => {
  const base = rotation(['ann', 'ben'], '2026-01-05T09:00', WEEK_MS)
  const holiday = rotation(['cyd'], '2026-01-07T09:00', WEEK_MS, '2026-01-09T09:00')

  test('the first that covers a time holds, those below fill its gaps', () => {
    const layered = scheduleOf('UTC', holiday, base)
    const held = ['2026-01-07T08:59:59Z', '2026-01-07T09:00:00Z', '2026-01-09T08:59:59Z', '2026-01-09T09:00:00Z']
    expect(held.map((instant) => shiftAt(layered, at(instant)).holders)).toEqual([['ann'], ['cyd'], ['cyd'], ['ann']])
  })

  test('a shift ends where a layer above it begins, and begins where that ended', () => {
    const layered = scheduleOf('UTC', holiday, base)
    expect(shiftAt(layered, at('2026-01-06T00:00:00Z'))).toMatchObject({
      from: at('2026-01-05T09:00:00Z'),
      until: at('2026-01-07T09:00:00Z'),
    })
    expect(shiftAt(layered, at('2026-01-10T00:00:00Z'))).toMatchObject({
      from: at('2026-01-09T09:00:00Z'),
      until: at('2026-01-12T09:00:00Z'),
    })
    expect(shiftsAt(layered, at('2026-01-08T00:00:00Z')).next).toMatchObject({ holders: ['ann'], from: at('2026-01-09T09:00:00Z') })
  })

  test('who always holds a role has nobody next', () => {
    expect(shiftsAt(scheduleOf('UTC', { members: ['ann', 'ben'], rotation: null }), 0)).toMatchObject({
      current: { holders: ['ann', 'ben'], from: null, until: null },
      next: null,
    })
  })

  test('nor has a rotation of one', () => {
    expect(shiftsAt(scheduleOf('UTC', rotation(['ann'], '2026-01-05T09:00', DAY_MS)), at('2026-02-01T00:00:00Z')).next).toBeNull()
  })

  test('two turns of one person in a row: next is somebody else', () => {
    const doubled = scheduleOf('UTC', rotation(['ann', 'ann', 'ben'], '2026-01-05T09:00', DAY_MS))
    expect(shiftsAt(doubled, at('2026-01-05T10:00:00Z')).next).toMatchObject({ holders: ['ben'], from: at('2026-01-07T09:00:00Z') })
  })
})
