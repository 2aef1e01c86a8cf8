import { expect, test } from 'vitest'
import { fromWall, isZone, toWall } from './wall-time.ts'

const at = (text: string): number => Date.parse(text)

test('a wall time and its instant lead to each other, on both sides of a change of the clocks', () => {
  expect(fromWall('2026-12-24T03:00', 'Europe/Berlin')).toBe(at('2026-12-24T02:00:00Z'))
  expect(fromWall('2026-07-01T03:00', 'Europe/Berlin')).toBe(at('2026-07-01T01:00:00Z'))
  expect(toWall(at('2026-07-01T01:00:00Z'), 'Europe/Berlin')).toBe('2026-07-01T03:00')
  expect(toWall(at('2026-07-01T01:00:00Z'), 'Asia/Kathmandu')).toBe('2026-07-01T06:45')
})

test('an hour that comes twice is its first, an hour that never comes is read as if the clock had not been put on', () => {
  expect(fromWall('2026-10-25T02:30', 'Europe/Berlin')).toBe(at('2026-10-25T00:30:00Z'))
  expect(fromWall('2026-03-29T02:30', 'Europe/Berlin')).toBe(at('2026-03-29T01:30:00Z'))
  expect(fromWall('2026-11-01T01:30', 'America/New_York')).toBe(at('2026-11-01T05:30:00Z'))
})

test('what is no time or no zone says so', () => {
  expect(fromWall('tomorrow', 'UTC')).toBeNull()
  expect(fromWall('2026-13-01T00:00', 'UTC')).toBeNull()
  expect(isZone('UTC')).toBe(true)
  expect(isZone('Mars/Olympus')).toBe(false)
  expect(isZone('')).toBe(false)
})
