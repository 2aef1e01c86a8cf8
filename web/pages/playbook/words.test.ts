import { expect, test } from 'vitest'
import { detectionText, escalationText, everyText, pagedText, severitiesText } from './words.ts'

test('steps without a wait between them are told as one', () => {
  expect(
    escalationText([
      { page: 'on-call', wait_seconds: 120 },
      { page: 'on-call', wait_seconds: 0 },
      { page: 'next', wait_seconds: 120 },
      { page: 'owners', wait_seconds: 60 },
    ]),
  ).toBe('on call, 2 min → on call and next, 2 min → owners, 1 min')
})

test('a detection says its alarm, its threshold and its senders', () => {
  expect(detectionText({ alarm: 'drift_psi', threshold: '> 0.2', sources: [], when: null })).toBe('drift_psi > 0.2')
  expect(detectionText({ alarm: null, threshold: null, sources: ['sentry', 'datadog'], when: 'true' })).toBe(
    'any alarm from sentry, datadog',
  )
})

test('a row that pages nobody says where it waits and who is told', () => {
  const row = {
    id: 'SEV-4',
    rank: 3,
    definition: '',
    example: '',
    thresholds: [],
    response_seconds: 60,
    roles: [],
    acknowledgement: 'any' as const,
    escalation: { steps: [], rounds: 1 },
    notify: ['Product'],
  }
  expect(pagedText(row)).toBe('nobody: it waits in the queue, then Product are told')
  expect(pagedText({ ...row, roles: ['CTO', 'Product'] })).toBe('CTO, Product (any one is enough)')
})

test('frequencies and severities are short', () => {
  expect(everyText(null)).toBe('in real time')
  expect(everyText(1_800)).toBe('every 30 min')
  expect(severitiesText(['SEV-1', 'SEV-2'], 4)).toBe('SEV-1, SEV-2')
  expect(severitiesText(['SEV-1', 'SEV-2'], 2)).toBe('all')
})
