/** Overrides and absences over a schedule: who is left, who is named as away, and that nothing leaks. */
import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../time.ts'
import type { Absence, Changes, Override } from './change.ts'
import type { Layer, Schedule } from './oncall.ts'
import { gapsIn, shiftAt, shiftsAt, shiftsBetween } from './shifts.ts'

const MONDAY = Date.UTC(2026, 0, 5)
const weekly: Layer = {
  members: ['ann', 'ben'],
  rotation: { startWallMs: MONDAY, untilWallMs: null, turn: { kind: 'cycle', wallMs: [7 * DAY_MS] } },
}
const schedule = (...layers: Layer[]): Schedule => ({ id: 's', name: 'S', role: 'Ops', team: null, zone: 'UTC', layers })
const override = (from: number, until: number, more: Partial<Override> = {}): Override => ({
  id: 'o',
  schedule: 's',
  holder: 'cyd',
  instead: null,
  from: MONDAY + from * HOUR_MS,
  until: MONDAY + until * HOUR_MS,
  ...more,
})
const away = (holder: string, from: number, until: number): Absence => ({
  holder,
  from: MONDAY + from * HOUR_MS,
  until: MONDAY + until * HOUR_MS,
})
const changes = (overrides: Override[], absences: Absence[] = []): Changes => ({ overrides, absences })
const at = (hours: number): number => MONDAY + hours * HOUR_MS

test('an override holds from its start to its end, and then the schedule is as before', () => {
  const made = changes([override(10, 20)])
  const held = [9, 10, 19, 20].map((hours) => shiftAt(schedule(weekly), at(hours), made).holders)
  expect(held).toEqual([['ann'], ['cyd'], ['cyd'], ['ann']])
  expect(shiftAt(schedule(weekly), at(12), made)).toMatchObject({
    from: at(10),
    until: at(20),
    cause: { kind: 'override', overrides: ['o'] },
  })
})

test('an override of one schedule does not leak into another', () => {
  const other = { ...schedule(weekly), id: 'other' }
  expect(shiftAt(other, at(12), changes([override(10, 20)])).holders).toEqual(['ann'])
})

test('who stands in for one person does so only where that person would hold', () => {
  const made = changes([override(0, 14 * 24, { instead: 'ann' })])
  expect([1, 8 * 24].map((hours) => shiftAt(schedule(weekly), at(hours), made).holders)).toEqual([['cyd'], ['ben']])
})

test('of two overrides the later one counts, and a swap back is the first person again', () => {
  const made = changes([
    override(0, 48),
    override(10, 20, { id: 'o2', holder: 'dee' }),
    override(12, 14, { id: 'o3', holder: 'ann', instead: 'dee' }),
  ])
  expect([1, 11, 13, 15, 21].map((hours) => shiftAt(schedule(weekly), at(hours), made).holders[0])).toEqual([
    'cyd',
    'dee',
    'ann',
    'dee',
    'cyd',
  ])
})

test('an override over a hand-over is one shift', () => {
  const made = changes([override(6 * 24, 8 * 24)])
  expect(shiftAt(schedule(weekly), at(7 * 24 - 1), made)).toMatchObject({ from: at(6 * 24), until: at(8 * 24), holders: ['cyd'] })
})

test('whoever is away holds nothing: the layer beneath does, else nobody, and it is told who is away', () => {
  const backup: Layer = { members: ['owner'], rotation: null }
  const made = changes([], [away('ann', 5, 10)])
  expect(shiftAt(schedule(weekly, backup), at(6), made)).toMatchObject({
    holders: ['owner'],
    cause: { kind: 'layer', layer: 1, away: ['ann'] },
  })
  expect(shiftAt(schedule(weekly), at(6), made)).toMatchObject({
    holders: [],
    from: at(5),
    until: at(10),
    cause: { kind: 'nobody', away: ['ann'] },
  })
})

test('a stand-in who is away stands in for nobody: the schedule holds as if there were no override', () => {
  const made = changes([override(0, 48)], [away('cyd', 10, 20)])
  expect([5, 12, 25].map((hours) => shiftAt(schedule(weekly), at(hours), made).holders)).toEqual([['cyd'], ['ann'], ['cyd']])
})

test('a stand-in fills the gap of somebody who is away', () => {
  const made = changes([override(0, 48, { instead: 'ann' })], [away('ann', 0, 72)])
  const shifts = [...shiftsBetween(schedule(weekly), at(0), at(96), made)]
  expect(shifts.map(({ holders }) => holders)).toEqual([['cyd'], [], ['ann']])
  expect(gapsIn(shifts, at(0), at(96))).toEqual([{ from: at(48), until: at(72) }])
})

test('an absence of somebody else cuts no shift in two', () => {
  expect(shiftAt(schedule(weekly), at(6), changes([], [away('ben', 5, 10)]))).toMatchObject({ from: at(0), until: at(7 * 24) })
})

test('who is next takes overrides into account', () => {
  expect(shiftsAt(schedule(weekly), at(1), changes([override(24, 48)])).next).toMatchObject({ holders: ['cyd'], from: at(24) })
})

test('a shadow never holds', () => {
  expect(shiftAt(schedule({ ...weekly, shadow: true }, { members: ['owner'], rotation: null }), at(1)).holders).toEqual(['owner'])
})
