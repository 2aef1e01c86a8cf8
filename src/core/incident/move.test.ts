/** Moving an incident to another version of the playbook. */
import { describe, expect, test } from 'vitest'
import { byAnn, IncidentRun, openedRun, T0 } from '../../../test/support/incident-run.ts'
import { ann, impactThreshold, measuringPlaybook, testPlaybook } from '../../../test/support/playbook.ts'
import { asId, type PlaybookDigest } from '../id.ts'
import { MINUTE_MS } from '../time.ts'
import type { Playbook, SeverityRow } from '../playbook/playbook.ts'
import { clocksOf } from './clock.ts'

const V2 = asId<PlaybookDigest>('d2')

function versionOf(change: (row: SeverityRow) => Partial<SeverityRow>, over: Partial<Playbook> = {}): Playbook {
  const base = measuringPlaybook()
  return { ...base, digest: V2, severities: base.severities.map((row) => ({ ...row, ...change(row) })), ...over }
}

function move(run: IncidentRun, to: Playbook, now = T0 + MINUTE_MS, reason = 'the new one is right'): string {
  const before = run.playbook
  run.playbook = to
  const made = run.command(now, { type: 'move-playbook', by: byAnn, playbook: to.digest, reason })
  if (!made.includes('playbook-moved')) run.playbook = before
  return made
}

