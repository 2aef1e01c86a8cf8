/** What keeps alerts from paging for a while: silences, maintenance windows, snoozes, and what they would hold. */
import { z } from 'zod'
import { ActorRef, AnyTimestamp, Line, Name, Text, Timestamp } from './common.ts'

export const MATCHERS_MAX = 32

/** As Alertmanager's. `name` is a label, or `alertname`, `source`, `type`, `service`; a label that is not there is the empty text. */
export const SilenceMatcher = z
  .strictObject({
    name: z.string().min(1).max(256),
    value: z.string().max(4_096),
    /** Anchored at both ends, in RE2's syntax. */
    is_regex: z.boolean().default(false),
    /** False: `!=` or `!~`. */
    is_equal: z.boolean().default(true),
  })
  .meta({ id: 'SilenceMatcher' })
export type SilenceMatcher = z.infer<typeof SilenceMatcher>

const Matchers = z.array(SilenceMatcher).max(MATCHERS_MAX)
/** Each as people write it: `alertname="API5xxAlarm"`, `env=~"stag.*"`, `team!=payments`. */
const MatchTexts = z.array(z.string().min(1).max(5_000)).max(MATCHERS_MAX)

const HeldIncident = z.object({ id: z.string(), number: z.number().int(), title: z.string(), severity: z.string() })

export const Silence = z
  .object({
    id: z.string(),
    state: z.enum(['pending', 'active', 'expired']),
    matchers: z.array(
      z.object({ name: z.string(), value: z.string(), is_regex: z.boolean(), is_equal: z.boolean() }).meta({ id: 'SilenceMatcherShown' }),
    ),
    /** The matchers as people write them. */
    text: z.string(),
    starts_at: Timestamp,
    ends_at: Timestamp,
    /** Empty: none was given; then it holds nothing of a severity that needs one. */
    reason: z.string(),
    /** Who made it: a person, or the source whose key was used. */
    author: ActorRef,
    /** As the author called themselves, such as `amtool --author`; else the author's name. */
    created_by: z.string(),
    created_at: Timestamp,
    updated_at: Timestamp,
    /** Ended by hand before its time. */
    expired_at: Timestamp.nullable(),
    expired_by: ActorRef.nullable(),
    /** Firing alerts that it holds now. */
    holding: z.number().int(),
    /** What the playbook keeps it from holding, and other things to know; sentences. */
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Silence' })
export type Silence = z.infer<typeof Silence>

const asked = {
  matchers: Matchers.optional(),
  /** Instead of `matchers`, or beside them. */
  match: MatchTexts.optional(),
}

/** Ends at `ends_at`, or `duration_seconds` after its start. */
export const SilenceBody = z
  .strictObject({
    ...asked,
    starts_at: AnyTimestamp.optional(),
    ends_at: AnyTimestamp.optional(),
    duration_seconds: z
      .number()
      .int()
      .min(1)
      .max(366 * 86_400)
      .optional(),
    reason: Text.default(''),
  })
  .meta({ id: 'CreateSilence' })
export type SilenceBody = z.input<typeof SilenceBody>

/** What is left out stays. The matchers of a silence never change: expire it and make another. */
export const SilencePatch = z
  .strictObject({ starts_at: AnyTimestamp.optional(), ends_at: AnyTimestamp.optional(), reason: Text.optional() })
  .meta({ id: 'ChangeSilence' })
export type SilencePatch = z.input<typeof SilencePatch>

export const MuteQuery = z.object({
  /** All of them when left out, those that hold or will hold first. */
  state: z.enum(['pending', 'active', 'expired']).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
})

/** An alert that it would hold, or would have held. */
const PreviewAlert = z.object({
  id: z.string(),
  alarm: z.string(),
  title: z.string(),
  state: z.enum(['firing', 'resolved']),
  source: z.string(),
  labels: z.record(z.string(), z.string()),
  first_at: Timestamp,
  last_at: Timestamp,
  resolved_at: Timestamp.nullable(),
  /** What it is, or would be, an incident of; null: people classify it. */
  incident_type: z.string().nullable(),
  service: z.string().nullable(),
  severity: z.string(),
  incident_id: z.string().nullable(),
  /** False: the playbook keeps it from being held, or its incident is open already; `why` says so. */
  would_hold: z.boolean(),
  why: z.string(),
})

export const MutePreview = z
  .object({
    /** Firing now, at most 100. */
    current: z.array(PreviewAlert),
    current_total: z.number().int(),
    /** Began in the last seven days and are over, newest first, at most 100. */
    last_week: z.array(PreviewAlert),
    last_week_total: z.number().int(),
    /** Of all those, by severity, most severe first. */
    severities: z.array(z.object({ severity: z.string(), count: z.number().int() })),
    /** Open incidents that alerts like these belong to: they stay open. */
    open_incidents: z.array(HeldIncident),
    /** A reason must be given: it may hold one of the playbook's severities that need one. */
    reason_required: z.boolean(),
    warnings: z.array(z.string()),
    /** True: there were more alerts than were looked at. */
    cut: z.boolean(),
  })
  .meta({ id: 'MutePreview' })
export type MutePreview = z.infer<typeof MutePreview>

export const SilencePreviewBody = z.strictObject({ ...asked, reason: Text.default('') }).meta({ id: 'PreviewSilence' })
export type SilencePreviewBody = z.input<typeof SilencePreviewBody>

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const Wall = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'a wall clock time such as 2026-12-01T22:00')
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 22:00')
const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day such as 2026-12-01')
const WINDOW_MINUTES_MAX = 7 * 24 * 60

/** All on the wall clock of the window's zone. A start that a clock change skips moves to the instant after the gap. */
export const MaintenanceSchedule = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('once'), from: Wall, to: Wall }),
    z.strictObject({
      kind: z.literal('weekly'),
      days: z.array(z.enum(WEEKDAYS)).min(1).max(7),
      at: TimeOfDay,
      minutes: z.number().int().min(1).max(WINDOW_MINUTES_MAX),
      from: Day.optional(),
      until: Day.optional(),
    }),
    z.strictObject({
      kind: z.literal('monthly'),
      /** A day of the month (1 to 31; -1 is the last), or the nth weekday (`nth` 1 to 4, -1 the last). */
      on: z.union([
        z.strictObject({
          day: z
            .number()
            .int()
            .min(-1)
            .max(31)
            .refine((day) => day !== 0, 'is 1 to 31, or -1 for the last'),
        }),
        z.strictObject({
          nth: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(-1)]),
          weekday: z.enum(WEEKDAYS),
        }),
      ]),
      at: TimeOfDay,
      minutes: z.number().int().min(1).max(WINDOW_MINUTES_MAX),
      from: Day.optional(),
      until: Day.optional(),
    }),
  ])
  .meta({ id: 'MaintenanceSchedule' })
