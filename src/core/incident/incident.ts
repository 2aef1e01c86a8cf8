/** The folded state of an incident: everything `decide` and `plan` need, and nothing that a list would rather ask SQL for. */
import type { DutyId, IncidentId, PageKey, PersonId, PlaybookDigest } from '../id.ts'
import type { Instant } from '../time.ts'
import type { IncidentFact, NoticeAbout, Phase } from './event.ts'

export interface Incident {
  /** Null until `incident.opened`. */
  readonly id: IncidentId | null
  readonly phase: Phase
  readonly title: string
  readonly summary: string
  readonly firstStep: string
  readonly incidentType: string | null
  readonly severity: string
  readonly severityReason: string
  readonly playbook: PlaybookDigest | null
  readonly private: boolean
  readonly openedAt: Instant
  /** The first acknowledgement of all. */
  readonly acknowledgedAt: Instant | null
  readonly mitigatingAt: Instant | null
  /** The latest resolution; null while open. */
  readonly resolvedAt: Instant | null
  /** The first resolution of all: the post-mortem's clock starts here and a reopening does not move it. */
  readonly firstResolvedAt: Instant | null
  readonly reviewedAt: Instant | null
  readonly closedAt: Instant | null
  readonly alerts: AlertTally
  /** Since when every alert has been clear; null while one fires or where there never was one. */
  readonly greenSince: Instant | null
  /** The response obligations, one for each time a severity was set; the last one is current. */
  readonly responses: readonly ResponseDuty[]
  readonly duties: readonly Duty[]
  readonly pages: readonly PageState[]
  /** Incident role id to who holds it. */
  readonly roles: Readonly<Record<string, { readonly personId: PersonId; readonly personName: string; readonly since: Instant }>>
  readonly facts: Readonly<Partial<Record<IncidentFact, Instant>>>
  /** Keys of the notices already given. */
  readonly notices: readonly { readonly key: string; readonly about: NoticeAbout; readonly at: Instant }[]
}

export interface AlertTally {
  readonly total: number
  readonly firing: number
  /** How many `alerts-changed` events there have been; bounds the next, see `attachAlerts`. */
  readonly reports: number
}

export interface ResponseDuty {
  readonly severity: string
  readonly startedAt: Instant
  readonly dueAt: Instant
  readonly metAt: Instant | null
  readonly breachedAt: Instant | null
  /** Set when another severity took its place before it was met. */
  readonly waivedAt: Instant | null
}

export type DutyState = 'open' | 'acknowledged' | 'released' | 'exhausted' | 'ended'

/** One role's obligation to respond at one severity. */
export interface Duty {
  readonly id: DutyId
  readonly role: string
  readonly severity: string
  readonly since: Instant
  readonly state: DutyState
  readonly acknowledgedBy: PersonId | null
  readonly acknowledgedAt: Instant | null
  /** The step last begun, counted from 0 within the round; -1 before the first. */
  readonly step: number
  readonly round: number
  /** Set by `page-declined`: the next step is due now. */
  readonly hurried: boolean
}

export type PagePhase = 'paging' | 'acknowledged' | 'declined' | 'ended'

export interface PageState {
  readonly key: PageKey
  readonly duty: DutyId
  readonly role: string
  readonly personId: PersonId
  readonly round: number
  readonly step: number
  readonly state: PagePhase
  readonly at: Instant
  readonly channels: readonly string[]
  /** First hand-over on any channel. */
  readonly handedOverAt: Instant | null
  /** First failure on any channel. */
  readonly troubleAt: Instant | null
  /** Channels that will not be tried again. */
  readonly deadChannels: readonly string[]
}

export const noIncident: Incident = {
  id: null,
  phase: 'detected',
  title: '',
  summary: '',
  firstStep: '',
  incidentType: null,
  severity: '',
  severityReason: '',
  playbook: null,
  private: false,
  openedAt: 0,
  acknowledgedAt: null,
  mitigatingAt: null,
  resolvedAt: null,
  firstResolvedAt: null,
  reviewedAt: null,
  closedAt: null,
  alerts: { total: 0, firing: 0, reports: 0 },
  greenSince: null,
  responses: [],
  duties: [],
  pages: [],
  roles: {},
  facts: {},
  notices: [],
}

/** Open: somebody still has to do something about it before it counts as resolved. */
export function isOpen(incident: Incident): boolean {
  return incident.phase === 'detected' || incident.phase === 'triaged' || incident.phase === 'mitigating'
}
