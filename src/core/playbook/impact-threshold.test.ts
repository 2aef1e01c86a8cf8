import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MINUTE_MS } from '../time.ts'
import { formatImpactThreshold, meetsBounds, parseImpactThreshold } from './impact-threshold.ts'

const read = (text: string) => {
  const reading = parseImpactThreshold(text)
  if (reading.kind === 'unclear') throw new Error(reading.message)
  return reading.threshold
}

test.each([
  ['> 25 %', { unit: '%', bounds: [{ comparison: '>', bound: 25 }], forMs: 0 }],
  ['>25%', { unit: '%', bounds: [{ comparison: '>', bound: 25 }], forMs: 0 }],
  ['≥ 99 %', { unit: '%', bounds: [{ comparison: '>=', bound: 99 }], forMs: 0 }],
  ['> 50 % for 10 min', { unit: '%', bounds: [{ comparison: '>', bound: 50 }], forMs: 10 * MINUTE_MS }],
  ['> 50\u00a0% for at least 1h30', { unit: '%', bounds: [{ comparison: '>', bound: 50 }], forMs: 90 * MINUTE_MS }],
  ['> 4 s', { unit: 'ms', bounds: [{ comparison: '>', bound: 4_000 }], forMs: 0 }],
  ['< 250 ms', { unit: 'ms', bounds: [{ comparison: '<', bound: 250 }], forMs: 0 }],
  ['> 1200', { unit: 'number', bounds: [{ comparison: '>', bound: 1_200 }], forMs: 0 }],
  [
    '> 0 % and <= 25 %',
    {
      unit: '%',
      bounds: [
        { comparison: '>', bound: 0 },
        { comparison: '<=', bound: 25 },
      ],
      forMs: 0,
    },
  ],
])('%s is read', (text, threshold) => expect(read(text)).toEqual(threshold))

describe('what is not a threshold says what to write', () => {
  test.each([
    '25 %',
    '= 25 %',
    '> %',
    '> 25 % for',
    '> 25 % for 10',
    '> 25 % for ever',
    '> 1 % and < 2 s',
    '> 1 and < 2 and > 3',
    '> 1 % for 1 min for 2 min',
    '',
    '>',
  ])('%s', (text) => expect(parseImpactThreshold(text)).toMatchObject({ kind: 'unclear', fix: expect.stringContaining('Write') }))
})

test('two bounds must both hold', () => {
  const between = read('> 0 % and <= 25 %')
  expect([0, 0.1, 25, 25.1].map((value) => meetsBounds(value, between))).toEqual([false, true, true, false])
})

test('what is written is read back, and no text makes it throw', () => {
  const bound = fc.record({ comparison: fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const), bound: fc.nat(5_000) })
  const threshold = fc.record({
    unit: fc.constantFrom('%' as const, 'ms' as const, 'number' as const),
    bounds: fc.array(bound, { minLength: 1, maxLength: 2 }),
    forMs: fc.nat(500).map((minutes) => minutes * MINUTE_MS),
  })
  fc.assert(
    fc.property(threshold, (given) => {
      expect(read(formatImpactThreshold(given))).toEqual(given)
    }),
  )
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseImpactThreshold(text)))
})
