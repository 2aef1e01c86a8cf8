/** Heartbeats: something says "I am alive" every so often, and people are paged when it stops. */
import { z } from 'zod'
import { cleanText, Line, Name, Text, Timestamp } from './common.ts'

export const HEARTBEAT_STATES = ['waiting', 'alive', 'late', 'paused'] as const

/**
 * `waiting`: no ping yet, so nothing is missed. `late`: the last ping is older than interval and grace; people are paged by
 * the playbook until it pings again.
 */
export const Heartbeat = z
  .object({
    id: z.string(),
    /** Stands in the address of its ping. */
    name: z.string(),
    description: z.string(),
    state: z.enum(HEARTBEAT_STATES),
    interval_seconds: z.number().int(),
    /** How much later than the interval a ping may come. */
    grace_seconds: z.number().int(),
    /** A firing alert of this name counts as a ping and opens no incident, such as Prometheus' `Watchdog`; null: none does. */
    alarm: z.string().nullable(),
    /** What such an alert must carry besides, and what the alarm that is raised carries. */
    labels: z.record(z.string(), z.string()),
    /** `playbook`: it stands in playbook.yaml and is changed there. */
    origin: z.enum(['person', 'playbook', 'opsgenie']),
    pings: z.number().int(),
    last_ping_at: Timestamp.nullable(),
    /** When it is late if nothing comes; null while it waits or is paused. */
    due_at: Timestamp.nullable(),
    /** Set where `due_at` was moved because Tocsin itself was away until then: pings of that time may have been lost. */
    excused_until: Timestamp.nullable(),
    late_since: Timestamp.nullable(),
    paused_at: Timestamp.nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Heartbeat' })
export type Heartbeat = z.infer<typeof Heartbeat>

const SECONDS_MIN = 10
const SECONDS_MAX = 366 * 86_400
/** No slash: the name is one part of an address. */
const HeartbeatName = Name.refine((name) => !name.includes('/'), 'holds no slash')
const Interval = z.number().int().min(SECONDS_MIN).max(SECONDS_MAX)
const Grace = z.number().int().min(0).max(SECONDS_MAX)
const Labels = z.record(z.string().min(1).max(200).overwrite(cleanText), z.string().max(1_024).overwrite(cleanText))

export const HeartbeatBody = z
  .strictObject({
    name: HeartbeatName,
    description: Text.default(''),
    interval_seconds: Interval,
    /** A tenth of the interval, a minute at least, when left out. */
    grace_seconds: Grace.optional(),
    alarm: Line.nullable().default(null),
    labels: Labels.default({}),
    /** True: nothing is missed until it is resumed. */
    paused: z.boolean().default(false),
  })
  .meta({ id: 'CreateHeartbeat' })
export type HeartbeatBody = z.input<typeof HeartbeatBody>

/** What is left out stays. */
export const HeartbeatPatch = z
  .strictObject({
    name: HeartbeatName.optional(),
    description: Text.optional(),
    interval_seconds: Interval.optional(),
    grace_seconds: Grace.optional(),
    alarm: Line.nullable().optional(),
    labels: Labels.optional(),
    paused: z.boolean().optional(),
  })
  .meta({ id: 'ChangeHeartbeat' })
export type HeartbeatPatch = z.input<typeof HeartbeatPatch>

export const HeartbeatQuery = z.object({ state: z.enum(HEARTBEAT_STATES).optional() })
