/** What the playbook asks or promises for an incident as the API shows it: mitigations, updates, the post-mortem, SLAs. */
import { z } from 'zod'
import { Timestamp } from './common.ts'

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
