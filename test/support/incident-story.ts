/** A made-up incident with all that hangs on it, as the API shows it, for tests of the console. People and figures are invented. */
import type { Alert, Clock, Incident, Page, PersonRef, TimelineEntry } from '../../src/api/schema.ts'

export const mara: PersonRef = { id: 'p-mara', name: 'Mara Klein', email: 'mara@example.com' }
export const ravi: PersonRef = { id: 'p-ravi', name: 'Ravi Patel', email: 'ravi@example.com' }
const sana: PersonRef = { id: 'p-sana', name: 'ثناء القاسمي', email: 'sana@example.com' }

const MINUTE = 60_000

function ago(minutes: number): string {
  return new Date(Date.now() - minutes * MINUTE).toISOString()
}

interface Story {
  incident: Incident
  clocks: Clock[]
  pages: Page[]
  alerts: Alert[]
  timeline: TimelineEntry[]
}

function clockOf(
  id: string,
  kind: string,
  startedMin: number,
  limitMin: number,
  state: Clock['state'] = 'running',
  endedMin: number | null = null,
): Clock {
  return {
    id,
    kind,
    audience: kind === 'update' ? 'Customers' : null,
    clause: `${kind} within ${limitMin} min`,
    started_at: ago(startedMin),
    due_at: ago(startedMin - limitMin),
    state,
    ended_at: endedMin === null ? null : ago(endedMin),
    reason: null,
  }
}

const ROLES = [
  ['incident-commander', 'Incident Commander', 'Assign roles, maintain timeline, decision-maker'],
  ['communications-lead', 'Communications Lead', 'Update StatusPage, draft customer comms'],
  ['operations-lead', 'Operations Lead', 'Execute mitigations, rollbacks'],
  ['security-lead', 'Security Lead', 'Assess data breach risk, coordinate GDPR/HIPAA notice'],
  ['scribe', 'Scribe', 'Document timeline, actions, post-mortem notes'],
] as const

interface Sketch {
  readonly number: number
  readonly title: string
  readonly rank?: number
  readonly phase?: Incident['phase']
  readonly openedMin?: number
  readonly acknowledged?: boolean
  readonly commander?: PersonRef
  readonly clock?: Clock | null
  readonly summary?: string
  readonly firing?: number
  readonly total?: number
  readonly pagingYou?: boolean
  readonly private?: boolean
  readonly type?: string | null
}

export function incidentOf(sketch: Sketch): Incident {
  const phase = sketch.phase ?? 'detected'
  const rank = sketch.rank ?? 0
  const opened = sketch.openedMin ?? 11
  const over = phase === 'resolved' || phase === 'reviewed' || phase === 'closed'
  return {
    id: `i-${sketch.number}`,
    number: sketch.number,
    title: sketch.title,
    summary: sketch.summary ?? '',
    severity: `SEV-${rank + 1}`,
    severity_rank: rank,
    severity_clause: 'incident_types.0.severity',
    severity_sentence: 'API 5xx Spike: SEV-1',
    severity_basis: 'playbook',
    monitored: true,
    resolution_proposed: null,
    kept_open: null,
    flapping: null,
    merged_into: null,
    merged: [],
    links: [],
    severity_proposed: null,
    impact: {},
    service: null,
    team: null,
    team_reason: '',
    owed: [],
    alerts_firing_at_resolution: null,
    severity_reason: 'API5xxAlarm is what the playbook calls API 5xx Spike, and that is SEV-1.',
    phase,
    open: !over,
    type: sketch.type === undefined ? 'api-5xx-spike' : sketch.type,
    type_title: sketch.type === null ? null : 'API 5xx Spike',
    first_step: sketch.type === null ? '' : 'Revert the Lambda alias to its previous version.',
    private: sketch.private ?? false,
    opened_at: ago(opened),
    acknowledged_at: sketch.acknowledged === true ? ago(opened - 2.5) : null,
    mitigating_at: phase === 'mitigating' || over ? ago(opened - 4) : null,
    resolved_at: over ? ago(opened / 2) : null,
    closed_at: phase === 'closed' ? ago(opened / 4) : null,
    updated_at: ago(1),
    roles: ROLES.map(([role, title, responsibility], place) => ({
      role,
      title,
      responsibility,
      checklist: [],
      person: place === 0 ? (sketch.commander ?? null) : null,
      since: place === 0 && sketch.commander !== undefined ? ago(opened - 2.5) : null,
    })),
    playbook_version: 3,
    playbook_digest: 'abcdef',
    next_due: sketch.clock?.due_at ?? null,
    next_clock: sketch.clock ?? null,
    next_page: null,
    alerts_total: sketch.total ?? 1,
    alerts_firing: sketch.firing ?? (over ? 0 : 1),
    source: 'Prometheus eu-west-1',
    version: 7,
    paging_you: sketch.pagingYou ?? false,
  }
}

export function alertOf(number: number, place = 0): Alert {
  return {
    id: `a-${number}-${place}`,
    dedup_key: `key-${number}-${place}`,
    alarm: place === 0 ? 'API5xxAlarm' : `Alarm${place}`,
    title: 'API 5xx above 50 % for 10 min',
    state: place % 3 === 2 ? 'resolved' : 'firing',
    source: 'Prometheus eu-west-1',
    source_id: 's-1',
    labels: {
      alertname: 'API5xxAlarm',
      function: 'checkout-api',
      region: 'eu-west-1',
      alias: 'live',
      instance: '10.0.12.7:9100',
      job: 'api-gateway',
      severity: 'critical',
      team: 'payments',
      cluster: 'prod-1',
      pod: 'checkout-api-7f0c9d5b8-x2x9k',
    },
    links: [
      { href: 'https://grafana.example.com/d/abc', text: 'Dashboard' },
      { href: 'javascript:alert(1)', text: 'not a link' },
    ],
    severity_hint: 'critical',
    value: 61.4,
    starts_at: ago(11),
    first_at: ago(11),
    last_at: ago(0.15),
    resolved_at: place % 3 === 2 ? ago(3) : null,
    count: 212,
    incident_id: `i-${number}`,
    hold: null,
    silent_since: null,
  }
}

