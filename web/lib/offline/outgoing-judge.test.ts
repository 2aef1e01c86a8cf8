import { expect, test } from 'vitest'
import { describe as say, giveUp, isTooOld, judge, type Outgoing, SENT_WITHIN_MS } from './outgoing-judge.ts'

const entry: Outgoing = {
  id: 'one',
  personId: 'ann',
  path: '/api/v1/incidents/7/acknowledge',
  number: 7,
  at: 1_000,
  state: 'waiting',
  reason: '',
  settledAt: null,
}
const answer = (status: number, said = '', others: readonly string[] = []) => judge(entry, { status, said, others }, 5_000)

test('what was taken is sent, and says who else has acknowledged', () => {
  expect(answer(200)).toMatchObject({ state: 'sent', reason: '', settledAt: 5_000 })
  expect(answer(200, 'acknowledged', ['Ravi', 'Mei'])).toMatchObject({ state: 'sent', reason: 'Ravi, Mei acknowledged as well.' })
})

test.each([0, 401, 408, 425, 429, 500, 502, 503, 504])('%i: it waits, and says why', (status) => {
  const became = answer(status)
  expect([became.state, became.settledAt]).toEqual(['waiting', null])
  expect(became.reason).not.toBe('')
})

test.each([
  [200, 'over'],
  [200, 'not-paged'],
  [200, 'declined'],
  [409, 'incident-already-resolved'],
  [403, 'another-person'],
  [403, ''],
  [404, ''],
  [410, 'gone'],
])('%i %s: it failed, and says so', (status, said) => {
  const became = answer(status, said)
  expect([became.state, became.settledAt]).toEqual(['failed', 5_000])
  expect(became.reason).not.toBe('')
})

test('what could not be sent for an hour is not sent any more', () => {
  expect([isTooOld(entry, 1_000 + SENT_WITHIN_MS), isTooOld(entry, 1_001 + SENT_WITHIN_MS)]).toEqual([false, true])
  expect(giveUp(entry, 9_000)).toMatchObject({ state: 'failed', settledAt: 9_000 })
})

test('the three are told apart in words', () => {
  expect((['sent', 'waiting', 'failed'] as const).map((state) => say({ state, number: 7 }))).toEqual([
    'You have INC-7',
    'Not acknowledged yet: INC-7',
    'Not acknowledged: INC-7',
  ])
  expect(say({ state: 'waiting', number: null })).toBe('Not acknowledged yet: the incident')
})