export type MaintenanceSchedule = z.infer<typeof MaintenanceSchedule>

/** It holds alerts that all of what is given fits; one at least must be given. */
const scope = {
  matchers: Matchers.default([]),
  match: MatchTexts.default([]),
  /** Names of the playbook's services. */
  services: z.array(Name).max(100).default([]),
  /** Ids of incident types. */
  types: z.array(Name).max(100).default([]),
  /** Names of sources. */
  sources: z.array(Name).max(100).default([]),
}

export const MaintenanceBody = z
  .strictObject({
    title: Line,
    reason: Text.default(''),
    zone: z.string().min(1).max(64).default('UTC'),
    schedule: MaintenanceSchedule,
    ...scope,
  })
  .meta({ id: 'CreateMaintenance' })
export type MaintenanceBody = z.input<typeof MaintenanceBody>

/** What is left out stays; a list that is given takes the place of the one before. */
export const MaintenancePatch = z
  .strictObject({
    title: Line.optional(),
    reason: Text.optional(),
    zone: z.string().min(1).max(64).optional(),
    schedule: MaintenanceSchedule.optional(),
    matchers: Matchers.optional(),
    match: MatchTexts.optional(),
    services: z.array(Name).max(100).optional(),
    types: z.array(Name).max(100).optional(),
    sources: z.array(Name).max(100).optional(),
  })
  .meta({ id: 'ChangeMaintenance' })
export type MaintenancePatch = z.input<typeof MaintenancePatch>

export const MaintenancePreviewBody = z.strictObject({ ...scope, reason: Text.default('') }).meta({ id: 'PreviewMaintenance' })
export type MaintenancePreviewBody = z.input<typeof MaintenancePreviewBody>

const Occurrence = z.object({ starts_at: Timestamp, ends_at: Timestamp })

export const Maintenance = z
  .object({
    id: z.string(),
    /** `active`: an occurrence runs now. `pending`: one is to come. `expired`: none will. */
    state: z.enum(['pending', 'active', 'expired']),
    title: z.string(),
    reason: z.string(),
    zone: z.string(),
    schedule: MaintenanceSchedule,
    /** Such as `every Mon, Thu at 22:00 for 2 h (Europe/Berlin)`. */
    schedule_text: z.string(),
    matchers: Silence.shape.matchers,
    services: z.array(z.string()),
    types: z.array(z.string()),
    sources: z.array(z.string()),
    /** What it is about, in one line. */
    text: z.string(),
    /** The occurrence that runs. */
    current: Occurrence.nullable(),
    /** The next three. */
    next: z.array(Occurrence),
    author: ActorRef,
    created_at: Timestamp,
    updated_at: Timestamp,
    ended_at: Timestamp.nullable(),
    holding: z.number().int(),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Maintenance' })
export type Maintenance = z.infer<typeof Maintenance>

/** Until `until`, or for `duration_seconds` from now. */
export const SnoozeBody = z
  .strictObject({
    until: AnyTimestamp.optional(),
    duration_seconds: z
      .number()
      .int()
      .min(1)
      .max(366 * 86_400)
      .optional(),
    reason: Text.default(''),
  })
  .meta({ id: 'Snooze' })
export type SnoozeBody = z.input<typeof SnoozeBody>

export const AlertSnooze = z
  .object({
    id: z.string(),
    alert_id: z.string(),
    until: Timestamp,
    reason: z.string(),
    author: ActorRef,
    created_at: Timestamp,
    /** Ended before its time. */
    ended_at: Timestamp.nullable(),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'AlertSnooze' })
export type AlertSnooze = z.infer<typeof AlertSnooze>

/** What holds an alert, as lists of alerts and explanations show it. */
export const AlertHold = z
  .object({
    by: z.enum(['silence', 'maintenance', 'inhibition', 'snooze', 'observe']),
    /** Id of the silence, the window, the snooze or the source; name of the inhibition rule. */
    ref_id: z.string(),
    reason: z.string(),
    since: Timestamp,
    until: Timestamp.nullable(),
  })
  .meta({ id: 'AlertHold' })
export type AlertHold = z.infer<typeof AlertHold>
