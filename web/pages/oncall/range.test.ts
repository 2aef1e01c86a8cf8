import { expect, test } from 'vitest'
import { dayOf, isDay, moved, placeOf, rangeOf } from './range.ts'

test('a week begins on the Monday of its day, a month on its first', () => {
  expect(rangeOf('week', '2026-11-29').days.map(dayOf)[0]).toBe('2026-11-23')
  expect(rangeOf('week', '2026-11-23').days).toHaveLength(7)
  expect(rangeOf('month', '2028-02-10').days.map(dayOf).at(-1)).toBe('2028-02-29')
})

test('each day begins at local midnight, also where the clocks change', () => {
  for (const day of rangeOf('month', '2026-10-10').days) expect(new Date(day).getHours()).toBe(0)
})

test('moves by weeks and months', () => {
  expect(moved('week', '2026-12-30', 1)).toBe('2027-01-06')
  expect(moved('month', '2026-01-31', 1)).toBe('2026-02-01')
  expect(moved('month', '2026-01-31', -1)).toBe('2025-12-01')
})

test('a shift stands where it is in the range, cut at its ends', () => {
  const range = { from: 0, until: 1_000, days: [] }
  const shift = (from: number | null, until: number | null) => ({
    from: from === null ? null : new Date(from).toISOString(),
    until: until === null ? null : new Date(until).toISOString(),
  })
  expect(placeOf(range, shift(250, 500))).toEqual({ left: 25, width: 25, cutLeft: false, cutRight: false })
  expect(placeOf(range, shift(null, 500))).toEqual({ left: 0, width: 50, cutLeft: true, cutRight: false })
  expect(placeOf(range, shift(900, 2_000))).toMatchObject({ left: 90, cutRight: true })
  expect(placeOf(range, shift(1_000, 2_000))).toBeNull()
})

test('a day is four digits, two, two', () => expect(['2026-11-24', '2026-1-1', 'x'].map(isDay)).toEqual([true, false, false]))
