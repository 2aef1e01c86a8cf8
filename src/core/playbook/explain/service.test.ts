/** A signal of a service is explained as it would be applied: its own group, its team's people. */
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { signalOf } from '../../../../test/support/signal.ts'
import { ann, bob, testRoster } from '../../../../test/support/playbook.ts'
import type { PlaybookDigest } from '../../id.ts'
import type { Roster } from '../../oncall/roster.ts'
import { parsePlaybook } from '../parse.ts'
import { openClauses } from './clause.ts'
import { explain } from './explain.ts'

const text = stringify({
  metadata: { id: 'IRP-1', maintainer: { email: 'm@example.com' }, last_review: '2026-01-01', next_review_due: '2026-04-01' },
  severities: [{ id: 'P1', definition: 'Down', response_time: '5 min', roles_paged: ['Ops'] }],
  default_severity: 'P1',
  incident_types: [{ title: 'Spike', severity: 'P1', detection: [{ alarm: 'Spike' }] }],
  teams: [{ name: 'Payments' }, { name: 'Apps' }],
  services: [{ name: 'checkout', team: 'Payments' }],
})
const { playbook } = parsePlaybook(text, 'd' as PlaybookDigest)

function rosterAt(_at: number, team?: string | null): Roster {
  return testRoster({ roles: { Ops: { current: [team === 'Payments' ? bob : ann], next: [] } } })
}

test.each([
  [{ service: 'checkout' }, 'type:spike:@checkout', bob],
  [{ service: 'other' }, 'type:spike:', ann],
])('%j', (labels, groupKey, holder) => {
  if (playbook === null) throw new Error('the playbook is not sound')
  const signal = signalOf({ alarm: 'Spike', labels })
  const asked = { playbook, clauses: openClauses(text), rosterAt, signal, sourceKind: 'json', sourceId: 's', sourceTeam: null, at: 1_000 }
  const { incident } = explain(asked)
  expect(incident?.groupKey).toBe(groupKey)
  expect(incident?.pages[0]).toMatchObject({ person: { id: holder } })
  expect([incident?.service?.name, incident?.team?.name]).toEqual(holder === bob ? ['checkout', 'Payments'] : [undefined, undefined])
  if (incident?.team) expect([incident.service?.clause.quote, incident.team.clause.quote]).toEqual(['- name: checkout', 'team: Payments'])
})

test.each([
  [{}, 'Payments', 'type:spike:~Payments', bob, 'It came by a key of Payments, so it is theirs.', '- name: Payments'],
  [{ service: 'checkout' }, 'Apps', 'type:spike:@checkout', bob, 'the service decides whose it is.', 'team: Payments'],
  [{}, 'Gone', 'type:spike:', ann, 'that decides nothing.', undefined],
])('%j by a key of %s', (labels, sourceTeam, groupKey, holder, reason, quote) => {
  if (playbook === null) throw new Error('the playbook is not sound')
  const signal = signalOf({ alarm: 'Spike', labels })
  const { incident } = explain({
    playbook,
    clauses: openClauses(text),
    rosterAt,
    signal,
    sourceKind: 'json',
    sourceId: 's',
    sourceTeam,
    at: 1_000,
  })
  expect(incident?.groupKey).toBe(groupKey)
  expect(incident?.pages[0]).toMatchObject({ person: { id: holder } })
  expect(incident?.teamReason).toContain(reason)
  expect(incident?.team?.clause.quote).toBe(quote)
})
