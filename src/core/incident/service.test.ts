/** Services and teams in an incident: who is paged, and what a change of either does. */
import { describe, expect, test } from 'vitest'
import { byAnn, IncidentRun, T0 } from '../../../test/support/incident-run.ts'
import { ann, bob, cyd, testPlaybook, testRoster } from '../../../test/support/playbook.ts'
import { asId, type PlaybookDigest } from '../id.ts'
import type { Playbook, Service } from '../playbook/playbook.ts'
import { clocksOf } from './clock.ts'
import { owedBy } from './owed.ts'

const service = (name: string, team: string | null): Service => ({ name, description: '', team, tier: null, labels: [], links: [] })
const base = testPlaybook()
const playbook: Playbook = {
  ...base,
  teams: [
    { name: 'Payments', description: '' },
    { name: 'Apps', description: '' },
  ],
  services: [service('checkout', 'Payments'), service('refunds', 'Payments'), service('search', null)],
  incidentTypes: [
    ...base.incidentTypes,
    ...base.incidentTypes.map((type) => ({ ...type, id: 'crash', title: 'Crash', team: 'Apps', severity: 'red' })),
  ],
}

/** The team's own people hold Ops: Bob those of Payments, Cyd those of Apps. The shell asks for the team that a change leads to. */
const holders = (team: string | null) =>
  testRoster({
    roles: { Ops: { current: [team === 'Payments' ? bob : team === 'Apps' ? cyd : ann], next: [] }, Boss: { current: [cyd], next: [] } },
  })

function opened(over: object = {}, team: string | null = null): IncidentRun {
  const run = new IncidentRun(playbook)
  run.roster = holders(team)
  run.open(over)
  return run
}

describe('an opening', () => {
  test('records the service and its team', () => {
    const run = opened({ service: 'checkout' }, 'Payments')
    expect(run.incident).toMatchObject({ service: 'checkout', team: 'Payments' })
    expect(run.paging()).toEqual(['Ops:Bob'])
  })

  test('of a type that a team owns is that team’s where no service says otherwise', () => {
    expect(opened({ incidentType: 'crash' }).incident).toMatchObject({ service: null, team: 'Apps' })
    expect(opened({ incidentType: 'crash', service: 'checkout' }).incident.team).toBe('Payments')
    expect(opened({ incidentType: 'crash', service: 'search' }).incident.team).toBe('Apps')
    expect(opened({ service: 'search' }).incident).toMatchObject({ service: 'search', team: null })
  })

  test('by a team’s key is that team’s, before the type’s and after the service’s', () => {
    const byKey = { sourceTeam: 'Payments' }
    expect(opened(byKey, 'Payments').paging()).toEqual(['Ops:Bob'])
    expect(opened(byKey).incident).toMatchObject({ team: 'Payments', sourceTeam: 'Payments' })
    expect(opened({ ...byKey, incidentType: 'crash' }).incident.team).toBe('Payments')
    expect(opened({ ...byKey, service: 'search' }).incident.team).toBe('Payments')
    expect(opened({ sourceTeam: 'Apps', service: 'checkout' }).incident.team).toBe('Payments')
    expect(opened({ sourceTeam: 'Gone' }).incident).toMatchObject({ team: null, sourceTeam: 'Gone' })
  })

  test('with a service that the playbook has not is refused', () => {
    expect(new IncidentRun(playbook).open({ service: 'chekout' })).toBe('service-unknown')
  })
})

