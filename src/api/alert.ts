/** What monitoring sent: alerts, signals, changes, and the sources that may send. */
import { z } from 'zod'
import { Timestamp } from './common.ts'
import { AlertHold } from './silence.ts'

const Link = z.object({ href: z.string(), text: z.string() })

/** One firing episode of signals that share a fingerprint. Its texts are what strangers sent. */
export const Alert = z
  .object({
    id: z.string(),
    /** The sender's own key, else the fingerprint. */
    dedup_key: z.string(),
    alarm: z.string(),
    title: z.string(),
    state: z.enum(['firing', 'resolved']),
    source: z.string(),
    source_id: z.string(),
    labels: z.record(z.string(), z.string()),
    links: z.array(Link),
    severity_hint: z.string().nullable(),
    value: z.number().nullable(),
    starts_at: Timestamp.nullable(),
    first_at: Timestamp,
    last_at: Timestamp,
    resolved_at: Timestamp.nullable(),
    /** It fires as far as anybody knows, but since then its source should have said so again and has not: silence is not health. */
    silent_since: Timestamp.nullable(),
    /** Signals of this episode. */
    count: z.number().int(),
    incident_id: z.string().nullable(),
    /** What keeps it from paging while it fires; null: nothing does. */
    hold: AlertHold.nullable(),
  })
  .meta({ id: 'Alert' })
export type Alert = z.infer<typeof Alert>

/** One message as it was received, and what became of it. */
export const Signal = z
  .object({
    id: z.string(),
    title: z.string(),
    source: z.string(),
    source_id: z.string(),
    received_at: Timestamp,
    /** What became of it and why, in one sentence. */
    outcome: z.string(),
    /** The same as a fixed word, such as `opened` or `refused`; `waiting` while it is not applied yet. */
    outcome_kind: z.string(),
    incident_id: z.string().nullable(),
    alert_id: z.string().nullable(),
  })
  .meta({ id: 'Signal' })
export type Signal = z.infer<typeof Signal>

/** `looked_to`: a search ends after a while, this is how far back it came; null where it came to the end. */
export const SignalList = z.object({ items: z.array(Signal), next: z.string().nullable(), looked_to: Timestamp.nullable() })
export type SignalList = z.infer<typeof SignalList>

/** The request a signal came in, as it was; keys and cookies are left out. */
export const SignalRaw = z
  .object({
    id: z.string(),
    received_at: Timestamp,
    door: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.unknown()),
    /** The body where it is valid UTF-8, else null. */
    body: z.string().nullable(),
    body_base64: z.string(),
    refused: z.string().nullable(),
  })
  .meta({ id: 'SignalRaw' })
export type SignalRaw = z.infer<typeof SignalRaw>

/** A deployment or other change that a source reported. */
export const Change = z
  .object({
    id: z.string(),
    title: z.string(),
    source: z.string(),
    at: Timestamp,
    links: z.array(Link),
    details: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Change' })
export type Change = z.infer<typeof Change>
