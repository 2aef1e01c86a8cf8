import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatQuantity, type MeasureUnit, parseQuantity } from './quantity.ts'

test.each([
  ['25 %', 25, '%'],
  ['25%', 25, '%'],
  ['0.5 %', 0.5, '%'],
  ['25\u00a0%', 25, '%'],
  ['4 s', 4_000, 'ms'],
  ['250 ms', 250, 'ms'],
  ['1.5 s', 1_500, 'ms'],
  ['2 min', 120_000, 'ms'],
  ['1200', 1_200, 'number'],
  ['0.2', 0.2, 'number'],
  ['-3', -3, 'number'],
])('%s is read', (text, value, unit) => {
  expect(parseQuantity(text)).toEqual({ kind: 'quantity', quantity: { value, unit } })
})

describe('what can be read in two ways, or in none, is unclear', () => {
  test.each(['2,5 %', '1,200', '25 percentage', 'many', '', '%', '5 %%', '24:00', '1e999', 'NaN', 'Infinity %', '1 '.repeat(100)])(
    '%s',
    (text) => {
      expect(parseQuantity(text)).toMatchObject({ kind: 'unclear', message: expect.any(String), fix: expect.stringContaining('Write') })
    },
  )
})

test('what is written is read back', () => {
  const value = fc.oneof(
    fc.integer({ min: 0, max: 10_000_000 }),
    fc.integer({ min: 0, max: 100_000 }).map((tenths) => tenths / 10),
  )
  fc.assert(
    fc.property(value, fc.constantFrom<MeasureUnit>('%', 'ms', 'number'), (given, unit) => {
      // A time is whole milliseconds.
      const quantity = { value: unit === 'ms' ? Math.round(given) : given, unit }
      expect(parseQuantity(formatQuantity(quantity))).toEqual({ kind: 'quantity', quantity })
    }),
  )
})

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseQuantity(text)))
})
