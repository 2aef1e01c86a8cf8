/** What is written is read by `node-ical`, which has nothing of ours: the same shifts, names and all. */
import fc from 'fast-check'
import ical from 'node-ical'
import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../time.ts'
import type { Changes } from './change.ts'
import { personEvents, scheduleEvents } from './feed.ts'
import { writeIcal } from './ical.ts'
import type { Schedule } from './oncall.ts'
import { shiftsBetween } from './shifts.ts'

const FROM = Date.UTC(2026, 9, 1)
const UNTIL = Date.UTC(2027, 3, 30)
const NOW = Date.UTC(2026, 10, 24)
const schedule: Schedule = {
  id: 'ops',
  name: 'Operations; day, and night',
  role: 'Ops',
  team: null,
  zone: 'Europe/Berlin',
  layers: [
    {
      members: ['ann@example.com', 'ben@example.com'],
      rotation: {
        startWallMs: Date.UTC(2026, 0, 5, 9),
        untilWallMs: Date.UTC(2027, 3, 1, 9),
        turn: { kind: 'cycle', wallMs: [7 * DAY_MS] },
      },
    },
  ],
}
const changes: Changes = {
  overrides: [{ id: 'o', schedule: 'ops', holder: 'cyd@example.com', instead: null, from: NOW, until: NOW + 5 * HOUR_MS }],
  absences: [],
}
const options = { from: FROM, until: UNTIL, changes, nameOf: (holder: string) => holder.split('@')[0] ?? '', eventsMax: 1_000 }

const read = (text: string) =>
  Object.values(ical.sync.parseICS(text))
    .flatMap((event) => (event?.type === 'VEVENT' ? [event] : []))
    .map(({ uid, start, end, summary }) => ({ uid, from: start.getTime(), until: end?.getTime(), summary }))
    .sort((one, other) => one.from - other.from)

test('a schedule, over both clock changes: the same shifts, overrides, and the time that nobody holds', () => {
  const events = read(writeIcal({ name: 'Ops', now: NOW, events: scheduleEvents(schedule, options) }))
  const shifts = [...shiftsBetween(schedule, FROM, UNTIL, changes)]
  expect(events.map(({ from, until, summary }) => [from, until, summary])).toEqual(
    shifts.map((shift) => [shift.from, shift.until ?? UNTIL, `Ops: ${shift.holders.map(options.nameOf).join() || 'NOBODY on call'}`]),
  )
  expect(events.at(-1)?.summary).toBe('Ops: NOBODY on call')
  expect(new Set(events.map(({ uid }) => uid)).size).toBe(events.length)
})

test('a person: only what they hold, under the same id each time', () => {
  const mine = (now: number) =>
    read(writeIcal({ name: 'Me', now, events: personEvents([schedule], new Set(['cyd@example.com']), options) }))
  expect(mine(NOW)).toMatchObject([{ from: NOW, until: NOW + 5 * HOUR_MS, summary: 'On call: Ops' }])
  expect(mine(NOW + DAY_MS)).toEqual(mine(NOW))
})

test('whatever is in a name is text, and no line is longer than 75 octets', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
      const text = writeIcal({ name, now: NOW, events: [{ uid: 'u', from: NOW, until: NOW + HOUR_MS, summary: name, description: name }] })
      for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
      expect(read(text)).toHaveLength(1)
      expect(text.match(/^BEGIN:VEVENT\r$/gm)).toHaveLength(1)
    }),
    { numRuns: 60 },
  )
  // No backslash before an n: node-ical takes an escaped one for a break.
  const hostile = 'Ops\r\nEND:VEVENT\r\nBEGIN:VEVENT; a, b\\;'
  const [event] = read(
    writeIcal({ name: 'x', now: NOW, events: [{ uid: 'u', from: NOW, until: NOW + 1_000, summary: hostile, description: '' }] }),
  )
  expect(event?.summary).toBe(hostile.replaceAll('\r\n', '\n'))
})
