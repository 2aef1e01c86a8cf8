import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Condition, parseQuery, type Query, QUERY_CHARS_MAX } from './query.ts'

const text = (field: string, value: string) => ({ kind: 'text', field, value })
const conditionOf = (query: string): Condition => {
  const parsed = parseQuery(query)
  if (parsed.kind === 'fault') throw new Error(parsed.reason)
  return parsed.condition
}

test('terms are joined by AND where nothing is said, OR binds weaker, NOT stronger', () => {
  expect(conditionOf('status: open tag: a OR NOT tag: b')).toEqual({
    kind: 'any',
    of: [
      { kind: 'all', of: [text('status', 'open'), text('tag', 'a')] },
      { kind: 'not', of: text('tag', 'b') },
    ],
  })
  expect(conditionOf('(status: open or tag: a) and priority != P1')).toEqual({
    kind: 'all',
    of: [
      { kind: 'any', of: [text('status', 'open'), text('tag', 'a')] },
      { kind: 'not', of: text('priority', 'P1') },
    ],
  })
})

test('a field before a parenthesis counts for all in it', () => {
  expect(conditionOf('tag: (a OR "b c")')).toEqual({ kind: 'any', of: [text('tag', 'a'), text('tag', 'b c')] })
})

test('words without a field look anywhere, and quotes keep blanks and words that would join', () => {
  expect(conditionOf('disk "AND full"')).toEqual({ kind: 'all', of: [text('anything', 'disk'), text('anything', 'AND full')] })
  expect(conditionOf(String.raw`message: "say \"hi\""`)).toEqual(text('message', 'say "hi"'))
  expect(conditionOf('')).toEqual({ kind: 'all', of: [] })
})

test('numbers, times and flags are compared', () => {
  expect(conditionOf('count >= 3')).toEqual({ kind: 'number', field: 'count', comparison: '>=', value: 3 })
  expect(conditionOf('createdAt > 1779000000000')).toMatchObject({ value: 1_779_000_000_000 })
  expect(conditionOf('createdAt < 2026-11-24T10:20:30Z')).toMatchObject({ value: Date.UTC(2026, 10, 24, 10, 20, 30) })
  expect(conditionOf('lastOccurredAt: 24-11-2026')).toMatchObject({ value: Date.UTC(2026, 10, 24) })
  expect(conditionOf('acknowledged: true')).toEqual({ kind: 'flag', field: 'acknowledged', value: true })
})

test.each([
  ['color: red', 'color is no field'],
  ['constructor: x', 'constructor is no field'],
  ['(status: open', 'not closed'],
  ['status: open)', 'a parenthesis too many'],
  ['status:', 'ends too early'],
  ['count: many', 'wants a number'],
  ['status > open', 'is no number'],
  ['"open', 'could not be understood'],
  [`tag: ${'x'.repeat(QUERY_CHARS_MAX)}`, 'at most'],
  ['('.repeat(300), 'too'],
  ['NOT '.repeat(150), 'nested too deeply'],
])('%s is refused with a reason', (query, reason) => {
  expect(parseQuery(query)).toMatchObject({ kind: 'fault', reason: expect.stringContaining(reason) })
})

test('whatever is asked, it is a query or a fault', () => {
  const word = fc.constantFrom(
    'status',
    ':',
    '(',
    ')',
    'AND',
    'OR',
    'NOT',
    '"a b"',
    '"',
    '>',
    '!=',
    'createdAt',
    '3',
    'x*',
    '2026-11-24T10',
    '\\',
    ' ',
  )
  const query = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')),
    fc.array(word).map((words) => words.join('')),
  )
  fc.assert(
    fc.property(query, (asked) => {
      const parsed: Query = parseQuery(asked)
      expect(parsed.kind === 'query' || parsed.reason.length > 0).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
