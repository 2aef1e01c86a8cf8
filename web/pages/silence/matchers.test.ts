import { expect, test } from 'vitest'
import { fromMatchers, matchersOf, readMatchers, toMatchers } from './matchers.ts'

test('a guess at alerts like this takes the alarm and what it is about, not how bad it is', () => {
  const rows = matchersOf({ alertname: 'Api5xx', service: 'checkout', severity: 'critical', value: '3', env: 'prod' }, 'Api5xx')
  expect(rows).toEqual([
    { name: 'alertname', op: '=', value: 'Api5xx' },
    { name: 'service', op: '=', value: 'checkout' },
    { name: 'env', op: '=', value: 'prod' },
  ])
})

test('an address that holds nonsense holds no matchers', () => {
  expect(readMatchers('x')).toEqual([])
  expect(readMatchers([null, 1, { name: 'a' }, { name: 'a', op: '==', value: 'b' }, { name: 'n', op: '=~', value: 7 }])).toEqual([
    { name: 'n', op: '=~', value: '7' },
  ])
})

test('rows and matchers are the same thing, and unfinished rows are left out', () => {
  const rows = [
    { name: 'a', op: '=' as const, value: '1' },
    { name: 'b', op: '!=' as const, value: '' },
    { name: 'c', op: '=~' as const, value: 'x.*' },
    { name: 'd', op: '!~' as const, value: 'y' },
  ]
  expect(fromMatchers(toMatchers(rows))).toEqual(rows)
  expect(toMatchers([{ name: ' ', op: '=', value: 'x' }])).toEqual([])
})
