import { expect, test } from 'vitest'
import { BLANK_SCHEDULE, toSchedule } from './schedule.ts'

test('a schedule that is not finished is none', () => {
  expect(toSchedule(BLANK_SCHEDULE)).toBeNull()
  expect(toSchedule({ ...BLANK_SCHEDULE, from: '2026-12-01T22:00', to: '2026-12-01T21:00' })).toBeNull()
  expect(toSchedule({ ...BLANK_SCHEDULE, kind: 'weekly' })).toBeNull()
  expect(toSchedule({ ...BLANK_SCHEDULE, kind: 'monthly', minutes: '0' })).toBeNull()
})

test('once, weekly and monthly are told as the API takes them', () => {
  expect(toSchedule({ ...BLANK_SCHEDULE, from: '2026-12-01T22:00', to: '2026-12-02T01:00' })).toEqual({
    kind: 'once',
    from: '2026-12-01T22:00',
    to: '2026-12-02T01:00',
  })
  expect(toSchedule({ ...BLANK_SCHEDULE, kind: 'weekly', days: ['mon', 'thu'] })).toEqual({
    kind: 'weekly',
    days: ['mon', 'thu'],
    at: '22:00',
    minutes: 120,
  })
  expect(toSchedule({ ...BLANK_SCHEDULE, kind: 'monthly', day: '-1' })).toEqual({
    kind: 'monthly',
    on: { day: -1 },
    at: '22:00',
    minutes: 120,
  })
})
