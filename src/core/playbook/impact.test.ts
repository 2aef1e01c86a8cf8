import { describe, expect, test } from 'vitest'
import { impactThreshold, measuringPlaybook } from '../../../test/support/playbook.ts'
import { MINUTE_MS } from '../time.ts'
import { clauseText } from './clause.ts'
import { crosses, lookAtImpact, type Measured, measuresOf, severityOfImpact, unitOfMeasure, worstOf } from './impact.ts'

const playbook = measuringPlaybook()
const T0 = 1_000_000_000_000
const now = (...values: readonly (readonly [string, number])[]): Measured =>
  Object.fromEntries(values.map(([measure, value]) => [measure, { readings: [{ at: T0, value }] }]))

describe('the first row from the top of which any threshold is met', () => {
  test.each([
    ['nothing is measured', now(), null],
    ['no threshold is met', now(['users_affected', 0], ['latency_p95', 4_000]), null],
    ['one of the top row', now(['users_affected', 25.1]), 'red'],
    ['the bound itself', now(['users_affected', 25]), 'amber'],
    ['one of a lower row', now(['latency_p95', 4_001]), 'amber'],
    ['one of each: the higher', now(['latency_p95', 9_000], ['users_affected', 80]), 'red'],
    ['something that no row asks for', now(['latency_p50', 99_000]), null],
    ['a name that every object has', now(['constructor', 1]), null],
  ])('%s', (_, measured, severity) => expect(severityOfImpact(playbook, measured, T0)?.severity ?? null).toBe(severity))

  test('says what was measured, which threshold, and where it stands', () => {
    const verdict = severityOfImpact(playbook, now(['users_affected', 30]), T0)
    expect(verdict).toEqual({
      severity: 'red',
      rank: 0,
      sentence: 'Users affected: 30 %, and "> 25 %" is red.',
      path: 'severities.0.thresholds.users_affected',
    })
    expect(clauseText(playbook, verdict?.path ?? '')).toBe('red:  (users affected > 25 %)')
  })
})

describe('a threshold that must be met for a time', () => {
  const readings = (...values: readonly (readonly [number, number])[]): Measured => ({
    error_rate: { readings: values.map(([minute, value]) => ({ at: T0 + minute * MINUTE_MS, value })) },
  })
  const look = (measured: Measured, minute: number) => lookAtImpact(playbook, measured, T0 + minute * MINUTE_MS)

  test('is met when it has been so long, and says when that will be', () => {
    expect(look(readings([0, 60]), 9.99)).toEqual({ met: null, risesAt: T0 + 10 * MINUTE_MS })
    expect(look(readings([0, 60]), 10)).toMatchObject({ met: { row: { id: 'red' } }, risesAt: null })
  })

  test('counts from the last time it was not met', () => {
    expect(look(readings([0, 60], [5, 55], [8, 90]), 10).met?.row.id).toBe('red')
    expect(look(readings([0, 60], [5, 50], [6, 90]), 10)).toEqual({ met: null, risesAt: T0 + 16 * MINUTE_MS })
    expect(look(readings([0, 60], [5, 50]), 60)).toEqual({ met: null, risesAt: null })
  })

  test('wakes for the first of several', () => {
    const [first, ...rest] = playbook.severities
    const both = [
      impactThreshold('error_rate', '> 50 % for 2 min', 'severities.0.thresholds.error_rate.0'),
      impactThreshold('error_rate', '> 10 % for 30 min', 'severities.0.thresholds.error_rate.1'),
    ]
    const slow = { ...playbook, severities: [{ ...first, thresholds: both }, ...rest] as typeof playbook.severities }
    expect(lookAtImpact(slow, readings([0, 60]), T0).risesAt).toBe(T0 + 2 * MINUTE_MS)
  })

  test('may rise above what is met already', () => {
    const measured = { ...readings([0, 60]), ...now(['latency_p95', 5_000]) }
    expect(look(measured, 1)).toMatchObject({ met: { row: { id: 'amber' } }, risesAt: T0 + 10 * MINUTE_MS })
    expect(look({ ...measured, ...now(['users_affected', 50]) }, 1)).toMatchObject({ met: { row: { id: 'red' } }, risesAt: null })
  })
})

test('what can be measured is what the matrix names and what is known besides, each with its unit', () => {
  const [first, ...rest] = playbook.severities
  const odd = {
    ...playbook,
    severities: [{ ...first, thresholds: [impactThreshold('queue', '< 5', 'x')] }, ...rest] as typeof playbook.severities,
  }
  expect(measuresOf(odd).slice(0, 3)).toEqual(['queue', 'users_affected', 'latency_p95'])
  expect(['queue', 'error_rate', 'latency_p99', 'other'].map((measure) => unitOfMeasure(odd, measure))).toEqual(['number', '%', 'ms', null])
  expect(worstOf(odd, 'queue', [9, 3, 7])).toBe(3)
  expect(worstOf(odd, 'users_affected', [9, 3, 7])).toBe(9)
  expect(worstOf(odd, 'users_affected', [])).toBeNull()
})

test('a value crosses where it changes sides of a bound', () => {
  expect([
    crosses(playbook, 'users_affected', 26, 90),
    crosses(playbook, 'users_affected', 25, 26),
    crosses(playbook, 'users_affected', 1, 0),
  ]).toEqual([false, true, true])
})

test('the words of a place that decided', () => {
  expect(
    ['default_severity', 'incident_types.0.severity', 'severities.1', 'severities.9', '', 'nonsense'].map((path) =>
      clauseText(playbook, path),
    ),
  ).toEqual(['Default severity: amber', 'Spike: red', 'amber: ', '', '', ''])
})
