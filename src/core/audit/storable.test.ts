import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storable } from './storable.ts'

test('what can be stored is left as it is, also text that only looks like an escape', () => {
  const value = { text: 'a\\u0000b \u{1f514}', list: [1, null, { deep: '\\ud800' }] }
  expect(storable(value)).toEqual(value)
})

test('NUL and half pairs are replaced at any depth', () => {
  expect(storable({ a: 'x\u0000', b: [{ c: '\ud800' }] })).toEqual({ a: 'x\ufffd', b: [{ c: '\ufffd' }] })
})

test('whatever comes in, what comes out is well-formed and without NUL', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      for (const text of storable({ texts }).texts) expect(text.isWellFormed() && !text.includes('\u0000')).toBe(true)
    }),
  )
})
