/** Incidents as the API shows them: the incident, its roles, clocks, pages and timeline, and what can be asked of it. */
import { z } from 'zod'
import { INCIDENT_FACTS } from '../core/incident/event.ts'
import { OWED_CODES } from '../core/incident/owed-code.ts'
import { ActorRef, AnyTimestamp, cleanText, Line, ListQuery, Name, PersonRef, Text, Timestamp } from './common.ts'

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

export const Delivery = z
  .object({
    channel: z.string(),
    state: z.enum(['queued', 'sending', 'sent', 'delivered', 'seen', 'failed', 'cancelled']),
    queued_at: Timestamp,
    sent_at: Timestamp.nullable(),
    delivered_at: Timestamp.nullable(),
    seen_at: Timestamp.nullable(),
    reason: z.string().nullable(),
    /** How often it has been tried. */
    attempts: z.number().int(),
    /** What this channel's evidence is worth, in words. */
    evidence: z.string(),
  })
  .meta({ id: 'Delivery' })
export type Delivery = z.infer<typeof Delivery>

export const Page = z
  .object({
    id: z.string(),
    incident_id: z.string(),
    person: PersonRef,
    /** The duty role it was paged for. */
    role: z.string(),
    state: z.enum(['paging', 'acknowledged', 'declined', 'ended']),
    round: z.number().int(),
    step: z.number().int(),
    /** Why this person, when it is not simply who holds the role. */
    because: z.string(),
    created_at: Timestamp,
    acknowledged_at: Timestamp.nullable(),
    deliveries: z.array(Delivery),
  })
  .meta({ id: 'Page' })
export type Page = z.infer<typeof Page>

export const TimelineEntry = z
  .object({
    /** `<incident id>/<version>`. */
    id: z.string(),
    version: z.number().int(),
    /** The domain's time. */
    at: Timestamp,
    /** When it was written down. */
    recorded_at: Timestamp,
    /** Such as `incident.acknowledged`. */
    type: z.string(),
    actor: ActorRef,
    /** One plain sentence. May hold what strangers sent: show it as text. */
    text: z.string(),
    /** The event's own fields, snake_case, for readers that want more than the sentence. */
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TimelineEntry' })
export type TimelineEntry = z.infer<typeof TimelineEntry>

/** Offered: what the playbook proposes for this type; nothing has been run. */
export const Mitigation = z
  .object({
    id: z.string(),
    title: z.string(),
    state: z.enum(['offered', 'running', 'done', 'failed']),
    steps: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        action: z.string().nullable(),
        state: z.enum(['not_started', 'running', 'done', 'failed', 'skipped']),
      }),
    ),
  })
  .meta({ id: 'Mitigation' })
export type Mitigation = z.infer<typeof Mitigation>

/** A row of the communication plan that applies to this incident's severity; no update has been sent by Tocsin yet. */
export const Update = z
  .object({
    id: z.string(),
    audience: z.string(),
    channels: z.array(z.string()),
    content: z.string(),
    /** Null: in real time, on every change. */
    every_seconds: z.number().nullable(),
    state: z.enum(['not_started', 'due', 'sent']),
    sent_at: Timestamp.nullable(),
    text: z.string().nullable(),
  })
  .meta({ id: 'Update' })
export type Update = z.infer<typeof Update>

/** The post-mortem an incident owes. `not_required` where the playbook asks none at this severity. */
export const Postmortem = z
  .object({
    incident_id: z.string(),
    state: z.enum(['not_required', 'not_started', 'draft', 'published']),
    due_at: Timestamp.nullable(),
    sections: z.array(z.object({ title: z.string(), description: z.string(), text: z.string() })),
  })
  .meta({ id: 'Postmortem' })
export type Postmortem = z.infer<typeof Postmortem>

