import { expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../time.ts'
import { countSince, type HeardHour, healthOf, lastHeard, silentSince } from './health.ts'

const NOW = 1_800_000_000_000 - (1_800_000_000_000 % HOUR_MS)
const heard = (hoursAgo: number, over: Partial<HeardHour> = {}): HeardHour => {
  const hour = NOW - hoursAgo * HOUR_MS
  return { hour, lastAt: hour + 30 * MINUTE_MS, messages: 10, signals: 10, refused: 0, distrusted: 0, repeated: 0, faults: 0, ...over }
}
/** Each of these hours ago, oldest first. */
const hours = (...hoursAgo: number[]) => hoursAgo.map((ago) => heard(ago))
const each = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index)

test('a source that speaks each hour is silent after six hours without a word', () => {
  expect(silentSince(hours(...each(48, 6)), NOW)).toBeNull()
  expect(silentSince(hours(...each(48, 7)), NOW)).toBe(NOW - 7 * HOUR_MS + 30 * MINUTE_MS)
})

test('a source with long pauses is not silent before twice its longest pause', () => {
  const rare = hours(240, 200, 160, 150, 149, 120, 100)
  expect(silentSince(rare, NOW - 24 * HOUR_MS)).toBeNull()
  expect(silentSince(rare, NOW)).not.toBeNull()
})

test('without a habit nobody can tell: new, hardly heard, or heard long ago', () => {
  expect(silentSince([], NOW)).toBeNull()
  expect(silentSince(hours(...each(23, 12)), NOW)).toBeNull()
  expect(silentSince(hours(200, 190, 100), NOW)).toBeNull()
  expect(silentSince(hours(...each(600, 400)), NOW)).toBeNull()
})

test('hours without a message count for nothing', () => {
  expect(lastHeard([heard(5), heard(1, { messages: 0 })])).toBe(NOW - 5 * HOUR_MS + 30 * MINUTE_MS)
  expect(lastHeard([])).toBeNull()
})

test('counts are of the hours that begin at or after an instant', () => {
  expect(countSince([heard(3), heard(2), heard(1, { faults: 2 })], NOW - 2 * HOUR_MS)).toMatchObject({ messages: 20, faults: 2 })
})

test.each([
  ['revoked', { revoked: true, hours: hours(1) }],
  ['never', { revoked: false, hours: [] }],
  ['silent', { revoked: false, hours: hours(...each(72, 30)) }],
  ['troubled', { revoked: false, hours: [heard(1, { distrusted: 1 })] }],
  ['troubled', { revoked: false, hours: [heard(1, { refused: 1 })] }],
  ['troubled', { revoked: false, hours: [heard(1, { faults: 1 })] }],
  ['well', { revoked: false, hours: [heard(30, { faults: 1 }), heard(1)] }],
] as const)('in one word: %s', (health, source) => {
  expect(healthOf(source, NOW)).toBe(health)
})
