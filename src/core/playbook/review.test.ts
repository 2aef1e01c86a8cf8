import { describe, expect, test } from 'vitest'
import { testPlaybook } from '../../../test/support/playbook.ts'
import { reviewAlarm } from './review-alarm.ts'
import { daysInWords, reviewOf } from './review.ts'

const at = (text: string): number => Date.parse(text)
const review = (now: string) => reviewOf({ nextReviewDue: '2026-04-01' }, at(now))

describe('the clock of the review', () => {
  test.each([
    ['2026-03-17T23:59:59Z', 'ok', 15],
    ['2026-03-18T00:00:00Z', 'due_soon', 14],
    ['2026-03-31T12:00:00Z', 'due_soon', 1],
    ['2026-04-01T23:59:59Z', 'due_soon', 0],
    ['2026-04-02T00:00:00Z', 'overdue', -1],
    ['2027-04-01T00:00:00Z', 'overdue', -365],
  ])('at %s it is %s, with %i days', (now, state, days) => expect(review(now)).toEqual({ state, days, due: '2026-04-01' }))

  test('in words', () => {
    expect([-2, -1, 0, 1, 14].map(daysInWords)).toEqual(['2 days ago', '1 day ago', 'today', 'in 1 day', 'in 14 days'])
  })
})

test('the alarm is one alert, that fires while it is late and ends when it is not', () => {
  const { metadata } = testPlaybook()
  const late = reviewAlarm(metadata, review('2026-04-03T00:00:00Z'))
  const held = reviewAlarm(
    { ...metadata, nextReviewDue: '2026-07-01' },
    reviewOf({ nextReviewDue: '2026-07-01' }, at('2026-04-03T00:00:00Z')),
  )
  expect(late).toMatchObject({
    status: 'firing',
    title: 'The review of the playbook IRP-1 is overdue',
    summary: expect.stringContaining('2 days ago. M maintains it'),
  })
  expect(held).toMatchObject({ status: 'resolved' })
  expect([late.alarm, late.dedupKey]).toEqual([held.alarm, held.dedupKey])
})
