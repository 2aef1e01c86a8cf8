import { expect, test } from 'vitest'
import { ann, bob, own, testPlaybook, testRoster } from '../../../test/support/playbook.ts'
import { asId, type IncidentId, type PageKey } from '../id.ts'
import { decide } from '../incident/decide.ts'
import type { IncidentCommand } from '../incident/command.ts'
import { evolve } from '../incident/evolve.ts'
import { type Incident, noIncident } from '../incident/incident.ts'
import { settle } from '../incident/settle.ts'
import { MINUTE_MS } from '../time.ts'
import { nextPageOf } from './next-page.ts'

const playbook = testPlaybook()
const roster = testRoster()
const at = Date.UTC(2026, 0, 1)

function after(incident: Incident, command: IncidentCommand, now: number): Incident {
  const decision = decide(incident, command, playbook, now)
  if (decision.kind === 'refused') throw new Error(decision.code)
  return settle(decision.events.reduce(evolve, incident), playbook, roster, now).incident
}

const opened = after(
  noIncident,
  {
    type: 'open',
    id: asId<IncidentId>('i'),
    by: { kind: 'system', name: 'x' },
    title: 't',
    summary: '',
    incidentType: null,
    severity: 'amber',
    severityReason: '',
    private: false,
  },
  at,
)
const duties = opened.duties.map((duty) => duty.id)
const handOver = (pages: readonly PageKey[]): IncidentCommand => ({ type: 'record-hand-over', pages, channel: 'email' })

test('nobody knows who is next before a page was handed over', () => {
  expect(nextPageOf(opened, duties, { playbook, roster }, at)).toBeNull()
})

test('after the hand-over the wait runs, then the next on call, then the owners, then nobody', () => {
  let incident = opened
  let now = at
  const seen: unknown[] = []
  for (let step = 0; step < 6; step += 1) {
    incident = after(incident, handOver(incident.pages.map((page) => page.key)), now)
    const next = nextPageOf(incident, duties, { playbook, roster }, now + 30_000)
    seen.push(next?.people ?? null)
    if (next === null) break
    expect(next.at).toBe(now + 2 * MINUTE_MS)
    now = next.at
    incident = after(incident, { type: 'wake' }, now)
  }
  expect(seen).toEqual([[bob], [own], [ann], [bob], [own], null])
})

test('a duty that is acknowledged pages nobody more', () => {
  const pages = opened.pages.map((page) => page.key)
  const handed = after(opened, handOver(pages), at)
  const by = { kind: 'person', id: ann, name: 'Ann' } as const
  expect(
    nextPageOf(after(handed, { type: 'acknowledge', by, personId: ann, via: 'link' }, at), duties, { playbook, roster }, at),
  ).toBeNull()
})
