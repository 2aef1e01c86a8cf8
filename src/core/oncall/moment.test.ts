import { expect, test } from 'vitest'
import { toRfc3339 } from '../time.ts'
import { readMoment } from './moment.ts'

const read = (text: string, zone = 'UTC'): string[] | null => readMoment(text, zone)?.instants.map(toRfc3339) ?? null

test.each([
  ['2026-12-24T17:00:00Z', ['2026-12-24T17:00:00.000Z']],
  ['2026-12-24 17:00 +05:45', ['2026-12-24T11:15:00.000Z']],
  ['2026-12-24T18:00 Europe/Berlin', ['2026-12-24T17:00:00.000Z']],
  ['2026-12-24', ['2026-12-24T00:00:00.000Z']],
  ['2026-12-24 asia/tokyo', ['2026-12-23T15:00:00.000Z']],
])('%s is one instant', (text, instants) => expect(read(text)).toEqual(instants))

test('without a zone it is in that of the reader', () =>
  expect(read('2026-07-01 09:00', 'America/New_York')).toEqual(['2026-07-01T13:00:00.000Z']))

test('a time that the clock skips is read by the clock of before, then by that of after', () => {
  expect(read('2027-03-28T02:30 Europe/Berlin')).toEqual(['2027-03-28T01:30:00.000Z', '2027-03-28T00:30:00.000Z'])
  expect(readMoment('2027-03-28T02:30 Europe/Berlin', 'UTC')?.told).toBe(
    '2027-03-28 02:30 in Europe/Berlin does not exist: the clock is set forward over it. It is read as Sun 2027-03-28 03:30 (01:30 UTC) or Sun 2027-03-28 01:30 (00:30 UTC); a hand-over at that time is at the first.',
  )
})

test('a time that comes twice is read both ways, the first first', () => {
  expect(read('2026-10-25T02:30 Europe/Berlin')).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'])
  expect(readMoment('2026-10-25T02:30', 'Europe/Berlin')?.told).toContain('comes twice')
})

test.each(['tomorrow', '2026-02-30', '2026-12-24T25:00', '2026-12-24T18:00 Europe/Berlim', '2026-12-24T18:00 +1', ''])(
  '%s is none',
  (text) => expect(read(text)).toBeNull(),
)
