import { expect, test } from 'vitest'
import type { Received } from '../../integration.ts'
import { measure } from './manifest.ts'
import { MEASUREMENTS_MAX, receiveMeasurements } from './receive.ts'

function receive(body: unknown): Received {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const message = { method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, body: bytes, receivedAt: 0 }
  return receiveMeasurements(message, { params: {}, signingSecret: null, freshId: '' })
}

function signalsOf(received: Received) {
  if (received.kind !== 'signals') throw new Error(JSON.stringify(received))
  return received.signals
}

test('a number is a signal of that name, with its group in title and labels', () => {
  const received = receive({ measure: 'BiasAgeAlarm', value: 0.09, group: 'age 18-25', labels: { model: 'credit' } })
  expect(signalsOf(received)).toEqual([
    {
      alarm: 'BiasAgeAlarm',
      status: 'firing',
      title: 'BiasAgeAlarm is 0.09 (group age 18-25)',
      summary: null,
      dedupKey: null,
      severityHint: null,
      value: 0.09,
      labels: { model: 'credit', group: 'age 18-25' },
      links: [],
      startsAt: null,
      endsAt: null,
    },
  ])
  expect(received).toMatchObject({ reply: { status: 202 } })
})

test('two histograms become their index, and say which bin moved most', () => {
  const [signal] = signalsOf(receive({ measure: 'drift_psi', expected: [50, 50], actual: [25, 75], bins: ['low', 'high'] }))
  expect(signal?.value).toBeCloseTo(0.25 * Math.log(2) + 0.25 * Math.log(1.5), 12)
  expect(signal?.title).toBe('drift_psi is 0.2747')
  expect(signal?.summary).toBe('Population stability index over 2 bins; bin "low" moved most (expected 50 %, actual 25 %).')
})

test.each([
  [
    [
      { measure: 'a', value: 1 },
      { measure: 'a', value: 2, group: 'g' },
    ],
  ],
  [
    {
      measurements: [
        { measure: 'a', value: 1 },
        { alarm: 'b', value: '2' },
      ],
    },
  ],
])('%j is two', (body) => expect(signalsOf(receive(body))).toHaveLength(2))

test('an end by its own word finds the same alert', () => {
  const [end] = signalsOf(receive({ measure: 'a', group: 'g', status: 'resolved' }))
  expect(end).toMatchObject({ alarm: 'a', status: 'resolved', labels: { group: 'g' }, value: null })
})

test.each([
  ['{', 400],
  ['[]', 422],
  ['{}', 422],
  ['[1]', 422],
  [{ measure: 'a' }, 422],
  [{ measure: 'a', value: 'high' }, 422],
  [{ measure: 'a', value: null }, 422],
  [{ measure: 'a', value: 1, status: 'purple' }, 422],
  [{ measure: 'a', value: 1, expected: [1, 2], actual: [1, 2] }, 422],
  [{ measure: 'a', expected: [1, 2] }, 422],
  [{ measure: 'a', expected: [1, 2], actual: [1, 2, 3] }, 422],
  [{ measure: 'a', expected: [1, 2], actual: [0, 0] }, 422],
  [{ measure: 'a', expected: ['1', 2], actual: [1, 2] }, 422],
  [[{ measure: 'a', value: 1 }, { measure: 'b' }], 422],
  [Array.from({ length: MEASUREMENTS_MAX + 1 }, () => ({ measure: 'a', value: 1 })), 422],
])('%j is refused, kept and told', (body, status) => {
  expect(receive(body)).toMatchObject({ kind: 'refused', page: true, reply: { status } })
})

test('its own sample is understood', () => {
  const [signal] = signalsOf(receive(measure.setup?.sample.body ?? ''))
  expect(signal).toMatchObject({ alarm: 'drift_psi', labels: { group: 'age 18-25' } })
  expect(signal?.value).toBeGreaterThan(0.2)
})