describe('who is paged', () => {
  test('roles that both name go on where they are, new ones begin, others end', () => {
    const run = openedRun('red', measuringPlaybook())
    run.handOver(T0)
    expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Cyd'])
    const to = versionOf((row) => (row.id === 'red' ? { roles: ['Ops', 'Legal'] } : {}))
    expect(move(run, to)).toBe('playbook-moved paged')
    expect(run.incident.duties.map((duty) => [duty.role, duty.state])).toEqual([
      ['Ops', 'open'],
      ['Boss', 'ended'],
      ['Legal', 'open'],
    ])
    // Nobody holds the new role, so it falls to the owners; the page of Ops goes on.
    expect(run.paging()).toEqual(['Ops:Ann', 'Legal:Owner'])
    expect(run.incident.playbook).toBe(V2)
  })

  test('what had been acknowledged stays so', () => {
    const run = openedRun('amber', measuringPlaybook())
    run.command(T0, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    expect(
      move(
        run,
        versionOf(() => ({})),
      ),
    ).toBe('playbook-moved')
    expect(run.paging()).toEqual([])
    expect(run.incident.duties.map((duty) => duty.state)).toEqual(['acknowledged'])
  })

  test('an escalation goes on by the waits of the new version', () => {
    const run = openedRun('amber', measuringPlaybook())
    run.handOver(T0)
    const quick = versionOf(() => ({
      escalation: {
        rounds: 2,
        steps: [
          { page: 'on-call', waitMs: MINUTE_MS },
          { page: 'next', waitMs: MINUTE_MS },
        ],
      },
    }))
    expect(move(run, quick, T0 + 10_000)).toBe('playbook-moved')
    expect(run.wakeAt).toBe(T0 + MINUTE_MS)
    run.command(T0 + MINUTE_MS, { type: 'wake' })
    expect(run.paging()).toEqual(['Ops:Ann', 'Ops:Bob'])
  })

  test('after it is resolved nobody is, and whoever opens it again pages the team that the new version says', () => {
    const run = new IncidentRun()
    run.playbook = measuringPlaybook({ teams: [{ name: 'Two', description: '' }] })
    run.open({ severity: 'red', sourceTeam: 'Two' })
    expect(run.incident.team).toBe('Two')
    run.command(T0 + 1, { type: 'resolve', by: byAnn, reason: 'x' })
    expect(
      move(
        run,
        versionOf(() => ({})),
      ),
    ).toBe('playbook-moved')
    run.command(T0 + 2 * MINUTE_MS, { type: 'reopen', by: byAnn, reason: 'x' })
    expect(run.incident.team).toBeNull()
  })

  test('after it is resolved nobody is', () => {
    const run = openedRun('amber', measuringPlaybook())
    run.command(T0, { type: 'resolve', by: byAnn, reason: 'done' })
    expect(
      move(
        run,
        versionOf(() => ({ roles: ['Ops', 'Boss'] })),
      ),
    ).toBe('playbook-moved')
    expect(run.paging()).toEqual([])
    expect(run.incident.duties).toHaveLength(1)
  })

  test('no id names two duties, however often it moves and is reopened', () => {
    const run = openedRun('amber', measuringPlaybook())
    const both = (digest: string) => ({ ...versionOf(() => ({ roles: ['Ops', 'Boss'] })), digest: asId<PlaybookDigest>(digest) })
    const again = (now: number): void => {
      run.command(now, { type: 'resolve', by: byAnn, reason: 'x' })
      run.command(now, { type: 'reopen', by: byAnn, reason: 'x' })
    }
    run.command(T0, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    move(run, both('v1'), T0 + 1)
    again(T0 + 2)
    move(run, { ...versionOf(() => ({ roles: ['Ops'] })), digest: asId<PlaybookDigest>('v2') }, T0 + 3)
    move(run, both('v3'), T0 + 4)
    again(T0 + 5)
    const ids = run.incident.duties.map((duty) => duty.id)
    expect(ids).toHaveLength(7)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('an acknowledged duty of a role that is gone stays acknowledged: what was done was done', () => {
    const run = openedRun('amber', measuringPlaybook())
    run.command(T0, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    move(
      run,
      versionOf(() => ({ roles: ['Boss'] })),
    )
    expect(run.incident.duties.map((duty) => [duty.role, duty.state])).toEqual([
      ['Ops', 'acknowledged'],
      ['Boss', 'open'],
    ])
  })
})

describe('the response clock', () => {
  const shorter = versionOf((row) => ({ responseMs: row.responseMs / 5 }))

  test('that still runs has the new time, from the same start', () => {
    const run = openedRun('red', measuringPlaybook())
    move(
      run,
      versionOf(() => ({ responseMs: 3 * MINUTE_MS })),
    )
    expect(clocksOf(run.incident, run.playbook, T0 + MINUTE_MS).map((clock) => [clock.kind, clock.state, clock.dueAt])).toEqual([
      ['response', 'waived', T0 + 5 * MINUTE_MS],
      ['response', 'running', T0 + 3 * MINUTE_MS],
      ['post-mortem', 'not_started', null],
    ])
    expect(run.wakeAt).toBeLessThanOrEqual(T0 + 3 * MINUTE_MS)
  })

  test('that was met stays met: nobody is late after the fact', () => {
    const run = openedRun('red', measuringPlaybook())
    run.command(T0 + 4 * MINUTE_MS, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    move(run, shorter, T0 + 5 * MINUTE_MS)
    expect(run.incident.responses.map((response) => response.metAt)).toEqual([T0 + 4 * MINUTE_MS])
    expect(clocksOf(run.incident, run.playbook, T0 + 5 * MINUTE_MS)[0]).toMatchObject({ state: 'met', dueAt: T0 + 5 * MINUTE_MS })
  })

  test('that was breached stays breached', () => {
    const run = openedRun('red', measuringPlaybook())
    run.handOver(T0)
    run.command(T0 + 5 * MINUTE_MS, { type: 'wake' })
    move(
      run,
      versionOf(() => ({ responseMs: 60 * MINUTE_MS })),
      T0 + 6 * MINUTE_MS,
    )
    expect(clocksOf(run.incident, run.playbook, T0 + 7 * MINUTE_MS)[0]).toMatchObject({ state: 'breached' })
    expect(run.incident.responses).toHaveLength(1)
  })
})

describe('the severity', () => {
  test('stays, and says where the new version has it', () => {
    const run = openedRun('red', measuringPlaybook())
    run.command(T0, { type: 'triage', by: byAnn, incidentType: 'spike', severity: null, reason: '' })
    const types = measuringPlaybook().incidentTypes
    const [type] = types
    if (type === undefined) throw new Error('no type')
    move(
      run,
      versionOf(() => ({}), {
        incidentTypes: [
          { ...type, id: 'first' },
          { ...type, firstStep: 'Another step.' },
        ],
      }),
    )
    expect(run.incident).toMatchObject({ severity: 'red', severityClause: 'incident_types.1.severity', firstStep: 'Another step.' })
  })

  test('that a person chose points at its row, and one by default at the default only where there is no type', () => {
    const chosen = openedRun('red', measuringPlaybook())
    chosen.command(T0, { type: 'change-severity', by: byAnn, severity: 'amber', reason: 'x' })
    chosen.command(T0, { type: 'change-severity', by: byAnn, severity: 'red', reason: 'x' })
    move(
      chosen,
      versionOf(() => ({})),
    )
    expect(chosen.incident.severityClause).toBe('severities.0')
    const typed = openedRun('amber', measuringPlaybook())
    move(
      typed,
      versionOf(() => ({})),
    )
    expect(typed.incident.severityClause).toBe('default_severity')
    const other = new IncidentRun(measuringPlaybook())
    other.open({ incidentType: 'spike', severity: 'amber' })
    move(
      other,
      versionOf(() => ({})),
    )
    expect(other.incident.severityClause).toBe('severities.1')
  })

  test('of a type that has another row now stays too: the row says so itself', () => {
    const run = openedRun('red', measuringPlaybook())
    const [type] = measuringPlaybook().incidentTypes
    if (type === undefined) throw new Error('no type')
    move(
      run,
      versionOf(() => ({}), { incidentTypes: [{ ...type, severity: 'blue' }] }),
    )
    expect(run.incident).toMatchObject({ severity: 'red', severityClause: 'severities.0' })
  })

  test('that was measured points at the threshold of the new version, and rises where that asks for more', () => {
    const run = openedRun('blue', measuringPlaybook())
    run.command(T0, { type: 'record-impact', by: byAnn, measure: 'users_affected', value: 12, unit: '%', reason: '' })
    expect(run.incident.severityClause).toBe('severities.1.thresholds.users_affected')
    const to = versionOf((row) =>
      row.id === 'red' ? { thresholds: [impactThreshold('users_affected', '> 10 %', 'severities.0.thresholds.users_affected.0')] } : {},
    )
    expect(move(run, to)).toBe('playbook-moved severity-changed paged')
    expect(run.incident).toMatchObject({ severity: 'red', severityClause: 'severities.0.thresholds.users_affected.0' })
  })
})

describe('is refused', () => {
  test.each([
    ['to the version that it has', testPlaybook(), 'playbook-unchanged'],
    ['where the severity is gone', versionOf((row) => ({ id: row.id === 'red' ? 'crimson' : row.id })), 'severity-unknown'],
    ['where the type is gone', versionOf(() => ({}), { incidentTypes: [] }), 'type-unknown'],
  ])('%s', (_, to, code) => {
    const run = openedRun('red', measuringPlaybook())
    expect(move(run, to)).toBe(code)
    expect(run.incident.playbook).toBe('d1')
  })

  test('without a reason, and when it is closed', () => {
    const run = openedRun('red', measuringPlaybook())
    expect(
      move(
        run,
        versionOf(() => ({})),
        T0,
        ' ',
      ),
    ).toBe('reason-required')
    run.command(T0, { type: 'resolve', by: byAnn, reason: 'x' })
    run.command(T0, { type: 'close', by: byAnn, reason: 'x' })
    expect(
      move(
        run,
        versionOf(() => ({})),
      ),
    ).toBe('incident-closed')
  })
})
