/** What can be asked of an incident, by people, by alerts, by the outbox and by the clock. */
import type { IncidentId, PageKey, PersonId, PlaybookDigest } from '../id.ts'
import type { MeasureUnit } from '../playbook/quantity.ts'
import type { Instant } from '../time.ts'
import type { Actor, IncidentEvent, IncidentFact, IncidentRef, Summoned, Via } from './event.ts'

/** A value of a measure, in the unit that the playbook has for it. */
export interface Measurement {
  readonly measure: string
  readonly value: number
  readonly unit: MeasureUnit
}

export type IncidentCommand =
  | {
      readonly type: 'open'
      readonly id: IncidentId
      readonly by: Actor
      readonly title: string
      readonly summary: string
      readonly incidentType: string | null
      /** Null: the type's, else the playbook's default. */
      readonly severity: string | null
      readonly severityReason: string
      readonly private: boolean
      /** What the signal that opens it measures. */
      readonly measured?: Measurement
      /** What is hit, where the signal or the person says so. */
      readonly service?: string | null
      /** The team whose key its signals came by: it is theirs where no service says otherwise. */
      readonly sourceTeam?: string | null
      /** A task of Tocsin's own: pages nobody, waits in the queue, and is resolved when its alert is clear. */
      readonly chore?: true
      /** When alerts of its group turned red or green lately, before it and by its opening. */
      readonly turns?: readonly Instant[]
    }
  | {
      readonly type: 'attach-alerts'
      readonly opened: number
      readonly resolved: number
      /** Counts after this change, from the locked row. */
      readonly firing: number
      readonly total: number
      readonly sample: readonly string[]
      /** A monitor's alert is among those that are new; true when left out. */
      readonly monitored?: boolean
    }
  | {
      readonly type: 'acknowledge'
      readonly by: Actor
      readonly personId: PersonId | null
      readonly via: Via
      /** Incidents that the same press acknowledges besides. */
      readonly others?: number
    }
  | { readonly type: 'decline'; readonly by: Actor; readonly personId: PersonId }
  /** Acknowledges, and pages whoever does it anew at that time. */
  | {
      readonly type: 'snooze'
      readonly by: Actor
      readonly personId: PersonId | null
      readonly via: Via
      readonly until: number
      readonly reason: string
    }
  /** Ends a snooze before its time. */
  | { readonly type: 'wake-up'; readonly by: Actor }
  | {
      /** Calls somebody in: a duty role, or one person. */
      readonly type: 'summon'
      readonly by: Actor
      readonly wanted: Summoned
      readonly reason: string
    }
  | { readonly type: 'release'; readonly by: Actor; readonly role: string | null; readonly reason: string }
  | {
      readonly type: 'triage'
      readonly by: Actor
      readonly incidentType: string | null
      readonly severity: string | null
      readonly reason: string
    }
  | { readonly type: 'change-severity'; readonly by: Actor; readonly severity: string; readonly reason: string }
  | (Measurement & { readonly type: 'record-impact'; readonly by: Actor; readonly reason: string })
  | { readonly type: 'mitigate'; readonly by: Actor }
  /** From mitigating to triaged: what was tried was no mitigation. */
  | { readonly type: 'go-back'; readonly by: Actor; readonly reason: string }
  | {
      readonly type: 'resolve'
      readonly by: Actor
      readonly reason: string
      /** The exact count of alerts that still fire, where the caller has it. */
      readonly firing?: number
    }
  /** All its alerts are clear and it is not over: no resolution, by itself or proposed, until one fires again. */
  | { readonly type: 'decline-resolution'; readonly by: Actor; readonly reason: string }
  /** The incident goes on in another; its alerts have moved there. */
  | {
      readonly type: 'merge'
      readonly by: Actor
      readonly into: IncidentRef
      readonly reason: string
      readonly total: 0
      readonly firing: 0
    }
  /** The undoing; counts of the alerts that it has again. */
  | { readonly type: 'unmerge'; readonly by: Actor; readonly reason: string; readonly total: number; readonly firing: number }
  | {
      /** Goes on in the place of another; counts with the alerts that it brought. */
      readonly type: 'take-in'
      readonly by: Actor
      readonly from: IncidentRef & { readonly severity: string; readonly monitored: boolean }
      readonly reason: string
      readonly total: number
      readonly firing: number
    }
  | {
      readonly type: 'give-back'
      readonly by: Actor
      readonly to: IncidentRef
      readonly reason: string
      readonly total: number
      readonly firing: number
    }
  | { readonly type: 'link'; readonly by: Actor; readonly other: IncidentRef; readonly reason: string }
  | { readonly type: 'unlink'; readonly by: Actor; readonly other: IncidentRef; readonly reason: string }
  | { readonly type: 'reopen'; readonly by: Actor; readonly reason: string }
  | { readonly type: 'close'; readonly by: Actor; readonly reason: string }
  | { readonly type: 'name-service'; readonly by: Actor; readonly service: string | null; readonly reason: string }
  /** `decide` is given the version that it moves to. */
  | { readonly type: 'move-playbook'; readonly by: Actor; readonly playbook: PlaybookDigest; readonly reason: string }
  | { readonly type: 'note'; readonly by: Actor; readonly text: string }
  | { readonly type: 'record-fact'; readonly by: Actor; readonly fact: IncidentFact; readonly factAt: number; readonly reason: string }
  | { readonly type: 'assign-role'; readonly by: Actor; readonly role: string; readonly personId: PersonId; readonly personName: string }
  | { readonly type: 'record-hand-over'; readonly pages: readonly PageKey[]; readonly channel: string }
  | {
      readonly type: 'record-failure'
      readonly pages: readonly PageKey[]
      readonly channel: string
      readonly reason: string
      readonly final: boolean
    }
  /** Asks nothing: the shell only wants `plan` asked again. */
  | { readonly type: 'wake' }

export type CommandOf<Type extends IncidentCommand['type']> = Extract<IncidentCommand, { type: Type }>

export const REFUSAL_CODES = [
  'incident-not-opened',
  'incident-already-opened',
  'incident-already-resolved',
  'incident-not-resolved',
  'incident-closed',
  'severity-unknown',
  'severity-unchanged',
  'type-unknown',
  'role-unknown',
  'service-unknown',
  'measure-unknown',
  'unit-wrong',
  'value-impossible',
  'playbook-unchanged',
  'reason-required',
  'nothing-to-release',
  'nothing-to-go-back-to',
  'not-paged',
  'snooze-in-past',
  'not-snoozed',
  'incident-merged',
  'incident-not-merged',
  'incident-private',
  'same-incident',
  'merge-target-not-open',
  'too-many-links',
  'attestation-required',
  'nothing-proposed',
] as const
/** Fixed codes: the API shows them as the problem's `code`. */
export type RefusalCode = (typeof REFUSAL_CODES)[number]

export type Decision =
  | { readonly kind: 'accepted'; readonly events: readonly IncidentEvent[] }
  | { readonly kind: 'refused'; readonly code: RefusalCode }

export function accept(...events: IncidentEvent[]): Decision {
  return { kind: 'accepted', events }
}

export function refuse(code: RefusalCode): Decision {
  return { kind: 'refused', code }
}