/** The severity matrix with what is known beside each row. `met` is null where something is not measured. */
export const TriageView = z
  .object({
    incident_id: z.string(),
    rows: z.array(
      z.object({
        severity: z.string(),
        severity_rank: z.number().int(),
        definition: z.string(),
        example: z.string(),
        response_seconds: z.number(),
        roles: z.array(z.string()),
        thresholds: z.array(
          z.object({
            measure: z.string(),
            title: z.string(),
            /** As the playbook writes it. */
            text: z.string(),
            clause: z.string(),
            measured: MeasuredImpact.nullable(),
            /** Within its bounds now, however long. */
            within: z.boolean().nullable(),
            /** When it has been within them for long enough. */
            held_at: Timestamp.nullable(),
            met: z.boolean().nullable(),
          }),
        ),
        met: z.boolean().nullable(),
        current: z.boolean(),
        /** The row of the incident's type. */
        of_type: z.boolean(),
        default: z.boolean(),
      }),
    ),
    proposed: ProposedSeverity.nullable(),
    alerts: z.object({
      firing: z.number().int(),
      total: z.number().int(),
      /** Some of those that fire, newest first. */
      items: z.array(
        z.object({
          id: z.string(),
          title: z.string(),
          value: z.number().nullable(),
          severity_hint: z.string().nullable(),
          first_at: Timestamp,
        }),
      ),
    }),
    /** What can be measured, and in which unit a value is given. */
    measures: z.array(z.object({ measure: z.string(), title: z.string(), unit: z.enum(['%', 'ms', 'number']) })),
    types: z.array(z.object({ id: z.string(), title: z.string(), severity: z.string() })),
  })
  .meta({ id: 'TriageView' })
export type TriageView = z.infer<typeof TriageView>

/** What the incident has done to one promise of an SLA; `unknown` says what the figures leave out. */
export const SlaItem = z
  .object({
    id: z.string(),
    title: z.string(),
    customer: z.string().nullable(),
    services: z.array(z.string()),
    kind: z.enum(['availability', 'response']),
    /** Of a response. */
    severity: z.string().nullable(),
    state: z.enum(['not_counted', 'kept', 'at_risk', 'violated', 'unknown']),
    allowed_seconds: z.number(),
    /** Lost in the window, or taken to answer so far. */
    used_seconds: z.number(),
    over_seconds: z.number(),
    /** Since when it is violated, or when it will be if this goes on. */
    violated_at: Timestamp.nullable(),
    text: z.string(),
    unknown: z.array(z.string()),
  })
  .meta({ id: 'IncidentSla' })
export type SlaItem = z.infer<typeof SlaItem>

/** What its alerts have in common and in which labels they differ, over the newest of them. */
export const GroupingView = z
  .object({
    incident_id: z.string(),
    /** Of all alerts. */
    total: z.number().int(),
    firing: z.number().int(),
    /** How many messages said so. */
    messages: z.number().int(),
    /** Firing ones whose source has not repeated them when it should have: nobody knows whether they still do. */
    silent: z.number().int(),
    /** So many, the newest, were looked at for what follows. */
    looked_at: z.number().int(),
    alarms: z.array(z.object({ alarm: z.string(), count: z.number().int() })),
    sources: z.array(z.object({ source: z.string(), count: z.number().int() })),
    /** Labels that all have with one value. */
    shared: z.record(z.string(), z.string()),
    /** Those that differ, the most varied first; `missing` alerts do not have it. */
    varying: z.array(
      z.object({
        label: z.string(),
        values: z.number().int(),
        missing: z.number().int(),
        /** The most frequent. */
        sample: z.array(z.object({ value: z.string(), count: z.number().int() })),
      }),
    ),
    /** Such as `412 alerts, 408 firing; they differ in instance (398), pod (12)`. */
    text: z.string(),
  })
  .meta({ id: 'Grouping' })
export type GroupingView = z.infer<typeof GroupingView>

// What can be asked of an incident -------------------------------------------------------------------------------

/** Several severities, phases or types may be given separated by commas; `q` searches title, summary and number. */
export const IncidentQuery = ListQuery.extend({
  open: z.enum(['true', 'false']).optional(),
  severity: Name.optional(),
  phase: Name.optional(),
  type: Name.optional(),
  service: Name.optional(),
  /** Number of the playbook's version that it runs under. */
  version: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  q: z.string().overwrite(cleanText).max(200).optional(),
})
export type IncidentQuery = z.infer<typeof IncidentQuery>

