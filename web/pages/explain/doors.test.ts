import { expect, test } from 'vitest'
import { doorsOf } from './doors.ts'

test('a kind’s doors can be chosen, but for those that differ in where the key stands alone', () => {
  const door = (id: string, key_in: 'url' | 'header' | 'body') => ({ id, method: 'POST', url: '', key_in })
  const kinds = [
    { title: 'PagerDuty', doors: [door('pagerduty-v2', 'body'), door('pagerduty-v1', 'body')] },
    { title: 'E-mail', doors: [] },
    { title: 'Sentry', doors: [door('sentry', 'url'), door('sentry-header', 'header')] },
  ]
  expect(doorsOf(kinds)).toEqual([
    { id: 'pagerduty-v2', title: 'PagerDuty' },
    { id: 'pagerduty-v1', title: 'PagerDuty (pagerduty-v1)' },
    { id: 'sentry', title: 'Sentry' },
  ])
})
