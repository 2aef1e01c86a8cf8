/** Instants as people write them, through clock changes. */
import { expect, test } from 'vitest'
import { toRfc3339 } from '../../time.ts'
import { readInstant } from './instant.ts'

const read = (text: string, zone = 'UTC') => {
  const reading = readInstant(text, zone)
  return reading === null ? null : [toRfc3339(reading.at), reading.note]
}

test.each([
  ['2026-12-24T18:00:00Z', '2026-12-24T18:00:00.000Z'],
  ['2026-12-24T18:00+01:00', '2026-12-24T17:00:00.000Z'],
  ['2026-12-24T18:00 Europe/Berlin', '2026-12-24T17:00:00.000Z'],
  ['2026-12-24 18:00 [Europe/Berlin]', '2026-12-24T17:00:00.000Z'],
  ['2026-12-24 18:00', '2026-12-24T18:00:00.000Z'],
  ['2026-12-24', '2026-12-24T00:00:00.000Z'],
])('"%s" is %s', (text, at) => {
  expect(read(text)).toEqual([at, ''])
})

test('a time without a zone is on the wall clock of the reader', () => {
  expect(read('2026-06-01T12:00', 'America/New_York')).toEqual(['2026-06-01T16:00:00.000Z', ''])
})

test('a time that the clocks leave out is as much later, and says so', () => {
  expect(read('2027-03-28T02:30 Europe/Berlin')).toEqual([
    '2027-03-28T01:30:00.000Z',
    'The clocks of Europe/Berlin leave out 02:30 on that day: 03:30 is taken.',
  ])
})

test('of a time that comes twice the first is taken, and says so', () => {
  expect(read('2026-10-25T02:30 Europe/Berlin')).toEqual([
    '2026-10-25T00:30:00.000Z',
    'The clocks of Europe/Berlin show 02:30 twice on that day: the first is taken.',
  ])
})

test.each([
  'tomorrow',
  '2026-13-01',
  '2026-02-30',
  '2026-12-24T25:00',
  '2026-12-24T18:00 Nowhere/Atall',
  '24.12.2026',
  '',
  'x'.repeat(500),
])('"%s" is no time', (text) => {
  expect(read(text)).toBeNull()
})