describe('naming the service', () => {
  const name = (run: IncidentRun, to: string | null, team: string | null, now = T0 + 9): string => {
    run.roster = holders(team)
    return run.command(now, { type: 'name-service', by: byAnn, service: to, reason: '' })
  }

  test('of another team pages its people, and lets go those who were paged before', () => {
    const run = opened()
    expect(run.paging()).toEqual(['Ops:Ann'])
    expect(name(run, 'checkout', 'Payments')).toBe('service-named paged')
    expect(run.paging()).toEqual(['Ops:Bob'])
    expect(run.incident.duties.map((duty) => duty.state)).toEqual(['ended', 'open'])
    // The time to answer runs from the opening all the same.
    expect(clocksOf(run.incident, playbook, T0 + 10).map((clock) => [clock.state, clock.startedAt])).toEqual([['running', T0]])
  })

  test('of another team pages it also where somebody has acknowledged: they have found whose it is', () => {
    const run = opened()
    run.command(T0 + 1, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    name(run, 'checkout', 'Payments')
    expect(run.paging()).toEqual(['Ops:Bob'])
    expect(run.incident.duties.map((duty) => duty.state)).toEqual(['acknowledged', 'open'])
    expect(run.incident.responses.map((response) => response.metAt)).toEqual([T0 + 1])
  })

  test('of the same team, or of none, pages nobody again', () => {
    const run = opened({ service: 'checkout' }, 'Payments')
    expect(name(run, 'refunds', 'Payments')).toBe('service-named')
    expect(name(run, 'refunds', 'Payments')).toBe('')
    const other = opened()
    expect(name(other, 'search', null)).toBe('service-named')
    expect(other.incident.duties).toHaveLength(1)
  })

  test('can be taken back, and is refused for one that is not there', () => {
    const run = opened({ service: 'checkout' }, 'Payments')
    expect(name(run, 'nothing', 'Payments')).toBe('service-unknown')
    expect(name(run, null, null)).toBe('service-named paged')
    expect(run.incident).toMatchObject({ service: null, team: null })
  })

  test('taken back leaves it to the team whose key it came by', () => {
    const run = opened({ sourceTeam: 'Apps', service: 'checkout' }, 'Payments')
    expect(name(run, null, 'Apps')).toBe('service-named paged')
    expect(run.incident).toMatchObject({ service: null, team: 'Apps' })
    expect(name(run, 'search', 'Apps')).toBe('service-named')
    run.command(T0 + 20, { type: 'triage', by: byAnn, incidentType: 'crash', severity: null, reason: '' })
    expect(run.incident.team).toBe('Apps')
  })

  test('after the resolution is for the record only', () => {
    const run = opened()
    run.command(T0 + 1, { type: 'resolve', by: byAnn, reason: 'x' })
    expect(name(run, 'checkout', 'Payments')).toBe('service-named')
    expect(run.incident).toMatchObject({ service: 'checkout', team: 'Payments' })
    expect(run.paging()).toEqual([])
  })

  test('is owed while nobody has, in a playbook that names services', () => {
    const codes = (run: IncidentRun) => owedBy(run.incident, run.playbook, T0).map((item) => item.code)
    const run = opened()
    expect(codes(run)).toContain('name-service')
    name(run, 'checkout', 'Payments')
    expect(codes(run)).not.toContain('name-service')
    const plain = new IncidentRun()
    plain.open()
    expect(codes(plain)).not.toContain('name-service')
  })
})

test('triage to a type of another team pages that team', () => {
  const run = opened()
  run.roster = holders('Apps')
  expect(run.command(T0 + 1, { type: 'triage', by: byAnn, incidentType: 'crash', severity: 'amber', reason: '' })).toBe('triaged paged')
  expect(run.incident).toMatchObject({ team: 'Apps', severity: 'amber' })
  expect(run.paging()).toEqual(['Ops:Cyd'])
})

test('triage to a more severe type of another team pages it once a role, at the new row', () => {
  const run = opened()
  run.roster = holders('Apps')
  expect(run.command(T0 + 1, { type: 'triage', by: byAnn, incidentType: 'crash', severity: null, reason: '' })).toBe(
    'triaged severity-changed paged',
  )
  expect(run.paging()).toEqual(['Ops:Cyd', 'Boss:Cyd'])
})

test('a version of the playbook in which the service is another team’s pages that team', () => {
  const run = opened({ service: 'search' })
  run.playbook = { ...playbook, digest: asId<PlaybookDigest>('d2'), services: [service('search', 'Payments')] }
  run.roster = holders('Payments')
  expect(run.command(T0 + 1, { type: 'move-playbook', by: byAnn, playbook: run.playbook.digest, reason: 'x' })).toBe('playbook-moved paged')
  expect(run.incident.team).toBe('Payments')
  expect(run.paging()).toEqual(['Ops:Bob'])
})

test('a version of the playbook that does not name the key’s team leaves it to the organisation', () => {
  const run = opened({ sourceTeam: 'Apps' }, 'Apps')
  run.playbook = { ...playbook, digest: asId<PlaybookDigest>('d2'), teams: [] }
  run.roster = holders(null)
  expect(run.command(T0 + 1, { type: 'move-playbook', by: byAnn, playbook: run.playbook.digest, reason: 'x' })).toBe('playbook-moved paged')
  expect(run.incident).toMatchObject({ team: null, sourceTeam: 'Apps' })
  expect(run.paging()).toEqual(['Ops:Ann'])
})
