/** When silence is an alarm: never before the sender could have missed anything, always soon after it has. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.ts'
import { CATCH_UP_MS_MAX, defaultGraceMs, dueAt, excusedUntil, type Heartbeat, ping, stateOf } from './heartbeat.ts'

function heartbeat(over: Partial<Heartbeat> = {}): Heartbeat {
  return { intervalMs: 5 * MINUTE_MS, graceMs: MINUTE_MS, countsFrom: null, pausedAt: null, backAt: null, ...over }
}

test('before its first ping nothing is missed', () => {
  expect(stateOf(heartbeat(), DAY_MS)).toBe('waiting')
  expect(dueAt(heartbeat())).toBeNull()
})

test('it is late when interval and grace have passed since the last ping, and not a millisecond before', () => {
  const heard = ping(heartbeat(), 1_000)
  expect(stateOf(heard, 1_000 + 6 * MINUTE_MS - 1)).toBe('alive')
  expect(stateOf(heard, 1_000 + 6 * MINUTE_MS)).toBe('late')
})

test('one that is paused is neither late nor due', () => {
  const paused = heartbeat({ countsFrom: 0, pausedAt: 10 })
  expect([stateOf(paused, DAY_MS), dueAt(paused)]).toEqual(['paused', null])
})

test.each([
  [5 * MINUTE_MS, MINUTE_MS],
  [HOUR_MS, 6 * MINUTE_MS],
  [DAY_MS, 144 * MINUTE_MS],
])('the grace of an interval of %i ms is %i ms', (intervalMs, graceMs) => expect(defaultGraceMs(intervalMs)).toBe(graceMs))

describe('after a downtime of ours', () => {
  test('one that pings often has its whole interval', () => {
    const back = heartbeat({ countsFrom: 0, backAt: HOUR_MS })
    expect(dueAt(back)).toBe(HOUR_MS + 5 * MINUTE_MS + MINUTE_MS)
    expect(excusedUntil(back)).toBe(HOUR_MS + 5 * MINUTE_MS)
  })

  test('one that pings once a day, and whose time fell into it, has an hour', () => {
    const daily = heartbeat({ intervalMs: DAY_MS, countsFrom: 0, backAt: DAY_MS + 10 * MINUTE_MS })
    expect(dueAt(daily)).toBe(DAY_MS + 10 * MINUTE_MS + HOUR_MS + MINUTE_MS)
  })

  test('one whose time has not come yet is due when it was due before', () => {
    const daily = heartbeat({ intervalMs: DAY_MS, countsFrom: 0, backAt: 12 * HOUR_MS })
    expect([dueAt(daily), excusedUntil(daily)]).toEqual([DAY_MS + MINUTE_MS, null])
  })

  test('a sender that pings as promised is never late for what was lost', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: HOUR_MS / SECOND_MS }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.nat(100 * HOUR_MS),
        fc.nat(100 * HOUR_MS),
        (intervalS, share, from, length) => {
          const intervalMs = intervalS * SECOND_MS
          const period = Math.max(1, Math.floor(intervalMs * share))
          const lastHeard = Math.floor(from / period) * period
          const backAt = from + length
          const next = Math.ceil((backAt + 1) / period) * period
          const silent = heartbeat({ intervalMs, graceMs: 0, countsFrom: lastHeard, backAt })
          // Late at the instant at which it is heard is not late: the ping is written first, or clears it.
          expect(dueAt(silent) ?? 0).toBeGreaterThanOrEqual(next - 1)
        },
      ),
    )
  })

  test('its silence is found out at most an hour, or its interval, after we are back or after it was due', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 * DAY_MS }),
        fc.nat(DAY_MS),
        fc.nat(30 * DAY_MS),
        fc.nat(DAY_MS),
        (intervalMs, graceMs, heard, away) => {
          const backAt = heard + away
          const due = dueAt(heartbeat({ intervalMs, graceMs, countsFrom: heard, backAt })) ?? Number.POSITIVE_INFINITY
          expect(due).toBeLessThanOrEqual(Math.max(heard + intervalMs, backAt + Math.min(intervalMs, CATCH_UP_MS_MAX)) + graceMs)
          expect(due).toBeGreaterThanOrEqual(heard + intervalMs + graceMs)
        },
      ),
    )
  })
})

test('pings that are written in another order than they came end the same', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1 }), (times) => {
      const forward = times.reduce(ping, heartbeat())
      expect(times.toReversed().reduce(ping, heartbeat())).toEqual(forward)
      expect(forward.countsFrom).toBe(Math.max(...times))
    }),
  )
})
