/** Views drawn of an incident: the matrix with what is measured beside it, and what its alerts have in common. */
import { z } from 'zod'
import { Timestamp } from './common.ts'
import { MeasuredImpact, ProposedSeverity } from './incident.ts'

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
