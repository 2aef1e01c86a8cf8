/** The playbook in force as JSON, in the API's spelling, and the audit log's leaves. */
import { z } from 'zod'
import { Timestamp } from './common.ts'

const Seconds = z.number()
const EscalationStep = z.object({
  /** `on-call`, `next`, `owners`, or the duty role that is paged. */
  page: z.string(),
  wait_seconds: Seconds,
})

export const SeverityRow = z
  .object({
    id: z.string(),
    rank: z.number().int(),
    definition: z.string(),
    example: z.string(),
    /** What of it can be measured; any one that is met is enough. `text` as in "> 50 % for 10 min". */
    thresholds: z.array(z.object({ measure: z.string(), title: z.string(), text: z.string() })),
    response_seconds: Seconds,
    roles: z.array(z.string()),
    acknowledgement: z.enum(['each', 'any']),
    escalation: z.object({ steps: z.array(EscalationStep), rounds: z.number().int() }),
    notify: z.array(z.string()),
  })
  .meta({ id: 'SeverityRow' })
export type SeverityRow = z.infer<typeof SeverityRow>

export const IncidentTypeRow = z
  .object({
    id: z.string(),
    title: z.string(),
    detection: z.array(
      z.object({
        alarm: z.string().nullable(),
        sources: z.array(z.string()),
        /** As in `> 0.2`. */
        threshold: z.string().nullable(),
        when: z.string().nullable(),
      }),
    ),
    severity: z.string(),
    /** What the value of its signals measures, such as `error_rate`. */
    measures: z.string().nullable(),
    team: z.string().nullable(),
    group_by: z.array(z.string()),
    /** An alert joins when the last one came no longer ago; null: as long as the incident is open. */
    window_seconds: Seconds.nullable(),
    first_step: z.string(),
    mitigation: z.array(z.object({ title: z.string(), action: z.string().nullable() })),
    follow_up: z.array(z.string()),
  })
  .meta({ id: 'IncidentType' })
export type IncidentTypeRow = z.infer<typeof IncidentTypeRow>

export const PlaybookView = z
  .object({
    version: z.number().int(),
    digest: z.string(),
    loaded_at: Timestamp.nullable(),
    metadata: z.object({
      id: z.string(),
      maintainer: z.object({ name: z.string(), email: z.string() }),
      last_review: z.string(),
      next_review_due: z.string(),
    }),
    severities: z.array(SeverityRow),
    default_severity: z.string(),
    lifecycle: z.array(z.object({ phase: z.string(), title: z.string(), description: z.string() })),
    resolution: z.object({
      quiet_seconds: Seconds,
      automatic: z.array(z.string()),
      /** So many turns between firing and clear within the time hold the resolution. */
      flapping: z.object({ changes: z.number().int(), within_seconds: Seconds }),
    }),
    /** For types that say nothing of their own. */
    grouping: z.object({ by: z.array(z.string()), window_seconds: Seconds.nullable() }),
    limits: z.object({
      /** Of one source; the rest joins one storm incident. */
      new_incidents_per_minute: z.number().int(),
      /** Messages to one person on one channel; the rest is folded. Null: no bound. */
      pages_per_person: z.object({ pages: z.number().int(), within_seconds: Seconds }).nullable(),
    }),
    /** What may hold alerts, and what nothing does. */
    muting: z.object({
      reason_required: z.array(z.string()),
      /** At a time, for severities that need a reason; null: as long as it runs. */
      max_seconds: Seconds.nullable(),
      never: z.array(z.string()),
      notice_before_seconds: Seconds,
    }),
    inhibition: z.array(
      z.object({
        name: z.string(),
        /** As people write them: `alertname="ClusterDown"`. */
        source_matchers: z.array(z.string()),
        target_matchers: z.array(z.string()),
        equal: z.array(z.string()),
      }),
    ),
    /** Senders whose silence is an alarm. */
    heartbeats: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        interval_seconds: Seconds,
        grace_seconds: Seconds,
        /** A firing alert of this name, with these labels, counts as a ping; null: none does. */
        alarm: z.string().nullable(),
        labels: z.record(z.string(), z.string()),
      }),
    ),
    incident_types: z.array(IncidentTypeRow),
    roles: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        responsibility: z.string(),
        checklist: z.array(z.string()),
        held_by: z.array(z.string()),
      }),
    ),
    communication: z.array(
      z.object({
        audience: z.string(),
        channels: z.array(z.string()),
        severities: z.array(z.string()),
        every_seconds: Seconds.nullable(),
        content: z.string(),
      }),
    ),
    post_mortem: z.object({
      within_seconds: Seconds,
      severities: z.array(z.string()),
      sections: z.array(z.object({ title: z.string(), description: z.string() })),
    }),
    compliance: z.array(z.object({ id: z.string(), title: z.string(), text: z.string() })),
    pass_criteria: z.array(z.string()),
    duty_roles: z.array(z.string()),
    slas: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        /** Null: everybody. */
        customer: z.string().nullable(),
        /** Empty: all. */
        services: z.array(z.string()),
        objective: z.object({ percent: z.number(), window_seconds: Seconds }).nullable(),
        severities: z.array(z.string()),
        responses: z.array(z.object({ severity: z.string(), within_seconds: Seconds })),
      }),
    ),
    services: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        team: z.string().nullable(),
        tier: z.number().nullable(),
        labels: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
        links: z.array(z.object({ title: z.string(), url: z.string() })),
      }),
    ),
    teams: z.array(z.object({ name: z.string(), description: z.string() })),
    /** What the document calls itself and its sections; a `section` is a key of the file. Null: the usual title. */
    document: z.object({ title: z.string().nullable(), sections: z.array(z.object({ section: z.string(), title: z.string() })) }),
    /** What the document says and nothing runs. `at` is a key of the file or `start`; `text` is Markdown. */
    prose: z.array(z.object({ at: z.string(), place: z.enum(['before', 'after']), title: z.string().nullable(), text: z.string() })),
  })
  .meta({ id: 'Playbook' })
export type PlaybookView = z.infer<typeof PlaybookView>

/** One leaf of the audit log: the bytes that were hashed, read as JSON. */
export const AuditLeaf = z
  .object({
    id: z.string(),
    created_at: Timestamp,
    /** Place in the signed tree; null until it is sequenced. */
    leaf_index: z.number().int().nullable(),
    /** SHA-256, hex. */
    leaf_hash: z.string(),
    leaf: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditLeaf' })
export type AuditLeaf = z.infer<typeof AuditLeaf>
