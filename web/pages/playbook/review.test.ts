import { expect, test } from 'vitest'
import { reviewState } from './review.ts'

const at = (text: string): number => Date.parse(text)

test('a review is due to the end of its day, and overdue from the next one on', () => {
  expect(reviewState('2026-11-24', at('2026-11-24T23:59:59Z'))).toEqual({ state: 'soon', text: 'Review due today' })
  expect(reviewState('2026-11-24', at('2026-11-25T00:00:00Z'))).toEqual({ state: 'overdue', text: 'Review overdue by 1 day' })
  expect(reviewState('2025-09-06', at('2026-11-24T07:00:00Z'))).toEqual({ state: 'overdue', text: 'Review overdue by 15 months' })
})

test('a review within two weeks is said, a later one is not pressed', () => {
  expect(reviewState('2026-12-08', at('2026-11-24T07:00:00Z'))).toEqual({ state: 'soon', text: 'Review due in 14 days' })
  expect(reviewState('2026-12-09', at('2026-11-24T07:00:00Z')).state).toBe('fine')
  expect(reviewState('some day', 0).state).toBe('fine')
})
