/** What can have happened to an incident. Events are facts in past tense, carry resolved values, and are kept for ever. */
import type { DutyId, IncidentId, PageKey, PersonId, PlaybookDigest, SourceId } from '../id.ts'
import type { MeasureUnit } from '../playbook/quantity.ts'
import type { Instant } from '../time.ts'

/** Who did it. Names are copied, so that the record reads the same after a rename. */
export type Actor =
  | { readonly kind: 'person'; readonly id: PersonId; readonly name: string }
  | { readonly kind: 'source'; readonly id: SourceId | null; readonly name: string }
  | { readonly kind: 'system'; readonly name: string }

/** Whose word a severity is: the playbook's (a type's row, the default), what was measured, or a person's by hand. */
export type SeverityBasis = 'playbook' | 'impact' | 'person'

export type Phase = 'detected' | 'triaged' | 'mitigating' | 'resolved' | 'reviewed' | 'closed'

/** Facts that start legal clocks; the API's fixed list. */
export const INCIDENT_FACTS = [
  'personal_data',
  'health_data',
  'aware_at',
  'discovered_at',
  'determined_at',
  'classified_major_at',
  'material_at',
] as const
export type IncidentFact = (typeof INCIDENT_FACTS)[number]

/** Who is called in by hand: whoever holds a duty role, or one person. */
export type Summoned =
  | { readonly kind: 'role'; readonly role: string }
  | { readonly kind: 'person'; readonly personId: PersonId; readonly personName: string }

/** Another incident, as people say it and as programs do. */
export interface IncidentRef {
  readonly id: IncidentId
  readonly number: number
}

/** How an acknowledgement came. */
export type Via = 'console' | 'link' | 'api' | 'cli' | 'source' | 'email' | 'sms' | 'voice' | 'pushover'

