import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DURATION_MS_MAX, formatDuration, parseDuration } from './duration.ts'

test('what is shown is read again as the same duration', () => {
  const durations = fc.oneof(
    fc.integer({ min: 0, max: DURATION_MS_MAX }),
    fc.integer({ min: 0, max: 366 * 24 * 60 }).map((minutes) => minutes * 60_000),
    fc.integer({ min: 0, max: 200_000 }).map((seconds) => seconds * 1_000),
  )
  fc.assert(
    fc.property(durations, (ms) => {
      expect(parseDuration(formatDuration(ms))).toEqual({ kind: 'duration', ms })
    }),
  )
})

test('no text makes it throw, and what it reads is a whole number within bounds', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9 .:,ptmhdws-]{1,20}$/)), (text) => {
      const reading = parseDuration(text)
      if (reading.kind === 'duration') expect(Number.isInteger(reading.ms) && reading.ms >= 0 && reading.ms <= DURATION_MS_MAX).toBe(true)
    }),
  )
})
