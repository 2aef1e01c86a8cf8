/** Devices that take push messages for a person: how one is subscribed, and how it fares. */
import { z } from 'zod'
import { Name, Timestamp } from './common.ts'

export const PushDevice = z
  .object({
    id: z.string(),
    name: z.string(),
    /** As the page ledger names it, such as `push:pixel-9-3f2a`. */
    channel: z.string(),
    /** Host of the push service of the browser's vendor, by which messages go. */
    service: z.string(),
    created_at: Timestamp,
    /** When its push service last took a message; null: it never did. */
    last_success_at: Timestamp.nullable(),
    /** When the device last said that it showed one. */
    last_shown_at: Timestamp.nullable(),
    /** Its push service ended the subscription: it is paged no more. */
    revoked_at: Timestamp.nullable(),
    /** Why; null while it is paged. */
    revoked_reason: z.string().nullable(),
  })
  .meta({ id: 'PushDevice' })
export type PushDevice = z.infer<typeof PushDevice>

export const PushState = z
  .object({
    /** What a browser subscribes with, base64url; null: push is off, because the key cannot be read. */
    public_key: z.string().nullable(),
    items: z.array(PushDevice),
  })
  .meta({ id: 'PushState' })
export type PushState = z.infer<typeof PushState>

/** P-256, uncompressed: 65 bytes in base64url, the first of them 4. */
const POINT = /^B[A-Za-z0-9_-]{86}$/
/** 16 bytes in base64url. */
const SECRET = /^[A-Za-z0-9_-]{22}$/

/** What `PushSubscription.toJSON()` of a browser holds, and how its person calls the device. */
export const PushBody = z
  .object({
    name: Name,
    endpoint: z.string().min(1).max(2_000),
    keys: z.object({ p256dh: z.string().regex(POINT), auth: z.string().regex(SECRET) }).strict(),
  })
  .strict()
  .meta({ id: 'SubscribePush' })
export type PushBody = z.input<typeof PushBody>

export const PushTested = z.object({ state: z.string(), reason: z.string().nullable() }).meta({ id: 'PushTested' })
export type PushTested = z.infer<typeof PushTested>

/** What pressing a button of a notification came to. */
export const PushAct = z
  .object({
    /** `done`: by this press or an earlier one. `gone`: the link is unknown or too old. */
    state: z.enum(['acknowledged', 'declined', 'over', 'not-paged', 'gone']),
    number: z.number().int().nullable(),
    /** Who else has acknowledged. */
    others: z.array(z.string()),
  })
  .meta({ id: 'PushAct' })
export type PushAct = z.infer<typeof PushAct>
