/** Sources that can be asked what fires now, what they answered last, and what cannot be asked. */
import { z } from 'zod'
import { Timestamp } from './common.ts'

export const AskedConnection = z
  .object({
    /** Of `connections.yaml`. */
    name: z.string(),
    /** Such as `alertmanager`. */
    kind: z.string(),
    /** The source whose alerts it answers for; null where connections.yaml names none that is known. */
    source: z.object({ id: z.string(), name: z.string() }).nullable(),
    every_seconds: z.number(),
    asked_at: Timestamp.nullable(),
    answered_at: Timestamp.nullable(),
    state: z.enum(['never', 'answered', 'failed', 'running', 'misconfigured']),
    /** One sentence: how many fire there, or why it could not be asked. */
    detail: z.string(),
    firing_there: z.number().int().nullable(),
    /** Alerts that fire here and are not in its last whole answer: not resolved by that, people decide. */
    missing: z.array(z.object({ alert_id: z.string(), title: z.string(), missing_since: Timestamp, incident_id: z.string().nullable() })),
  })
  .meta({ id: 'AskedConnection' })
export type AskedConnection = z.infer<typeof AskedConnection>

export const AskedSources = z
  .object({
    items: z.array(AskedConnection),
    /** Sources whose alerts nobody can ask about after a downtime, each with the reason. */
    cannot_be_asked: z.array(z.object({ id: z.string(), name: z.string(), kind: z.string().nullable(), reason: z.string() })),
  })
  .meta({ id: 'AskedSources' })
export type AskedSources = z.infer<typeof AskedSources>
