import { expect, test } from 'vitest'
import { readLabels, readNumber, toQuestion } from './question.ts'
import { readExplainSearch } from './search.ts'

const here = { body: '', zone: 'Europe/Berlin' }

test('an address gives back what was asked, and drops the rest', () => {
  expect(
    readExplainSearch({
      alarm: 'drift_psi',
      value: 0.3,
      at: '2026-12-24T03:00',
      zone: 'UTC',
      body: 'token=x',
      by: 'mail',
      status: 'firing',
    }),
  ).toEqual({
    alarm: 'drift_psi',
    value: '0.3',
    at: '2026-12-24T03:00',
    zone: 'UTC',
  })
})

test('an alarm is asked about with its value, its labels and the instant of the chosen zone', () => {
  expect(
    toQuestion(
      { alarm: ' drift_psi ', value: '0,3', labels: 'env=prod\nregion="eu"', at: '2026-12-24T03:00', zone: 'UTC', source: 'datadog' },
      here,
    ),
  ).toEqual({
    at: '2026-12-24T03:00:00.000Z',
    source: 'datadog',
    signal: {
      alarm: 'drift_psi',
      title: null,
      summary: null,
      status: 'firing',
      value: 0.3,
      severity_hint: null,
      dedup_key: null,
      labels: { env: 'prod', region: 'eu' },
    },
  })
  expect(toQuestion({ alarm: 'a', at: '2026-12-24T03:00', zone: 'Nowhere' }, here)).toMatchObject({ at: '2026-12-24T02:00:00.000Z' })
})

test('nothing is asked while too little is known', () => {
  expect(toQuestion({}, here)).toBeNull()
  expect(toQuestion({ by: 'body', door: 'sentry' }, here)).toBeNull()
  expect(toQuestion({ by: 'signal' }, here)).toBeNull()
  expect(toQuestion({ by: 'body', door: 'sentry' }, { ...here, body: '{}' })).toEqual({ door: 'sentry', body: '{}' })
  expect(toQuestion({ by: 'signal', signal: 's-1' }, here)).toEqual({ signal_id: 's-1' })
})

test('labels are read from lines and lists, numbers with either point', () => {
  expect(readLabels('a=1, b = two \n nothing\n=x')).toEqual({ a: '1', b: 'two' })
  expect(readNumber('0,25')).toBe(0.25)
  expect(readNumber('much')).toBeNull()
})
