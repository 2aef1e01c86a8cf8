import { expect, test } from 'vitest'
import { pagingNow } from './paged-store.ts'

const facts = (announced: [string, number][] = [], answered: [string, number][] = []) => ({
  announced: new Map(announced),
  answered: new Map(answered),
})

test('what the server lists pages; what it announced since is added; what it no longer lists is gone', () => {
  const server = { paging: ['a'], fetchedAt: 100 }
  expect(pagingNow(server, facts())).toEqual(['a'])
  expect(pagingNow(server, facts([['b', 150]]))).toEqual(['b', 'a'])
  expect(pagingNow(server, facts([['b', 50]]))).toEqual(['a'])
})

test('an answer takes the page away at once, before the server has said so', () => {
  expect(pagingNow({ paging: ['a'], fetchedAt: 100 }, facts([], [['a', 120]]))).toEqual([])
  expect(pagingNow({ paging: [], fetchedAt: 100 }, facts([['a', 110]], [['a', 120]]))).toEqual([])
})

test('a page that comes again after the answer is shown again', () => {
  expect(pagingNow({ paging: [], fetchedAt: 100 }, facts([['a', 130]], [['a', 120]]))).toEqual(['a'])
})

test('a server that still lists it after the answer is believed: the answer did not count', () => {
  expect(pagingNow({ paging: ['a'], fetchedAt: 200 }, facts([], [['a', 120]]))).toEqual(['a'])
})
