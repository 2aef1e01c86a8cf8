/** A small playbook and roster for tests of the core: names that the engine cannot know, times that are easy to add up. */
import { asId, type PersonId, type PlaybookDigest } from '../../src/core/id.ts'
import type { Roster, RosterPerson } from '../../src/core/oncall/roster.ts'
import { parseImpactThreshold } from '../../src/core/playbook/impact-threshold.ts'
import type { EscalationPolicy, ImpactThreshold, Playbook, SeverityRow } from '../../src/core/playbook/playbook.ts'
import { HOUR_MS, MINUTE_MS } from '../../src/core/time.ts'

const escalation: EscalationPolicy = {
  steps: [
    { page: 'on-call', waitMs: 2 * MINUTE_MS },
    { page: 'next', waitMs: 2 * MINUTE_MS },
    { page: 'owners', waitMs: 2 * MINUTE_MS },
  ],
  rounds: 2,
}

function row(id: string, rank: number, over: Partial<SeverityRow>): SeverityRow {
  return {
    id,
    rank,
    definition: '',
    example: '',
    thresholds: [],
    responseMs: 5 * MINUTE_MS,
    roles: [],
    acknowledgement: 'each',
    escalation,
    notify: [],
    ...over,
  }
}

export const ann = asId<PersonId>('00000000-0000-7000-8000-0000000000a1')
export const bob = asId<PersonId>('00000000-0000-7000-8000-0000000000b2')
export const cyd = asId<PersonId>('00000000-0000-7000-8000-0000000000c3')
export const own = asId<PersonId>('00000000-0000-7000-8000-0000000000d4')

/** Red pages Ops and Boss within 5 min, amber pages Ops within 15 min, blue pages nobody and has an hour. */
export function testPlaybook(over: Partial<Playbook> = {}): Playbook {
  return {
    digest: asId<PlaybookDigest>('d1'),
    metadata: { id: 'IRP-1', maintainer: { name: 'M', email: 'm@example.com' }, lastReview: '2026-01-01', nextReviewDue: '2026-04-01' },
    severities: [
      row('red', 0, { roles: ['Ops', 'Boss'] }),
      row('amber', 1, { roles: ['Ops'], responseMs: 15 * MINUTE_MS }),
      row('blue', 2, { responseMs: HOUR_MS, notify: ['Ops'] }),
    ],
    defaultSeverity: 'amber',
    lifecycle: [],
    resolution: { quietMs: 5 * MINUTE_MS, automatic: ['amber', 'blue'], flapping: { changes: 4, withinMs: 30 * MINUTE_MS } },
    incidentTypes: [
      {
        id: 'spike',
        title: 'Spike',
        detection: [{ alarm: 'Spike', sources: [], when: null, threshold: null }],
        severity: 'red',
        measures: null,
        team: null,
        groupBy: [],
        windowMs: null,
        firstStep: 'Go back one version.',
        mitigation: [],
        followUp: [],
      },
    ],
    roles: [
      { id: 'incident-commander', title: 'Incident Commander', responsibility: '', checklist: [], heldBy: ['Ops'] },
      { id: 'scribe', title: 'Scribe', responsibility: '', checklist: [], heldBy: ['Ops'] },
    ],
    communication: [],
    postMortem: { withinMs: 48 * HOUR_MS, severities: ['red'], sections: [] },
    compliance: [],
    passCriteria: [],
    slas: [],
    services: [],
    teams: [],
    grouping: { by: [], windowMs: null },
    heartbeats: [],
    newIncidentsPerMinuteMax: 10,
    pagesPerPerson: { max: 1_000, withinMs: 10 * MINUTE_MS },
    muting: { reasonRequired: [], maxMs: null, never: [], noticeBeforeMs: 15 * MINUTE_MS },
    inhibition: [],
    document: { title: null, sections: [] },
    prose: [],
    ...over,
  }
}

/** Ann is on call for Ops, Bob is next; Cyd is Boss; the owner is somebody else. */
export function testRoster(over: Partial<Roster> = {}): Roster {
  return {
    at: 0,
    roles: { Ops: { current: [ann], next: [bob] }, Boss: { current: [cyd], next: [] } },
    owners: [own],
    people: { [ann]: person('Ann'), [bob]: person('Bob'), [cyd]: person('Cyd'), [own]: person('Owner') },
    ...over,
  }
}

function person(name: string): RosterPerson {
  return { name, channels: ['email', 'console'] }
}

/** The same rows with what can be measured: red above 25 % of users or 50 % of errors for 10 min, amber below or slower than 4 s. */
export function measuringPlaybook(over: Partial<Playbook> = {}): Playbook {
  const thresholds: Record<string, readonly (readonly [string, string])[]> = {
    red: [
      ['users_affected', '> 25 %'],
      ['error_rate', '> 50 % for 10 min'],
    ],
    amber: [
      ['users_affected', '> 0 % and <= 25 %'],
      ['latency_p95', '> 4 s'],
    ],
  }
  const playbook = testPlaybook()
  const severities = playbook.severities.map((severity, index) => ({
    ...severity,
    thresholds: (thresholds[severity.id] ?? []).map(([measure, text]) =>
      impactThreshold(measure, text, `severities.${index}.thresholds.${measure}`),
    ),
  }))
  return { ...playbook, severities, ...over }
}

export function impactThreshold(measure: string, text: string, path: string): ImpactThreshold {
  const reading = parseImpactThreshold(text)
  if (reading.kind === 'unclear') throw new Error(reading.message)
  return { measure, ...reading.threshold, path }
}
