import { expect, test } from 'vitest'
import type { Explanation } from '../../../src/api/schema.ts'
import { afterText, byPerson, scheduleOf, wallClock, wallMoment, wayOf } from './schedule.ts'

const clause = { path: 'severities.0', line: 1, column: 1, quote: '' }
const START = Date.parse('2026-12-24T02:00:00Z')

function page(afterSeconds: number, role: string, round: number): Explanation['pages'][number] {
  return {
    after_seconds: afterSeconds,
    at: new Date(START + afterSeconds * 1_000).toISOString(),
    role,
    person: { id: role, name: role, channels: ['email'] },
    later: [],
    held_until: null,
    step: 1,
    round,
    because: '',
    clause,
  }
}

test('pages of one moment stand together, a round says where it begins, and the end comes last', () => {
  const end = { after_seconds: 900, at: new Date(START + 900_000).toISOString(), sentence: 'Nobody is left.', clause }
  const schedule = scheduleOf({ pages: [page(300, 'DevSecOps', 2), page(0, 'DevSecOps', 1), page(0, 'CTO', 1)], notices: [], end })
  expect(schedule.map((moment) => [moment.afterSeconds, moment.round, moment.pages.map((one) => one.role)])).toEqual([
    [0, null, ['DevSecOps', 'CTO']],
    [300, 2, ['DevSecOps']],
    [900, null, []],
  ])
  expect(schedule.at(-1)?.end?.sentence).toBe('Nobody is left.')
})

test('a channel that waits says by how long', () => {
  const late = { channel: 'sms', after_seconds: 420, at: new Date(START + 420_000).toISOString() }
  const waiting = { ...page(300, 'DevSecOps', 2), later: [late] }
  expect(['email', 'sms'].map((channel) => wayOf(waiting, channel))).toEqual(['email', 'sms 2 min later'])
})

test('whoever holds several roles is told once, with the reason where it is the same for all', () => {
  const same = { ...page(0, 'DevSecOps', 1), person: { id: 'mara', name: 'Mara', channels: [] }, because: 'Nobody answered before.' }
  const [told, ...others] = byPerson([same, { ...same, role: 'CTO' }])
  expect([told?.roles, told?.because, others.length]).toEqual(['DevSecOps, CTO', 'Nobody answered before.', 0])
  expect(byPerson([same, { ...same, role: 'CTO', because: 'On call for CTO.' }])[0]?.because).toBe('')
  expect(byPerson([same, page(0, 'CTO', 1)])).toHaveLength(2)
})

test('nothing that happens is an empty schedule', () => {
  expect(scheduleOf({ pages: [], notices: [], end: null })).toEqual([])
})

test('times are told from the signal on, and on the wall of the chosen zone', () => {
  expect([0, 30, 120, 3_600, 5_400, 172_800].map(afterText)).toEqual([
    'at once',
    'after 30 s',
    'after 2 min',
    'after 1 h',
    'after 1 h 30 min',
    'after 2 d',
  ])
  const base = '2026-12-24T22:59:00Z'
  expect(wallClock('2026-12-24T22:59:30Z', { zone: 'Europe/Berlin', base })).toBe('23:59:30')
  expect(wallClock('2026-12-24T23:01:00Z', { zone: 'Europe/Berlin', base })).toBe('Fri 25 Dec, 00:01:00')
  expect(wallMoment(base, 'UTC')).toBe('Thu, 24 Dec 2026, 22:59 UTC')
})
