import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.ts'
import { formatDuration, parseDuration } from './duration.ts'

describe('a duration is read as people write it', () => {
  test.each([
    ['5 min', 5 * MINUTE_MS],
    ['15 min', 15 * MINUTE_MS],
    ['1 h', HOUR_MS],
    ['24 h', 24 * HOUR_MS],
    ['48 h', 48 * HOUR_MS],
    ['7 d', 7 * DAY_MS],
    ['90 s', 90 * SECOND_MS],
    ['30-min', 30 * MINUTE_MS],
    ['30‑min', 30 * MINUTE_MS], // non-breaking hyphen
    ['5\u00a0min', 5 * MINUTE_MS], // non-breaking space
    ['5\u202fmin', 5 * MINUTE_MS],
    [' 5  MIN. ', 5 * MINUTE_MS],
    ['5m', 5 * MINUTE_MS],
    ['1h30', 90 * MINUTE_MS],
    ['1h30m', 90 * MINUTE_MS],
    ['1 h 30 min', 90 * MINUTE_MS],
    ['1 hour and 30 minutes', 90 * MINUTE_MS],
    ['2 d 4 h', 52 * HOUR_MS],
    ['1.5 h', 90 * MINUTE_MS],
    ['0.1 s', 100],
    ['2 weeks', 14 * DAY_MS],
    ['PT15M', 15 * MINUTE_MS],
    ['PT1H30M', 90 * MINUTE_MS],
    ['P1DT12H', 36 * HOUR_MS],
    ['P2W', 14 * DAY_MS],
    ['0 min', 0],
  ])('%s', (text, ms) => expect(parseDuration(text)).toEqual({ kind: 'duration', ms }))
})

describe('what could be read in two ways, or in none, is refused with what to write', () => {
  test.each([
    ['24:00', /which is not clear/, /24 h/],
    ['1:30', /which is not clear/, /1 h 30 min/],
    ['5', /no unit/, /5 min/],
    ['1,500 s', /comma/, /1\.5 h/],
    ['-5 min', /sign/, /5 min/],
    ['2 months', /differ in length/, /30 d/],
    ['P1M', /differ in length/, /30 d/],
    ['P1Y', /differ in length/, /30 d/],
    ['3 business days', /calendar/, /every day/],
    ['soon', /not a duration/, /5 min/],
    ['', /not a duration/, /5 min/],
    ['PT', /not a duration/, /5 min/],
    ['P', /not a duration/, /5 min/],
    ['1h75', /not a duration/, /5 min/],
    ['30 min 1 h', /not a duration/, /5 min/],
    ['5 min 5 min', /not a duration/, /5 min/],
    ['5 constructor', /not a duration/, /5 min/],
    ['400 d', /longer than 366 days/, /shorter/],
    ['99999999999999999999 h', /longer than 366 days/, /shorter/],
    ['0.0001 s', /finer than a millisecond/, /5 min/],
    ['9'.repeat(100), /too long/, /5 min/],
  ])('%s', (text, message, fix) => {
    expect(parseDuration(text)).toEqual({ kind: 'unclear', message: expect.stringMatching(message), fix: expect.stringMatching(fix) })
  })
})

test('a duration is shown as the document writes it', () => {
  expect(
    [5 * MINUTE_MS, HOUR_MS, 24 * HOUR_MS, 48 * HOUR_MS, 7 * DAY_MS, 90 * SECOND_MS, 90 * MINUTE_MS, 150 * MINUTE_MS].map(formatDuration),
  ).toEqual(['5 min', '1 h', '24 h', '48 h', '7 d', '90 s', '90 min', '2 h 30 min'])
})

test('what binary fractions add to a long duration is taken away', () => {
  expect(parseDuration('17047931.687 s')).toEqual({ kind: 'duration', ms: 17_047_931_687 })
})