export function storyOf(incident: Incident): Story {
  const opened = (Date.now() - Date.parse(incident.opened_at)) / MINUTE
  const acknowledged = incident.acknowledged_at !== null
  const clocks = [
    acknowledged
      ? clockOf('c1', 'response', opened, 5, 'met', opened - 2.48)
      : clockOf('c1', 'response', opened, 5, opened > 5 ? 'breached' : 'running'),
    incident.open
      ? { ...clockOf('c2', 'post-mortem', 0, 0, 'not_started'), started_at: null, due_at: null }
      : clockOf('c2', 'post-mortem', opened / 2, 48 * 60),
  ]
  return {
    incident,
    clocks,
    pages: pagesOf(incident, opened, acknowledged),
    alerts: Array.from({ length: Math.min(incident.alerts_total, 12) }, (_, place) => alertOf(incident.number, place)),
    timeline: timelineOf(incident, opened, acknowledged),
  }
}

function pagesOf(incident: Incident, opened: number, acknowledged: boolean): Page[] {
  const delivery = (
    channel: string,
    state: Page['deliveries'][number]['state'],
    seconds: number,
    reason: string | null = null,
  ): Page['deliveries'][number] => ({
    channel,
    state,
    queued_at: ago(opened),
    due_at: null,
    sent_at: state === 'queued' || state === 'failed' ? null : ago(opened - seconds / 60),
    delivered_at: state === 'delivered' || state === 'seen' ? ago(opened - seconds / 60) : null,
    seen_at: state === 'seen' ? ago(opened - seconds / 60) : null,
    reason,
    attempts: state === 'failed' ? 4 : 1,
    evidence: channel === 'email' ? 'The mail server took it; nobody says that it was read.' : 'The console was open and visible.',
  })
  const page = (person: PersonRef, role: string, deliveries: Page['deliveries'], done = false): Page => ({
    id: `pg-${incident.number}-${person.id}`,
    incident_id: incident.id,
    person,
    role,
    state: done ? 'acknowledged' : 'paging',
    round: 0,
    step: 0,
    because: person === ravi ? 'nobody holds CTO, so an owner is paged' : '',
    created_at: ago(opened),
    acknowledged_at: done ? ago(opened - 2.48) : null,
    deliveries,
  })
  return [
    page(
      mara,
      'DevSecOps',
      [delivery('email', 'sent', 0.3), delivery('webhook:ops', 'delivered', 0.2), delivery('console', 'seen', 1.1)],
      acknowledged,
    ),
    page(ravi, 'CTO', [delivery('email', 'failed', 0, 'status 550: mailbox unavailable'), delivery('console', 'queued', 0)]),
    page(sana, 'Security Officer', [delivery('email', 'sent', 0.3), delivery('console', 'seen', 9)]),
  ]
}

function timelineOf(incident: Incident, opened: number, acknowledged: boolean): TimelineEntry[] {
  const system = { kind: 'system', id: null, name: 'Tocsin' } as const
  const person = { kind: 'person', id: mara.id, name: mara.name } as const
  const rows: [type: string, minutes: number, text: string, actor: TimelineEntry['actor'], data?: Record<string, unknown>][] = [
    [
      'opened',
      opened,
      'Prometheus eu-west-1 opened it as SEV-1: API5xxAlarm is what the playbook calls API 5xx Spike.',
      { kind: 'source', id: 's-1', name: 'Prometheus eu-west-1' },
    ],
    ['alerts-changed', opened, '1 alert began to fire: API 5xx above 50 % for 10 min (1 of 1 firing).', system, { opened: 1 }],
    [
      'paged',
      opened - 0.01,
      'Paged Mara Klein (DevSecOps), Ravi Patel (CTO, nobody holds CTO) and ثناء القاسمي (Security Officer).',
      system,
    ],
    ['page-handed-over', opened - 0.02, 'Page to Mara Klein handed to email.', system],
    ['page-failed', opened - 0.1, 'Page to Ravi Patel by email failed for good: status 550: mailbox unavailable.', system],
    ...(acknowledged
      ? ([
          ['acknowledged', opened - 2.48, 'Mara Klein acknowledged for DevSecOps by console.', person],
          ['triaged', opened - 2.6, 'Mara Klein triaged it as API 5xx Spike.', person],
          ['role-assigned', opened - 2.8, 'Mara Klein took the role Incident Commander.', person],
          ['mitigation-started', opened - 4, 'Mara Klein started mitigation.', person],
          [
            'noted',
            opened - 6,
            'Mara Klein: Rolling back',
            person,
            { text: 'Rolling back alias live from 42 to 41.\nCheckout errors began 9 min after deploy #5121.' },
          ],
        ] as [string, number, string, TimelineEntry['actor'], Record<string, unknown>?][])
      : []),
  ]
  return rows.map(([type, minutes, text, actor, data], place) => ({
    id: `${incident.id}/${place + 1}`,
    version: place + 1,
    at: ago(minutes),
    recorded_at: ago(minutes),
    type: `incident.${type}`,
    actor,
    text,
    data: data ?? {},
  }))
}
