import { expect, test } from 'vitest'
import { readClock, type ClockFacts } from './clock-reading.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const running = (limit: number): ClockFacts => ({ state: 'running', startedAt: 0, dueAt: limit, endedAt: null })

test('a clock is calm at first, soon near its end, late after it', () => {
  expect(readClock(running(5 * MINUTE), 1 * MINUTE)).toMatchObject({ tone: 'calm', text: '4:00' })
  expect(readClock(running(5 * MINUTE), 3.5 * MINUTE)).toMatchObject({ tone: 'soon', text: '1:30' })
  expect(readClock(running(5 * MINUTE), 7 * MINUTE)).toEqual({ tone: 'late', text: '2:00 late', used: 1 })
})

test('a clock of a day is soon in its last hour only, one of two days in its last twentieth', () => {
  expect(readClock(running(24 * HOUR), 20 * HOUR).tone).toBe('calm')
  expect(readClock(running(24 * HOUR), 23.5 * HOUR).tone).toBe('soon')
  expect(readClock(running(48 * HOUR), 46 * HOUR).tone).toBe('soon')
  expect(readClock(running(48 * HOUR), 45 * HOUR).tone).toBe('calm')
})

test('a running clock past its due time is late though the server has not said so, and a breached one too', () => {
  expect(readClock(running(MINUTE), MINUTE).tone).toBe('late')
  expect(readClock({ ...running(MINUTE), state: 'breached' }, 3 * HOUR).text).toBe('2 h 59 min late')
})

test('an answer that came late stays late and stands still', () => {
  const late: ClockFacts = { state: 'breached', startedAt: 0, dueAt: 5 * MINUTE, endedAt: 5 * MINUTE + 4_000 }
  expect(readClock(late, 99 * HOUR)).toEqual({ tone: 'late', text: '0:04 late', used: 1 })
})

test('a met clock says in what time, and its bar stands where it was met', () => {
  const met: ClockFacts = { state: 'met', startedAt: 0, dueAt: 5 * MINUTE, endedAt: 2.5 * MINUTE }
  expect(readClock(met, 99 * HOUR)).toEqual({ tone: 'met', text: 'met in 2:30', used: 0.5 })
})

test('a clock that has not begun has no bar', () => {
  expect(readClock({ state: 'not_started', startedAt: null, dueAt: null, endedAt: null }, 0).used).toBeNull()
})
