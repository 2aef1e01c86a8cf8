import { expect, test } from 'vitest'
import { withUnit } from './impact-value.ts'

test('a bare number gets the unit of its measure, what has one keeps it', () => {
  expect(withUnit(' 30 ', '%')).toBe('30 %')
  expect(withUnit('0,5', '%')).toBe('0.5 %')
  expect(withUnit('4.2 s', 'ms')).toBe('4.2 s')
  expect(withUnit('1200', 'number')).toBe('1200')
  expect(withUnit('many', '%')).toBe('many')
})
