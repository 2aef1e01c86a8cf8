import { expect, test } from 'vitest'
import { backoffMs, foldFeed, newFeed, type FeedStep } from './feed-state.ts'

function fold(...steps: FeedStep[]) {
  return steps.reduce(foldFeed, newFeed)
}

test('is live once heard, and remembers the last id for the next connection', () => {
  const state = fold({ type: 'heard', at: 1, eventId: '5' }, { type: 'heard', at: 2 }, { type: 'heard', at: 3, eventId: '' })
  expect(state).toMatchObject({ link: 'live', heardAt: 3, lastEventId: '5', lostAt: null })
})

test('after a loss it says since when, however often it tries', () => {
  const state = fold(
    { type: 'heard', at: 10, eventId: '5' },
    { type: 'failed', at: 20, jitter: 0 },
    { type: 'trying' },
    { type: 'failed', at: 30, jitter: 0 },
  )
  expect(state).toMatchObject({ link: 'lost', heardAt: 10, lostAt: 20, failures: 2, retryAt: 1_030, lastEventId: '5' })
})

test('comes back with a clean slate', () => {
  const state = fold({ type: 'failed', at: 20, jitter: 0 }, { type: 'heard', at: 30 })
  expect(state).toMatchObject({ link: 'live', failures: 0, lostAt: null, retryAt: null })
})

test('waits longer after each failure, up to a bound, and never the same for everybody', () => {
  expect([1, 2, 3, 4].map((failures) => backoffMs(failures, 0))).toEqual([500, 1_000, 2_000, 4_000])
  expect(backoffMs(500, 0)).toBe(15_000)
  expect(backoffMs(3, 0.999)).toBeGreaterThanOrEqual(1_000)
})
