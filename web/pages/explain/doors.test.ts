import { expect, test } from 'vitest'
import { doorsOf } from './doors.ts'

test('each door can be chosen: the first by its kind’s name, others by their own', () => {
  const door = (id: string) => ({ id, method: 'POST', url: '', key_in: 'url' as const })
  const kinds = [
    { title: 'PagerDuty', doors: [door('pagerduty-v2'), door('pagerduty-v1')] },
    { title: 'E-mail', doors: [] },
    { title: 'Sentry', doors: [door('sentry')] },
  ]
  expect(doorsOf(kinds)).toEqual([
    { id: 'pagerduty-v2', title: 'PagerDuty' },
    { id: 'pagerduty-v1', title: 'PagerDuty (pagerduty-v1)' },
    { id: 'sentry', title: 'Sentry' },
  ])
})
