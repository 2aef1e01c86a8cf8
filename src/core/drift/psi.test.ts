/** Against figures that others have published, and against what the index is. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BINS_MAX, psiOf, SHARE_MIN } from './psi.ts'

function valueOf(expected: readonly number[], actual: readonly number[]): number {
  const reading = psiOf(expected, actual)
  if (reading.kind === 'unclear') throw new Error(reading.message)
  return reading.value
}

describe('figures of others', () => {
  // tests/drift/test_psi.py of github.com/BBVA/mercury-monitoring, which allows 1 % (read 2026-11-24).
  test.each([
    ['small', [12, 11, 14, 12, 12, 10, 12, 6, 6, 5], [11, 11, 12, 13, 11, 11, 13, 5, 7, 6], 0.0125],
    [
      'as shares',
      [0.12, 0.11, 0.14, 0.12, 0.12, 0.1, 0.12, 0.06, 0.06, 0.05],
      [0.11, 0.11, 0.12, 0.13, 0.11, 0.11, 0.13, 0.05, 0.07, 0.06],
      0.0125,
    ],
    ['large', [12, 4, 14, 2, 12, 1, 12, 1, 6, 1], [6, 11, 5, 13, 6, 11, 6, 5, 1, 6], 1.436],
    ['with empty bins', [0, 11, 0, 13, 12, 10, 12, 6, 6, 5], [11, 0, 0, 13, 11, 11, 13, 5, 7, 6], 2.115],
  ])('mercury-monitoring: %s', (_name, expected, actual, value) => {
    expect(Math.abs(valueOf(expected, actual) - value) / value).toBeLessThan(0.01)
  })

  // tests/test_psi.py of strappy 0.0.3 on PyPI (read 2026-11-24).
  test('strappy: six and five against five and four', () => expect(valueOf([6, 5], [5, 4])).toBeCloseTo(0.00041, 5))

  test('by hand: halves that become a quarter and three quarters', () => {
    expect(valueOf([50, 50], [25, 75])).toBeCloseTo(0.25 * Math.log(2) + 0.25 * Math.log(1.5), 12)
  })
})

describe('what it is', () => {
  const histogram = (size: number) =>
    fc.array(fc.oneof(fc.nat(1_000_000), fc.double({ min: 1e-200, max: 1e300, noNaN: true })), { minLength: size, maxLength: size })
  const pairs = fc
    .integer({ min: 2, max: 30 })
    .chain((size) => fc.tuple(histogram(size), histogram(size)))
    .filter(([one, other]) => [one, other].every((counts) => counts.some((count) => count > 0)))

  test('never negative, a number always, the same both ways', () => {
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        const value = valueOf(one, other)
        expect(value).toBeGreaterThanOrEqual(0)
        expect(Number.isFinite(value)).toBe(true)
        expect(valueOf(other, one)).toBeCloseTo(value, 9)
      }),
    )
  })

  test('zero for equal ones, whatever their size', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 1_000 }), ([one], times) => {
        expect(
          valueOf(
            one,
            one.map((count) => (count / 1_000) * times),
          ),
        ).toBeCloseTo(0, 9)
      }),
    )
  })

  test('in whatever order the bins stand', () => {
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        expect(valueOf(one.toReversed(), other.toReversed())).toBeCloseTo(valueOf(one, other), 9)
      }),
    )
  })

  test('a bin that nobody is in adds nothing', () => expect(valueOf([1, 1, 0], [3, 1, 0])).toBeCloseTo(valueOf([1, 1], [3, 1]), 12))

  test('an emptied bin counts as one of the least share', () => {
    expect(valueOf([10, 90], [0, 90])).toBeCloseTo((SHARE_MIN - 0.1) * Math.log(SHARE_MIN / 0.1) + 0.1 * Math.log(1 / 0.9), 12)
  })
})

test.each([
  ['other bins', [1, 2], [1, 2, 3]],
  ['one bin', [1], [1]],
  ['too many', Array<number>(BINS_MAX + 1).fill(1), Array<number>(BINS_MAX + 1).fill(1)],
  ['nothing expected', [0, 0], [1, 1]],
  ['nothing seen', [1, 1], [0, 0]],
  ['a negative count', [1, -1], [1, 1]],
  ['no number', [1, Number.NaN], [1, 1]],
  ['infinity', [1, 1], [1, Number.POSITIVE_INFINITY]],
])('%s is refused in words', (_name, expected, actual) => expect(psiOf(expected, actual).kind).toBe('unclear'))
