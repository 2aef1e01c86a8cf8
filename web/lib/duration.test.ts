import { expect, test } from 'vitest'
import { formatAgo, formatCountdown, formatDuration, formatLatency, formatLimit, formatStopwatch } from './duration.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

test('a countdown shows minutes and seconds, hours when there are any, days from two on', () => {
  const cases: [number, string][] = [
    [6 * MINUTE + 48 * SECOND, '6:48'],
    [59 * SECOND, '0:59'],
    [HOUR + 5 * MINUTE + 12 * SECOND, '1:05:12'],
    [48 * HOUR, '2 d'],
    [66 * HOUR, '2 d 18 h'],
  ]
  for (const [ms, text] of cases) expect(formatCountdown(ms)).toBe(text)
})

test('a countdown reaches 0:00 only when the time is over', () => {
  expect(formatCountdown(1)).toBe('0:01')
  expect(formatCountdown(0)).toBe('0:00')
  expect(formatCountdown(-5_000)).toBe('0:00')
})

test('a stopwatch never shows a second that has not passed', () => {
  expect(formatStopwatch(2 * MINUTE + 29_999)).toBe('2:29')
})

test('durations carry at most two units and drop an empty one', () => {
  expect([0, 59_999, 11 * MINUTE, 2 * HOUR, 2 * HOUR + 51 * MINUTE, 76 * HOUR].map(formatDuration)).toEqual([
    '0 s',
    '59 s',
    '11 min',
    '2 h',
    '2 h 51 min',
    '3 d 4 h',
  ])
})

test('a limit is written as the playbook writes it', () => {
  expect([5 * MINUTE, HOUR, 24 * HOUR, 48 * HOUR, 90 * MINUTE, 30 * 24 * HOUR].map(formatLimit)).toEqual([
    '5 min',
    '1 h',
    '24 h',
    '48 h',
    '1 h 30 min',
    '30 d',
  ])
})

test('a fast channel is told to the tenth of a second, a clock that runs behind makes nothing negative', () => {
  expect(formatLatency(212)).toBe('0.2 s')
  expect(formatLatency(41_000)).toBe('41 s')
  expect(formatLatency(-40)).toBe('<0.1 s')
})

test('the past is ago, the future is in, and this second is now', () => {
  expect(formatAgo(0, 90_000)).toBe('1 min ago')
  expect(formatAgo(90_000, 0)).toBe('in 1 min')
  expect(formatAgo(500, 0)).toBe('now')
})
