import { expect, test } from 'vitest'
import { changed, readAlertSearch, readSignalSearch, toAlertFilter, toSignalFilter } from './search.ts'

test('what is not understood in an address is left out, and numbers are words again', () => {
  expect(readSignalSearch({ q: 42, span: 'month', outcome: '', signal: '7-0' })).toEqual({ q: '42', signal: '7-0' })
  expect(readAlertSearch({ state: 'everything', type: 'spike', q: 'x'.repeat(300) })).toEqual({ type: 'spike', q: 'x'.repeat(200) })
})

test('a span becomes a time of whole minutes, so that the question does not change each second', () => {
  const now = Date.parse('2026-03-01T10:00:59.999Z')
  expect(toSignalFilter({ span: 'hour', signal: '1-0', q: 'a' }, now)).toEqual({ q: 'a', from: '2026-03-01T09:00:00.000Z' })
  expect(toSignalFilter({ span: 'hour' }, now)).toEqual(toSignalFilter({ span: 'hour' }, now - 59_000))
  expect(toSignalFilter({ from: 'a', until: 'b' }, now)).toEqual({ from: 'a', until: 'b' })
})

test('alerts are those that fire unless others are asked for', () => {
  expect(toAlertFilter({})).toEqual({ state: 'firing' })
  expect(toAlertFilter({ state: 'all', alert: 'x' })).toEqual({})
  expect(toAlertFilter({ state: 'held', q: 'a' })).toEqual({ state: 'held', q: 'a' })
})

test('a change takes out what became empty', () => {
  expect(changed({ q: 'a', source: 's' }, { q: undefined, source: '' })).toEqual({})
})
