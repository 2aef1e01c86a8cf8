/** Severity that computes: who measures what, and what that does to an incident and to those who are paged. */
import { describe, expect, test } from 'vitest'
import { byAnn, byBob, IncidentRun, RUN_ID, source, T0 } from '../../../test/support/incident-run.ts'
import { ann, measuringPlaybook } from '../../../test/support/playbook.ts'
import type { MeasureUnit } from '../playbook/quantity.ts'
import { MINUTE_MS } from '../time.ts'
import { SOURCE_READINGS_MAX } from './decide-severity.ts'
import type { Actor } from './event.ts'
import { restoreIncident } from './incident.ts'
import { lookAtSeverity } from './severity.ts'

const units: Readonly<Record<string, MeasureUnit>> = { users_affected: '%', error_rate: '%', latency_p95: 'ms', latency_p50: 'ms' }
const measured = (run: IncidentRun, now: number, by: Actor, measure: string, value: number): string =>
  run.command(now, { type: 'record-impact', by, measure, value, unit: units[measure] ?? 'number', reason: '' })

function opened(severity: string, over: object = {}): IncidentRun {
  const run = new IncidentRun(measuringPlaybook())
  run.open({ severity, ...over })
  return run
}

const typed = (severity: string, over: object = {}) => {
  const [type, ...rest] = measuringPlaybook().incidentTypes
  if (type === undefined) throw new Error('no type')
  return new IncidentRun(
    measuringPlaybook({
      incidentTypes: [{ ...type, severity, measures: { measure: 'users_affected', unit: '%', factor: 1 }, ...over }, ...rest],
    }),
  )
}

