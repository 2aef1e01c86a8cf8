/** The folded state of an incident: everything `decide` and `plan` need, and nothing that a list would rather ask SQL for. */
import type { DutyId, IncidentId, PageKey, PersonId, PlaybookDigest } from '../id.ts'
import type { MeasureUnit } from '../playbook/quantity.ts'
import type { Instant } from '../time.ts'
import type { IncidentSnooze } from './snooze.ts'
import type { Actor, IncidentFact, IncidentRef, NoticeAbout, Phase, SeverityBasis } from './event.ts'

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
  /** Where the playbook says so: keys from the top of the file, joined by dots; empty where nobody wrote it down. */
  readonly severityClause: string
  readonly severityBasis: SeverityBasis
  /** What has been measured, by measure. */
  readonly impact: Readonly<Record<string, MeasuredImpact>>
  /** A person has measured since the severity was last decided: what is measured may lower it. */
  readonly mayLower: boolean
  /** How many times sources have measured; bounds the next, see `recordImpact`. */
  readonly sourceReadings: number
  readonly playbook: PlaybookDigest | null
  /** What is hit, as the playbook names it; null: nobody knows. */
  readonly service: string | null
  /** Whose people hold the roles; null: the organisation's. */
  readonly team: string | null
  /** The team whose key its first signals came by; null: no team's. */
  readonly sourceTeam: string | null
  /** A task of Tocsin's own, resolved when its alert is clear. */
  readonly chore: boolean
  readonly private: boolean
  readonly openedAt: Instant
  /** The first acknowledgement of all. */
  readonly acknowledgedAt: Instant | null
  readonly mitigatingAt: Instant | null
  /** The latest resolution; null while open. */
  readonly resolvedAt: Instant | null
  /** Alerts that still fired at the latest resolution; null while open, or where nobody wrote it down. */
  readonly firingAtResolution: number | null
  /** The first resolution of all: the post-mortem's clock starts here and a reopening does not move it. */
  readonly firstResolvedAt: Instant | null
  readonly reviewedAt: Instant | null
  readonly closedAt: Instant | null
  readonly alerts: AlertTally
  /** Since when every alert has been clear; null while one fires or where there never was one. */
  readonly greenSince: Instant | null
  /** A monitor watches it: its alerts' end can be believed. False where people alone have reported it. */
  readonly monitored: boolean
  /** Its resolution is proposed, and nobody has acted on it; null: not now. */
  readonly proposal: { readonly at: Instant; readonly since: Instant } | null
  /** A person keeps it open though all its alerts are clear, for as long as `greenSince` is that; null: nobody does. */
  readonly keptOpen: { readonly at: Instant; readonly since: Instant; readonly by: Actor; readonly reason: string } | null
  /** When it turned red or green, newest last, at most `TURNS_MAX`. */
  readonly turns: readonly Instant[]
  /** The incident that goes on in its place; null: none. */
  readonly mergedInto: (IncidentRef & { readonly at: Instant; readonly owedAnswer: boolean; readonly roles: readonly string[] }) | null
  /** Those that it goes on in the place of. */
  readonly merged: readonly IncidentRef[]
  /** Those that people have said to belong together. */
  readonly links: readonly IncidentRef[]
  /** The response obligations, one for each time a severity was set; the last one is current. */
  readonly responses: readonly ResponseDuty[]
  readonly duties: readonly Duty[]
  /** Who is to be paged anew when; null: nobody has snoozed it. */
  readonly snooze: IncidentSnooze | null
  /** How often duties began without a new response obligation: keeps the ids of duties apart. */
  readonly restarts: number
  readonly pages: readonly PageState[]
  /** Incident role id to who holds it. */
  readonly roles: Readonly<Record<string, { readonly personId: PersonId; readonly personName: string; readonly since: Instant }>>
  readonly facts: Readonly<Partial<Record<IncidentFact, Instant>>>
  /** Keys of the notices already given. */
  readonly notices: readonly { readonly key: string; readonly about: NoticeAbout; readonly at: Instant }[]
}

export interface MeasuredImpact {
  /** The latest, in the unit. */
  readonly value: number
  readonly unit: MeasureUnit
  readonly at: Instant
  readonly by: Actor
  readonly reason: string
  /** Oldest first, at most `READINGS_MAX`; those of sources go when all alerts are clear. */
  readonly readings: readonly { readonly at: Instant; readonly value: number; readonly from: Actor['kind'] }[]
}

/** So many turns are remembered to tell whether it flaps. */
export const TURNS_MAX = 1_000

/** So many are remembered to tell for how long a threshold has been met; what is recorded are crossings, so these are many. */
export const READINGS_MAX = 24

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
  /** Called in by hand: no change of the severity, the team or the playbook ends it. */
  readonly summoned?: true
  /** Of a person who was called in: `role` is their name, and a step that pages whoever is on call pages them. */
  readonly personId?: PersonId
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
  /** All its messages wait until then, for the end of quiet hours; left out: one does not. */
  readonly heldUntil?: Instant
}

/** What states written by earlier releases do not have. */
const LATER = {
  severityClause: '',
  severityBasis: 'playbook',
  impact: {},
  mayLower: false,
  sourceReadings: 0,
  firingAtResolution: null,
  restarts: 0,
  snooze: null,
  service: null,
  team: null,
  sourceTeam: null,
  chore: false,
  monitored: false,
  proposal: null,
  keptOpen: null,
  turns: [],
  mergedInto: null,
  merged: [],
  links: [],
} as const

/** A stored state, whichever release wrote it; never throws, whatever somebody has made of it. */
export function restoreIncident(stored: Incident): Incident {
  const { alerts }: Partial<Incident> = stored
  return Object.assign({ ...LATER, monitored: (alerts?.total ?? 0) > 0 }, stored)
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
  ...LATER,
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

/** Open: somebody still has to do something about it before it counts as resolved. One that was merged goes on in another. */
export function isOpen(incident: Incident): boolean {
  return incident.mergedInto === null && isUnresolved(incident)
}

/** Somebody has it in hand: from then on an alarm that nobody has seen is not to be hidden in it. */
export function isAnswered({ acknowledgedAt, phase }: Pick<Incident, 'acknowledgedAt' | 'phase'>): boolean {
  return acknowledgedAt !== null || phase !== 'detected'
}

function isUnresolved(incident: Incident): boolean {
  return incident.phase === 'detected' || incident.phase === 'triaged' || incident.phase === 'mitigating'
}
