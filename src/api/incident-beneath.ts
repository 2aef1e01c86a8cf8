/** What lies beneath an incident as the API shows it: its pages and its timeline. */
import { z } from 'zod'
import { ActorRef, PersonRef, Timestamp } from './common.ts'

export const Delivery = z
  .object({
    channel: z.string(),
    state: z.enum(['queued', 'sending', 'sent', 'delivered', 'seen', 'failed', 'cancelled']),
    queued_at: Timestamp,
    /** When it is sent, unless somebody acknowledges before; null once it is due. */
    due_at: Timestamp.nullable(),
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
