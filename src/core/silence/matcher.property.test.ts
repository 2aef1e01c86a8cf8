import fc from 'fast-check'
import { RE2JS, RE2JSException } from 're2js'
import { expect, test } from 'vitest'
import { compileMatcher } from './matcher.ts'

const piece = fc.constantFrom(
  'a',
  'b',
  'ab',
  '-1',
  '.',
  '.*',
  '.+',
  '*',
  '+',
  '?',
  '^',
  '$',
  '😀',
  '|',
  '(a|b)',
  '[ab]',
  '\\.',
  '{2}',
  '(?i)',
)
const value = fc.array(fc.constantFrom('a', 'b', 'A', '-1', '.', '😀', '\n'), { maxLength: 6 }).map((parts) => parts.join(''))

test('a matcher fits what its expression fits as a whole, whatever it looks at first', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.array(value, { maxLength: 8 }), (pieces, values) => {
      const expression = pieces.join('')
      const compiled = compileMatcher({ name: 'a', value: expression, isRegex: true, isEqual: true })
      const plain = compilePlainly(expression)
      expect(compiled.kind === 'fault').toBe(plain === null)
      if (compiled.kind === 'fault' || plain === null) return
      for (const given of values) expect([given, compiled.matcher.test(given)]).toEqual([given, plain.matches(given)])
    }),
    { numRuns: 1_000 },
  )
})

function compilePlainly(expression: string): RE2JS | null {
  try {
    RE2JS.compile(expression)
    return RE2JS.compile(`(?:${expression})`)
  } catch (error) {
    if (error instanceof RE2JSException) return null
    throw error
  }
}