describe('what a person measures', () => {
  test('raises, and pages the roles of the new row at once', () => {
    const run = opened('amber')
    run.command(T0 + 1, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    expect(measured(run, T0 + MINUTE_MS, byAnn, 'users_affected', 40)).toBe('impact-measured severity-changed paged')
    expect(run.incident).toMatchObject({
      severity: 'red',
      severityBasis: 'impact',
      severityReason: 'Users affected: 40 %, and "> 25 %" is red.',
      severityClause: 'severities.0.thresholds.users_affected',
    })
    // What Ann had acknowledged at amber is carried over: she measured it.
    expect(run.paging()).toEqual(['Boss:Cyd'])
  })

  test('lowers, and ends the pages of roles that the lower row does not name', () => {
    const run = opened('red')
    expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Cyd'])
    expect(measured(run, T0 + MINUTE_MS, byBob, 'users_affected', 5)).toBe('impact-measured severity-changed')
    expect(run.incident.severity).toBe('amber')
    expect(run.paging()).toEqual(['Ops:Ann'])
  })

  test('changes nothing where it meets no threshold, or the row that it has', () => {
    const run = opened('amber')
    expect(measured(run, T0 + 1, byAnn, 'users_affected', 0)).toBe('impact-measured')
    expect(measured(run, T0 + 2, byAnn, 'latency_p50', 90_000)).toBe('impact-measured')
    expect(measured(run, T0 + 3, byAnn, 'users_affected', 20)).toBe('impact-measured')
    expect(run.incident).toMatchObject({
      severity: 'amber',
      severityBasis: 'playbook',
      impact: { users_affected: { value: 20, unit: '%', by: byAnn } },
    })
  })

  test('is only noted, and proposed, where a person has chosen by hand', () => {
    const run = opened('amber')
    run.command(T0 + 1, { type: 'change-severity', by: byBob, severity: 'blue', reason: 'a test of ours' })
    expect(measured(run, T0 + 2, byAnn, 'users_affected', 90)).toBe('impact-measured')
    expect(run.incident).toMatchObject({
      severity: 'blue',
      severityBasis: 'person',
      severityReason: 'a test of ours',
      severityClause: 'severities.2',
    })
    expect(lookAtSeverity(run.incident, run.playbook, T0 + 3)).toMatchObject({ change: null, proposed: { row: { id: 'red' } } })
  })

  test('is refused in another unit, of a name that nothing has, and where it cannot be', () => {
    const run = opened('amber')
    const ask = (measure: string, value: number, unit: MeasureUnit) =>
      run.command(T0, { type: 'record-impact', by: byAnn, measure, value, unit, reason: '' })
    expect(ask('users_affected', 25, 'number')).toBe('unit-wrong')
    expect(ask('latency_p95', 25, '%')).toBe('unit-wrong')
    expect(ask('mood', 1, 'number')).toBe('measure-unknown')
    expect(ask('__proto__', 1, 'number')).toBe('measure-unknown')
    expect(ask('users_affected', 101, '%')).toBe('value-impossible')
    expect(ask('users_affected', -1, '%')).toBe('value-impossible')
    expect(ask('latency_p95', Number.NaN, 'ms')).toBe('value-impossible')
  })

  test('is taken down after the resolution too, and then changes nothing', () => {
    const run = opened('amber')
    run.command(T0 + 1, { type: 'resolve', by: byAnn, reason: 'done' })
    expect(measured(run, T0 + 2, byAnn, 'users_affected', 90)).toBe('impact-measured')
    expect(run.incident).toMatchObject({ severity: 'amber', phase: 'resolved', impact: { users_affected: { value: 90 } } })
    expect(run.wakeAt).toBeNull()
  })
})

describe('what a source measures', () => {
  test('raises', () => {
    const run = opened('amber')
    expect(measured(run, T0 + 1, source, 'users_affected', 40)).toBe('impact-measured severity-changed paged')
    expect(run.incident.severity).toBe('red')
  })

  test('never lowers, and says that it would', () => {
    const run = opened('red')
    expect(measured(run, T0 + 1, source, 'users_affected', 5)).toBe('impact-measured')
    expect(run.incident.severity).toBe('red')
    expect(lookAtSeverity(run.incident, run.playbook, T0 + 1).proposed).toMatchObject({ row: { id: 'amber' } })
  })

  test('does not take back what a person has measured since, unless it is news', () => {
    const run = opened('amber')
    measured(run, T0 + 1, source, 'users_affected', 40)
    measured(run, T0 + 2, byAnn, 'users_affected', 5)
    expect(run.incident.severity).toBe('amber')
    expect(measured(run, T0 + 3, source, 'users_affected', 41)).toBe('')
    expect(measured(run, T0 + 4, source, 'users_affected', 20)).toBe('impact-measured')
    expect(measured(run, T0 + 5, source, 'users_affected', 41)).toBe('impact-measured severity-changed paged')
    // Only a person's measurement lowers it again.
    measured(run, T0 + 6, source, 'users_affected', 1)
    expect(run.incident.severity).toBe('red')
  })

  test('is taken down when it crosses a bound, not each time it is sent', () => {
    const run = opened('red')
    for (let index = 0; index < 500; index += 1) measured(run, T0 + index, source, 'users_affected', 30 + (index % 60))
    expect(run.events.filter((event) => event.type === 'incident.impact-measured')).toHaveLength(1)
  })

  test('fills the record up to a bound, and after that only with what raises', () => {
    const run = opened('red')
    for (let index = 0; index < 1_000; index += 1) measured(run, T0 + index, source, 'users_affected', index % 2 === 0 ? 30 : 10)
    expect(run.events.filter((event) => event.type === 'incident.impact-measured')).toHaveLength(SOURCE_READINGS_MAX)
    measured(run, T0 + 2_000, byAnn, 'users_affected', 5)
    expect(run.incident.severity).toBe('amber')
    expect(measured(run, T0 + 3_000, source, 'users_affected', 90)).toBe('impact-measured severity-changed paged')
  })

  test('is not taken down when it is over', () => {
    const run = opened('amber')
    run.command(T0, { type: 'resolve', by: byAnn, reason: 'done' })
    expect(measured(run, T0 + 1, source, 'users_affected', 40)).toBe('')
  })

  test('at the opening decides the row that it is opened at, and nobody is paged twice', () => {
    const run = typed('amber')
    run.open({ incidentType: 'spike', measured: { measure: 'users_affected', value: 60, unit: '%' } })
    expect(run.events.map((event) => event.type)).toEqual(['incident.opened', 'incident.impact-measured', 'incident.paged'])
    expect(run.incident).toMatchObject({
      severity: 'red',
      severityBasis: 'impact',
      severityClause: 'severities.0.thresholds.users_affected',
    })
    expect(run.incident.responses).toHaveLength(1)
    expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Cyd'])
  })

  test('at the opening only raises', () => {
    const run = typed('red')
    run.open({ incidentType: 'spike', measured: { measure: 'users_affected', value: 1, unit: '%' } })
    expect(run.incident).toMatchObject({ severity: 'red', severityBasis: 'playbook', severityClause: 'incident_types.0.severity' })
  })
})

describe('what is unknown', () => {
  test('takes the default where it is more severe, if the type says what its signals measure and this one sent nothing', () => {
    const run = typed('blue')
    run.open({ incidentType: 'spike' })
    expect(run.incident).toMatchObject({ severity: 'amber', severityClause: 'default_severity' })
    expect(run.incident.severityReason).toBe('because Users affected was not sent: until somebody knows better it is amber.')
    const sent = typed('blue')
    sent.open({ incidentType: 'spike', measured: { measure: 'users_affected', value: 0, unit: '%' } })
    expect(sent.incident.severity).toBe('blue')
  })

  test('takes the row of a type that measures nothing: the playbook has said how bad it is', () => {
    const run = typed('blue', { measures: null })
    run.open({ incidentType: 'spike' })
    expect(run.incident).toMatchObject({ severity: 'blue', severityClause: 'incident_types.0.severity' })
  })

  test('is as if nothing was sent where the unit is another than the playbook’s', () => {
    const run = typed('blue')
    run.open({ incidentType: 'spike', measured: { measure: 'users_affected', value: 90, unit: 'number' } })
    expect(run.incident).toMatchObject({ severity: 'amber', impact: {} })
  })
})

describe('a threshold that must be met for a time', () => {
  test('raises when the time has passed, by the clock alone', () => {
    const run = opened('amber')
    run.command(T0, { type: 'acknowledge', by: source, personId: null, via: 'source' })
    expect(measured(run, T0 + MINUTE_MS, source, 'error_rate', 60)).toBe('impact-measured')
    expect(run.wakeAt).toBe(T0 + 11 * MINUTE_MS)
    expect(run.command(T0 + 11 * MINUTE_MS - 1, { type: 'wake' })).toBe('')
    expect(run.command(T0 + 11 * MINUTE_MS, { type: 'wake' })).toBe('severity-changed paged')
    const changed = run.events.findLast((event) => event.type === 'incident.severity-changed')
    expect(changed).toMatchObject({ by: { kind: 'system' }, reason: 'Error rate: 60 %, and "> 50 % for 10 min" is red.', carriedBy: null })
  })

  test('wakes nobody up for what a person has chosen by hand', () => {
    const run = opened('amber')
    run.command(T0, { type: 'change-severity', by: byAnn, severity: 'blue', reason: 'a test' })
    run.command(T0, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    measured(run, T0, source, 'error_rate', 60)
    expect(run.wakeAt).toBeNull()
  })

  test('is broken by a value in between, and by all alerts being clear', () => {
    const run = opened('amber')
    measured(run, T0, source, 'error_rate', 60)
    measured(run, T0 + 5 * MINUTE_MS, source, 'error_rate', 40)
    run.command(T0 + 20 * MINUTE_MS, { type: 'wake' })
    expect(run.incident.severity).toBe('amber')
    measured(run, T0 + 21 * MINUTE_MS, source, 'error_rate', 60)
    run.command(T0 + 22 * MINUTE_MS, { type: 'attach-alerts', opened: 1, resolved: 1, firing: 0, total: 1, sample: [] })
    run.command(T0 + 26 * MINUTE_MS, { type: 'attach-alerts', opened: 1, resolved: 0, firing: 1, total: 2, sample: [] })
    run.command(T0 + 40 * MINUTE_MS, { type: 'wake' })
    expect(run.incident).toMatchObject({ severity: 'amber', impact: { error_rate: { value: 60, readings: [] } } })
  })

  test('keeps what a person measures from lowering until its time is over', () => {
    const run = opened('red')
    measured(run, T0, byAnn, 'error_rate', 60)
    expect(measured(run, T0 + 1, byAnn, 'users_affected', 5)).toBe('impact-measured')
    expect(run.incident.severity).toBe('red')
    expect(measured(run, T0 + 5 * MINUTE_MS, byAnn, 'error_rate', 10)).toBe('impact-measured severity-changed')
    expect(run.incident.severity).toBe('amber')
  })
})

describe('triage', () => {
  const triage = (run: IncidentRun, over: object = {}) =>
    run.command(T0 + 9, { type: 'triage', by: byAnn, incidentType: 'spike', severity: null, reason: '', ...over })

  test('by type takes the type’s row, and says where it stands', () => {
    const run = opened('amber')
    triage(run)
    expect(run.incident).toMatchObject({
      severity: 'red',
      severityBasis: 'playbook',
      severityReason: 'Incident type "Spike".',
      severityClause: 'incident_types.0.severity',
    })
  })

  test('by type keeps what a person has chosen by hand, and what a person has measured', () => {
    const chosen = opened('red')
    chosen.command(T0 + 1, { type: 'change-severity', by: byBob, severity: 'blue', reason: 'a test' })
    expect(triage(chosen)).toBe('triaged')
    const known = opened('red')
    measured(known, T0 + 1, byBob, 'users_affected', 5)
    expect(triage(known)).toBe('triaged')
    expect([chosen.incident.severity, known.incident.severity]).toEqual(['blue', 'amber'])
  })

  test('by type takes what a source has measured where that is more severe, without a step down first', () => {
    const run = typed('blue')
    run.open()
    measured(run, T0 + 1, source, 'users_affected', 60)
    expect(triage(run)).toBe('triaged')
    expect(run.incident).toMatchObject({ severity: 'red', incidentType: 'spike' })
  })

  test('that names a row is a choice by hand', () => {
    const run = opened('amber')
    triage(run, { incidentType: null, severity: 'blue' })
    expect(run.incident).toMatchObject({
      severity: 'blue',
      severityBasis: 'person',
      severityReason: 'Classified at triage.',
      severityClause: 'severities.2',
    })
    expect(triage(run, { severity: 'pink' })).toBe('severity-unknown')
    expect(triage(run, { incidentType: 'none' })).toBe('type-unknown')
  })
})

test('a rise by what somebody else measures pages those who had acknowledged again', () => {
  const run = opened('amber')
  run.command(T0 + 1, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
  measured(run, T0 + 2, byBob, 'users_affected', 60)
  expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Cyd'])
})

test('a state of an earlier release is read as one that nothing was measured in', () => {
  const {
    severityClause: _clause,
    severityBasis: _basis,
    impact: _impact,
    mayLower: _lower,
    sourceReadings: _count,
    ...old
  } = opened('amber').incident
  const restored = restoreIncident(old as never)
  expect(restored).toMatchObject({ id: RUN_ID, severityBasis: 'playbook', impact: {} })
  expect(lookAtSeverity(restored, measuringPlaybook(), T0)).toEqual({ change: null, proposed: null, wakeAt: null })
})
