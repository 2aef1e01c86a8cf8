import { expect, test } from 'vitest'
import type { Incident } from '../../../src/api/schema.ts'
import { numbersOf, toPocket } from './pocket-maker.ts'

const incident = {
  id: 'i-1',
  number: 12,
  title: 'Board member under investigation',
  severity: 'SEV-1',
  severity_rank: 0,
  phase: 'triaged',
  opened_at: '2026-11-24T12:00:00Z',
  acknowledged_at: null,
  first_step: 'Call the board',
  paging_you: false,
  summary: 'not for the pocket',
} as unknown as Incident

test('what a private incident is about is not in the pocket copy, and no more than a list needs of any', () => {
  const kept = toPocket({ ...incident, private: true })
  expect(kept).toMatchObject({ number: 12, title: 'Private incident 12', first_step: '' })
  expect(JSON.stringify([kept, toPocket({ ...incident, private: false })])).not.toMatch(/not for the pocket/u)
  expect(JSON.stringify(kept)).not.toMatch(/board/iu)
})

test('numbers are those that the server gave this reader, each once', () => {
  const contact = (channel: string, address: string | null) => ({ channel, address, verified_at: null })
  expect(
    numbersOf([
      { id: 'ann', contacts: [contact('sms', '+4915123'), contact('voice:eu', '+4915123'), contact('email', 'ann@example.com')] },
      { id: 'bob', contacts: [contact('sms', null), contact('smsish', '+49')] },
    ]),
  ).toEqual({ ann: ['+4915123'] })
})
