/** Incidents as the API shows them: the incident itself, its roles, clocks, impact and what it owes. */
import { z } from 'zod'
import { OWED_CODES } from '../core/incident/owed-code.ts'
import { ActorRef, PersonRef, Timestamp } from './common.ts'

export const PHASES = ['detected', 'triaged', 'mitigating', 'resolved', 'reviewed', 'closed'] as const
export const PhaseName = z.enum(PHASES)
export type PhaseName = z.infer<typeof PhaseName>

/** An incident role of the playbook and who holds it; `person` is null while nobody does. */
export const RoleItem = z
  .object({
    role: z.string(),
    title: z.string(),
    responsibility: z.string(),
    checklist: z.array(z.string()),
    person: PersonRef.nullable(),
    since: Timestamp.nullable(),
  })
  .meta({ id: 'IncidentRole' })
export type RoleItem = z.infer<typeof RoleItem>

/** An obligation with a due time. Not started: times are null. */
export const Clock = z
  .object({
    id: z.string(),
    kind: z.string(),
    audience: z.string().nullable(),
    clause: z.string(),
    started_at: Timestamp.nullable(),
    due_at: Timestamp.nullable(),
    state: z.enum(['not_started', 'running', 'met', 'breached', 'waived']),
    ended_at: Timestamp.nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Clock' })
export type Clock = z.infer<typeof Clock>

/** What is measured of the impact; `value` in the unit, `text` as people read it: "30 %". */
export const MeasuredImpact = z
  .object({
    value: z.number(),
    unit: z.enum(['%', 'ms', 'number']),
    text: z.string(),
    at: Timestamp,
    by: ActorRef,
    reason: z.string(),
  })
  .meta({ id: 'MeasuredImpact' })
export type MeasuredImpact = z.infer<typeof MeasuredImpact>

/** A severity that what is measured asks for and that is not taken by itself; `clause` is where the playbook says so. */
export const ProposedSeverity = z
  .object({ severity: z.string(), severity_rank: z.number().int(), reason: z.string(), clause: z.string() })
  .meta({ id: 'ProposedSeverity' })

/** Something that is still owed; `role` is an incident role's id or a duty role, `clause` where the playbook asks for it. */
export const OwedItem = z
  .object({ code: z.enum(OWED_CODES), text: z.string(), due: Timestamp.nullable(), role: z.string().nullable(), clause: z.string() })
  .meta({ id: 'Owed' })
export type OwedItem = z.infer<typeof OwedItem>

/** Another incident. */
export const IncidentRef = z.object({ id: z.string(), number: z.number().int() }).meta({ id: 'IncidentRef' })

export const Incident = z
  .object({
    id: z.string(),
    /** What people say: "incident 128". May have gaps. */
    number: z.number().int(),
    title: z.string(),
    summary: z.string(),
    /** A row of the playbook's severity matrix. */
    severity: z.string(),
    /** Place in the matrix, 0 is the most severe: what a list is ordered and coloured by. */
    severity_rank: z.number().int(),
    /** The sentence that says why this severity. */
    severity_reason: z.string(),
    /** Where the playbook says so: keys from the top of playbook.yaml, such as `severities.0.thresholds.error_rate`. */
    severity_clause: z.string(),
    /** That place's own words; empty where a person chose without one. */
    severity_sentence: z.string(),
    /** Whose word it is: the playbook's, what was measured, or a person's by hand. */
    severity_basis: z.enum(['playbook', 'impact', 'person']),
    severity_proposed: ProposedSeverity.nullable(),
    /** By measure, such as `users_affected`. */
    impact: z.record(z.string(), MeasuredImpact),
    phase: PhaseName,
    open: z.boolean(),
    /** Id of the playbook's incident type; null while nobody has said. */
    type: z.string().nullable(),
    type_title: z.string().nullable(),
    /** What is hit, as the playbook names it; null: nobody knows. */
    service: z.string().nullable(),
    /** Whose people hold the roles; null: the organisation's. */
    team: z.string().nullable(),
    /** Why it is whose it is, where the team that its key is bound to has a say; else empty. */
    team_reason: z.string(),
    /** The first thing to do; empty when the playbook names nothing. */
    first_step: z.string(),
    private: z.boolean(),
    opened_at: Timestamp,
    acknowledged_at: Timestamp.nullable(),
    mitigating_at: Timestamp.nullable(),
    resolved_at: Timestamp.nullable(),
    /** Whoever snoozed it is paged anew then. */
    snoozed_until: Timestamp.nullish(),
    closed_at: Timestamp.nullable(),
    updated_at: Timestamp,
    roles: z.array(RoleItem),
    /** Number of the playbook version this incident runs by, as in "v41"; `playbook_digest` names its bytes. */
    playbook_version: z.number().int(),
    playbook_digest: z.string(),
    /** When the next clock is due that is still owed (running, or late and not done yet), and which one it is. */
    next_due: Timestamp.nullable(),
    next_clock: Clock.nullable(),
    /** Who is paged next, and when, if nobody acts; null: nobody, or not known until a page has been handed over. */
    next_page: z.object({ at: Timestamp, role: z.string(), people: z.array(z.string()) }).nullable(),
    alerts_total: z.number().int(),
    alerts_firing: z.number().int(),
    /** How many still fired when it was resolved; null while it is open. */
    alerts_firing_at_resolution: z.number().int().nullable(),
    /**
     * A monitor watches it, so that "all alerts are clear" can be believed. False where people alone have reported it, or it was
     * declared by hand: then a person attests by resolving it.
     */
    monitored: z.boolean(),
    /** Its alerts have been clear for the quiet time: resolving it is proposed to whoever leads it. */
    resolution_proposed: z.object({ at: Timestamp, green_since: Timestamp }).nullable(),
    /** A person keeps it open though its alerts are clear; ends when one fires. Null: nobody does. */
    kept_open: z.object({ at: Timestamp, green_since: Timestamp, by: ActorRef, reason: z.string() }).nullable(),
    /** It turns red and green so often that its resolution waits until then; null: it is steady. */
    flapping: z.object({ changes: z.number().int(), until: Timestamp }).nullable(),
    /** The incident that goes on in its place; it is not open, and `phase` is what it was. */
    merged_into: IncidentRef.nullable(),
    /** Those that it goes on in the place of. */
    merged: z.array(IncidentRef),
    /** Those that people have said to belong together with it. */
    links: z.array(IncidentRef),
    /** What its phase still owes, in the order in which one would do it. */
    owed: z.array(OwedItem),
    /** The source that opened it; null when a person declared it. */
    source: z.string().nullable(),
    /** Version of its stream of events; rises with every change. */
    version: z.number().int(),
    /** The reader is being paged about it right now. */
    paging_you: z.boolean(),
  })
  .meta({ id: 'Incident' })
export type Incident = z.infer<typeof Incident>
