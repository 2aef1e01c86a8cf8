import { expect, test } from 'vitest'
import { type Clock, nextDue } from './clock.ts'

const clock = (state: Clock['state'], dueAt: number, endedAt: number | null = null): Clock => ({
  id: `${state} ${dueAt}`,
  kind: 'response',
  audience: null,
  clause: '',
  startedAt: 0,
  dueAt,
  state,
  endedAt,
  reason: null,
})

test('what is late and not done is still due, and first', () => {
  expect(nextDue([clock('running', 20), clock('breached', 10)])).toBe(10)
})

test('what was done is not due, in time or late', () => {
  expect(nextDue([clock('met', 5, 4), clock('breached', 6, 8), clock('waived', 7, 3)])).toBeNull()
})