export const DeclareBody = z
  .object({
    title: Line,
    summary: Text.default(''),
    /** Left out: the type's, else the playbook's default. */
    severity: Name.nullable().default(null),
    type: Name.nullable().default(null),
    /** What is hit, as the playbook names it: its team is paged. */
    service: Name.nullable().default(null),
    private: z.boolean().default(false),
    /** Why this severity. */
    reason: Text.default(''),
  })
  .strict()
  .meta({ id: 'Declare' })
export type DeclareBody = z.input<typeof DeclareBody>

/** The reason is kept on the timeline; for a resolution it must say something. */
export const ReasonBody = z
  .object({ reason: Text.default('') })
  .strict()
  .meta({ id: 'Reason' })
export type ReasonBody = z.input<typeof ReasonBody>

export const TriageBody = z
  .object({ type: Name.nullable().default(null), severity: Name.nullable().default(null), reason: Text.default('') })
  .strict()
  .meta({ id: 'Triage' })
export type TriageBody = z.input<typeof TriageBody>

export const SeverityBody = z
  .object({ severity: Name, reason: Text.default('') })
  .strict()
  .meta({ id: 'ChangeSeverity' })
export type SeverityBody = z.input<typeof SeverityBody>

/** `value` with its unit, as "30 %", "4.2 s" or "1200": a share or a time without one is refused. */
export const ImpactBody = z
  .object({ measure: Name, value: z.union([Line, z.number()]), reason: Text.default('') })
  .strict()
  .meta({ id: 'RecordImpact' })
export type ImpactBody = z.input<typeof ImpactBody>

/** `service` as the playbook names it, or null: nobody knows. */
export const ServiceBody = z
  .object({ service: Name.nullable(), reason: Text.default('') })
  .strict()
  .meta({ id: 'NameService' })
export type ServiceBody = z.input<typeof ServiceBody>

/** `digest` names the version to go on by; left out: the one in force. */
export const MoveBody = z
  .object({ digest: Name.nullable().default(null), reason: Text.default('') })
  .strict()
  .meta({ id: 'MovePlaybook' })
export type MoveBody = z.input<typeof MoveBody>

export const NoteBody = z
  .object({ text: Text.trim().min(1) })
  .strict()
  .meta({ id: 'Note' })
export type NoteBody = z.input<typeof NoteBody>

/** A fact that starts legal clocks, and since when it holds. */
export const FactBody = z
  .object({ fact: z.enum(INCIDENT_FACTS), at: AnyTimestamp, reason: Text.default('') })
  .strict()
  .meta({ id: 'RecordFact' })
export type FactBody = z.input<typeof FactBody>

/** `role` left out: every duty still open is released. */
export const ReleaseBody = z
  .object({ role: Name.nullable().default(null), reason: Text.default('') })
  .strict()
  .meta({ id: 'Release' })
export type ReleaseBody = z.input<typeof ReleaseBody>

/** A duty role of the playbook, or a person by id or e-mail address. */
export const SummonBody = z
  .object({ who: Name, reason: Text.default('') })
  .strict()
  .meta({ id: 'CallIn' })
export type SummonBody = z.input<typeof SummonBody>

/** `person` is an id or an e-mail address; left out: whoever asks takes the role. */
export const AssignBody = z.object({ role: Name, person: Name.optional() }).strict().meta({ id: 'AssignRole' })
export type AssignBody = z.input<typeof AssignBody>

export const MemberBody = z.object({ person: Name }).strict().meta({ id: 'AddMember' })
export type MemberBody = z.input<typeof MemberBody>

/** `into`, by id or number: the incident that goes on. */
export const MergeBody = z.strictObject({ into: Name, reason: Text.default('') }).meta({ id: 'MergeIncident' })
export type MergeBody = z.input<typeof MergeBody>

/** `to`, by id or number. */
export const LinkBody = z.strictObject({ to: Name, reason: Text.default('') }).meta({ id: 'LinkIncident' })
export type LinkBody = z.input<typeof LinkBody>