export type IncidentEvent =
  | {
      readonly type: 'incident.opened'
      readonly at: Instant
      readonly by: Actor
      readonly id: IncidentId
      readonly title: string
      readonly summary: string
      /** What to do first, from the playbook; empty when it names nothing. */
      readonly firstStep: string
      /** Incident type's id; null while nobody has said. */
      readonly incidentType: string | null
      readonly severity: string
      /** The sentence that says why this severity. */
      readonly severityReason: string
      /** Where the playbook says so, such as `incident_types.0.severity`; events of before have none. */
      readonly severityClause?: string
      readonly severityBasis?: SeverityBasis
      readonly responseMs: number
      /** Roles whose duty begins now. */
      readonly roles: readonly string[]
      readonly playbook: PlaybookDigest
      readonly private: boolean
      /** What is hit, as the playbook names it; left out where nobody knows. */
      readonly service?: string
      /** Whose people hold the roles; left out: the organisation's. */
      readonly team?: string
      /** The team whose key the signals came by that opened it, also where it does not decide; left out: no team's. */
      readonly sourceTeam?: string
      /** Set for a task of Tocsin's own: it pages nobody, and is resolved when its alert is clear. */
      readonly chore?: true
      /** When alerts of the same group turned red or green lately, in an incident before this one and by its opening. */
      readonly turns?: readonly Instant[]
    }
  | {
      /** Folded over one applied batch; bounded, see `attachAlerts`. */
      readonly type: 'incident.alerts-changed'
      readonly at: Instant
      readonly opened: number
      readonly resolved: number
      readonly firing: number
      readonly total: number
      /** A few of the titles, for the timeline. */
      readonly sample: readonly string[]
      /** A monitor's alert is among them, now or before: false where people alone have reported. Left out: true. */
      readonly monitored?: boolean
    }
  | {
      /** All its alerts have been clear for the playbook's quiet time: whoever leads it is asked to resolve it. */
      readonly type: 'incident.resolution-proposed'
      readonly at: Instant
      /** Since when they have been clear. */
      readonly since: Instant
      readonly reason: string
      readonly people: readonly PersonId[]
    }
  | {
      /** It is not over though all its alerts are clear: it stays open until one fires again, and is not proposed before. */
      readonly type: 'incident.resolution-declined'
      readonly at: Instant
      readonly by: Actor
      /** Since when they had been clear. */
      readonly since: Instant
      readonly reason: string
    }
  | {
      /** It is the same as another, which goes on in its place; its alerts are the other's now. */
      readonly type: 'incident.merged'
      readonly at: Instant
      readonly by: Actor
      readonly into: IncidentRef
      readonly reason: string
    }
  | {
      /** It was another after all, and goes on: whoever had not answered is paged anew. */
      readonly type: 'incident.unmerged'
      readonly at: Instant
      readonly by: Actor
      readonly from: IncidentRef
      readonly reason: string
      readonly total: number
      readonly firing: number
      readonly responseMs: number
      readonly roles: readonly string[]
    }
  | { readonly type: 'incident.took-in'; readonly at: Instant; readonly by: Actor; readonly from: IncidentRef; readonly reason: string }
  | { readonly type: 'incident.gave-back'; readonly at: Instant; readonly by: Actor; readonly to: IncidentRef; readonly reason: string }
  | { readonly type: 'incident.linked'; readonly at: Instant; readonly by: Actor; readonly other: IncidentRef; readonly reason: string }
  | { readonly type: 'incident.unlinked'; readonly at: Instant; readonly by: Actor; readonly other: IncidentRef; readonly reason: string }
  | { readonly type: 'incident.turned-green'; readonly at: Instant }
  | { readonly type: 'incident.turned-red'; readonly at: Instant }
  | {
      readonly type: 'incident.paged'
      readonly at: Instant
      readonly pages: readonly PagedPerson[]
      /** Channels each person is tried on, by person id. */
      readonly channels: Readonly<Record<PersonId, readonly string[]>>
      /** When messages are due that do not go out at once, by person id and channel; left out: all do. */
      readonly later?: Readonly<Record<PersonId, Readonly<Record<string, Instant>>>>
      /** Whose quiet hours hold them, by person id, and when these end; left out: nobody's. */
      readonly held?: Readonly<Record<PersonId, Instant>>
    }
  | {
      /** A channel's server took the message: the escalation's wait runs from here. */
      readonly type: 'incident.page-handed-over'
      readonly at: Instant
      readonly pages: readonly PageKey[]
      readonly channel: string
    }
  | {
      readonly type: 'incident.page-failed'
      readonly at: Instant
      readonly pages: readonly PageKey[]
      readonly channel: string
      readonly reason: string
      /** True when this channel will not be tried again for these pages. */
      readonly final: boolean
    }
  | {
      readonly type: 'incident.acknowledged'
      readonly at: Instant
      readonly by: Actor
      readonly via: Via
      /** Whose pages end; null when nobody in particular acknowledged (a source did). */
      readonly personId: PersonId | null
      /** How many other incidents the same press acknowledged: one message had told of them all. Left out: none. */
      readonly others?: number
      readonly pages: readonly PageKey[]
      readonly duties: readonly DutyId[]
    }
  | {
      /** The person says they cannot: the next step is due at once. */
      readonly type: 'incident.page-declined'
      readonly at: Instant
      readonly by: Actor
      readonly personId: PersonId
      readonly pages: readonly PageKey[]
      readonly duties: readonly DutyId[]
    }
  | {
      /** Somebody was called in: a duty beyond those of the severity row, escalated as the row says. */
      readonly type: 'incident.summoned'
      readonly at: Instant
      readonly by: Actor
      readonly wanted: Summoned
      readonly reason: string
    }
  | {
      /** Whoever did it has it, and is paged anew at `until`, unless it is resolved by then. */
      readonly type: 'incident.snoozed'
      readonly at: Instant
      readonly by: Actor
      readonly personId: PersonId | null
      readonly until: Instant
      readonly reason: string
    }
  /** A snooze is over, by its time or by hand: these are paged anew. */
  | { readonly type: 'incident.woken'; readonly at: Instant; readonly by: Actor; readonly wanted: readonly Summoned[] }
  | {
      readonly type: 'incident.duties-released'
      readonly at: Instant
      readonly by: Actor
      readonly duties: readonly DutyId[]
      readonly reason: string
    }
  | { readonly type: 'incident.escalation-exhausted'; readonly at: Instant; readonly duty: DutyId; readonly role: string }
  | { readonly type: 'incident.response-breached'; readonly at: Instant; readonly severity: string; readonly dueAt: Instant }
  | {
      readonly type: 'incident.notified'
      readonly at: Instant
      readonly key: string
      readonly about: NoticeAbout
      readonly people: readonly PersonId[]
    }
  | {
      readonly type: 'incident.triaged'
      readonly at: Instant
      readonly by: Actor
      readonly incidentType: string | null
      readonly firstStep: string
      /** Set where the type is another team's: its people are paged for these roles. */
      readonly handedTo?: { readonly team: string | null; readonly roles: readonly string[] }
    }
  | {
      readonly type: 'incident.severity-changed'
      readonly at: Instant
      readonly by: Actor
      readonly from: string
      readonly to: string
      readonly raised: boolean
      readonly reason: string
      /** Where the playbook says so, such as `severities.0.thresholds.error_rate`. */
      readonly clause?: string
      /** Whose word it is; events of before have none: then a person's is by hand, another's the playbook's. */
      readonly basis?: SeverityBasis
      readonly responseMs: number
      /** Roles of the new row; see `severityChanged` in evolve for which duties begin and end. */
      readonly roles: readonly string[]
      /** When nonnull, this person had acknowledged: their duties are carried over as acknowledged, the clock is met. */
      readonly carriedBy: PersonId | null
    }
  | {
      /** How bad it is was measured, by a person or by a source; `value` is in the unit. */
      readonly type: 'incident.impact-measured'
      readonly at: Instant
      readonly by: Actor
      readonly measure: string
      readonly value: number
      readonly unit: MeasureUnit
      readonly reason: string
    }
  | {
      /** What is hit, or that nobody knows; where it is another team's, its people are paged. */
      readonly type: 'incident.service-named'
      readonly at: Instant
      readonly by: Actor
      readonly service: string | null
      readonly team: string | null
      readonly reason: string
      /** Roles of the row, whose duties begin anew where the team is another. */
      readonly roles: readonly string[]
    }
  | {
      /** It goes on by another version of the playbook. */
      readonly type: 'incident.playbook-moved'
      readonly at: Instant
      readonly by: Actor
      readonly from: PlaybookDigest
      readonly to: PlaybookDigest
      readonly reason: string
      /** All as the new version has it. */
      readonly firstStep: string
      readonly severityClause: string
      readonly responseMs: number
      readonly roles: readonly string[]
      /** Set where the service or the type is another team's there. */
      readonly handedTo?: string | null
    }
  | { readonly type: 'incident.mitigation-started'; readonly at: Instant; readonly by: Actor }
  | {
      /** Back a step, because the one before was not done after all. A resolution is gone back on by reopening. */
      readonly type: 'incident.went-back'
      readonly at: Instant
      readonly by: Actor
      readonly from: Phase
      readonly to: Phase
      readonly reason: string
    }
  | {
      readonly type: 'incident.resolved'
      readonly at: Instant
      readonly by: Actor
      readonly reason: string
      /** Alerts that still fired; events of before do not say. */
      readonly firing?: number
      /** Nothing monitors it: it rests on the word of whoever resolved it. */
      readonly attested?: true
    }
  | {
      readonly type: 'incident.reopened'
      readonly at: Instant
      readonly by: Actor
      readonly reason: string
      readonly responseMs: number
      readonly roles: readonly string[]
    }
  | { readonly type: 'incident.reviewed'; readonly at: Instant; readonly by: Actor }
  | { readonly type: 'incident.closed'; readonly at: Instant; readonly by: Actor; readonly reason: string }
  | { readonly type: 'incident.noted'; readonly at: Instant; readonly by: Actor; readonly text: string }
  | {
      readonly type: 'incident.fact-recorded'
      readonly at: Instant
      readonly by: Actor
      readonly fact: IncidentFact
      readonly factAt: Instant
      readonly reason: string
    }
  | {
      readonly type: 'incident.role-assigned'
      readonly at: Instant
      readonly by: Actor
      readonly role: string
      readonly personId: PersonId
      readonly personName: string
    }

export type EventOf<Type extends IncidentEvent['type']> = Extract<IncidentEvent, { type: Type }>

export type NoticeAbout = 'queue-overdue' | 'green' | 'exhausted'

export interface PagedPerson {
  readonly page: PageKey
  readonly duty: DutyId
  readonly role: string
  readonly personId: PersonId
  readonly personName: string
  readonly round: number
  readonly step: number
  /** Why this person, when it is not simply who holds the role. */
  readonly because: string
}
