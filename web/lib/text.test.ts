import { expect, test } from 'vitest'
import { initialsOf } from './initials.ts'
import { safeHref } from './safe-href.ts'
import { severityMark } from './severity.ts'

test('initials are taken from the first and the last word, in any script', () => {
  expect(initialsOf('Mara Klein')).toBe('MK')
  expect(initialsOf('Mara van der Klein')).toBe('MK')
  expect(initialsOf('owner@localhost')).toBe('OL')
  expect(initialsOf('ثناء القاسمي')).toBe('ثا')
  expect(initialsOf('👩‍🚒 x')).toBe('👩‍🚒X')
  expect(initialsOf('')).toBe('')
})

test('only links to web pages are links', () => {
  expect(safeHref('https://grafana.example.com/d/1')).toBe('https://grafana.example.com/d/1')
  for (const href of [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    'JaVaScRiPt:1',
    '//example.com',
    '/incidents',
    '',
  ]) {
    expect(safeHref(href), href).toBeUndefined()
  }
})

test('each of the first four severities has its own shape, and a matrix with more rows still draws', () => {
  expect(new Set([0, 1, 2, 3].map((rank) => severityMark(rank).shape)).size).toBe(4)
  expect(severityMark(9)).toEqual(severityMark(3))
  expect(severityMark(-1)).toEqual(severityMark(0))
})
