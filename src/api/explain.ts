/** What the playbook would do about a signal at an instant, and by which of its lines. Nothing is opened, nobody is paged. */
import { z } from 'zod'
import { AnyTimestamp, Name, Text, Timestamp } from './common.ts'
import { AlertHold } from './silence.ts'

/** A place in playbook.yaml; `line` is null where the file says nothing and the language's own default counts. */
export const Clause = z
  .object({ path: z.string(), line: z.number().int().nullable(), column: z.number().int().nullable(), quote: z.string() })
  .meta({ id: 'Clause' })
export type Clause = z.infer<typeof Clause>

/** After how many seconds from the instant that is asked about, and when that is. */
const moment = { after_seconds: z.number(), at: Timestamp }

const Reached = z.object({ id: z.string(), name: z.string(), channels: z.array(z.string()) })

const Named = z.object({ name: z.string(), clause: Clause })

const Considered = z.object({
  type: z.string(),
  title: z.string(),
  severity: z.string(),
  verdict: z.enum(['met', 'later', 'below', 'fault', 'missed']),
  /** Per detection of the type: each part that was looked at, and whether the signal had it. */
  detections: z.array(
    z.object({
      clause: Clause,
      checks: z.array(
        z.object({ part: z.enum(['alarm', 'sources', 'threshold', 'when']), ok: z.boolean(), sentence: z.string(), clause: Clause }),
      ),
    }),
  ),
  sentence: z.string(),
})

export const Explanation = z
  .object({
    signal: z.object({
      alarm: z.string(),
      title: z.string(),
      status: z.enum(['firing', 'acknowledged', 'resolved']),
      value: z.number().nullable(),
      severity_hint: z.string().nullable(),
      labels: z.record(z.string(), z.string()),
      /** Kind of source, such as `prometheus`. */
      source: z.string(),
    }),
    /** `type`: one matched. `triage`: none did, people classify it. `below`: kept, opens nothing. `nothing`: it is no new alert. */
    verdict: z.enum(['type', 'triage', 'below', 'nothing']),
    sentence: z.string(),
    type: z.object({ id: z.string(), title: z.string(), clause: Clause }).nullable(),
    severity: z.object({ id: z.string(), rank: z.number().int(), definition: z.string(), reason: z.string(), clause: Clause }).nullable(),
    /** What is hit, as the playbook names it by the signal's labels. */
    service: Named.nullish(),
    /** Whose people hold the roles; null: the organisation's. */
    team: Named.nullish(),
    /** Why it is whose it is, where the team that its key is bound to has a say; else empty. */
    team_reason: z.string().optional(),
    /** Alerts with this key share one open incident. Null where no incident is opened. */
    group_key: z.string().nullable(),
    /** The open incident that it would join, if you may see it: then nobody is paged anew. */
    joins: z.object({ id: z.string(), number: z.number().int(), title: z.string(), severity: z.string() }).nullable(),
    /** What keeps it from paging at that instant: a silence, a window, an inhibition, a snooze. Then nothing is opened until it ends. */
    hold: AlertHold.omit({ since: true }).nullish(),
    /** Silences and windows that fit it and do not hold it, each with why. */
    hold_passed: z.array(z.string()).optional(),
    /** Nearest miss first, what matched at the top; null when there are more than are shown. */
    considered: z.array(Considered),
    /** Types that nothing in the signal comes near, which are not listed. */
    considered_more: z.number().int(),
    pages: z.array(
      z.object({
        ...moment,
        role: z.string(),
        person: Reached,
        /** Channels of theirs that wait, and until when, unless somebody acknowledges before. */
        later: z.array(z.object({ channel: z.string(), ...moment })),
        /** End of the quiet hours that hold it; null: none do. */
        held_until: Timestamp.nullable(),
        /** Which of the escalation's steps, and in which round, both from 1. */
        step: z.number().int(),
        round: z.number().int(),
        because: z.string(),
        clause: Clause,
      }),
    ),
    notices: z.array(z.object({ ...moment, about: z.string(), people: z.array(Reached), sentence: z.string(), clause: Clause })),
    /** What happens when nobody has answered; null where nobody is paged. */
    end: z.object({ ...moment, sentence: z.string(), clause: Clause }).nullable(),
    /** True: the list of pages was cut, the playbook pages on. */
    pages_cut: z.boolean(),
    clocks: z.array(
      z.object({
        kind: z.string(),
        /** Null: it starts with something that has not happened. */
        due_at: Timestamp.nullable(),
        due_after_seconds: z.number().nullable(),
        sentence: z.string(),
        clause: Clause,
      }),
    ),
    updates: z.array(
      z.object({
        audience: z.string(),
        channels: z.array(z.string()),
        content: z.string(),
        /** Null: on every change. */
        every_seconds: z.number().nullable(),
        first_due_at: Timestamp,
        sentence: z.string(),
        clause: Clause,
      }),
    ),
    first_step: z.object({ text: z.string(), clause: Clause }).nullable(),
    mitigation: z.array(z.object({ title: z.string(), action: z.string().nullable(), clause: Clause })),
    follow_ups: z.array(z.object({ title: z.string(), clause: Clause })),
  })
  .meta({ id: 'Explanation' })
export type Explanation = z.infer<typeof Explanation>

export const Explained = z
  .object({
    at: Timestamp,
    playbook: z.object({ version: z.number().int().nullable(), digest: z.string(), loaded_at: Timestamp.nullable() }),
    /** What could not be known and was taken as given. */
    assumptions: z.array(z.string()),
    /** Set when the door could not understand the message, or its vendor's contract refuses it. */
    refused: z.object({ reason: z.string(), people_are_told: z.boolean() }).nullable(),
    /** One for each signal in the message, to twenty. */
    items: z.array(Explanation),
    items_more: z.number().int(),
  })
  .meta({ id: 'Explained' })
export type Explained = z.infer<typeof Explained>

const AlarmName = Text.max(1_024)

/** An imagined signal: an alarm or a title is enough. */
const ImaginedSignal = z
  .strictObject({
    alarm: AlarmName.nullable().default(null),
    title: AlarmName.nullable().default(null),
    summary: Text.nullable().default(null),
    status: z.enum(['firing', 'acknowledged', 'resolved']).default('firing'),
    value: z.number().nullable().default(null),
    severity_hint: Name.nullable().default(null),
    dedup_key: AlarmName.nullable().default(null),
    labels: z.record(z.string().max(256), z.string().max(4_096)).default({}),
  })
  .refine((signal) => (signal.alarm ?? signal.title ?? '') !== '', { path: ['alarm'], message: 'an alarm or a title is needed' })
export type ImaginedSignal = z.infer<typeof ImaginedSignal>

const when = {
  /** Past or future; now when left out. */
  at: AnyTimestamp.optional(),
  /** Name or id of a source, or a kind such as `sentry`; of a pasted body its door's when left out. */
  source: Name.optional(),
}

/** One of a signal, a raw body with its door, and the id of a signal that was received. */
export const ExplainBody = z
  .strictObject({
    ...when,
    signal: ImaginedSignal.optional(),
    door: Name.optional(),
    body: z.string().max(200_000).optional(),
    signal_id: Name.optional(),
  })
  .refine(
    (asked) =>
      [asked.signal, asked.body, asked.signal_id].filter((part) => part !== undefined).length === 1 &&
      (asked.body === undefined) === (asked.door === undefined),
    { path: ['signal'], message: 'give one of signal, door with body, and signal_id' },
  )
export type ExplainBody = z.infer<typeof ExplainBody>

export const ExplainQuery = z
  .strictObject({
    ...when,
    alarm: AlarmName.optional(),
    title: AlarmName.optional(),
    value: z.coerce.number().optional(),
    severity_hint: Name.optional(),
    status: z.enum(['firing', 'acknowledged', 'resolved']).optional(),
    /** `name=value`, as often as there are labels. */
    label: z.union([z.string(), z.array(z.string()).max(128)]).optional(),
    /** Id of a signal that was received, instead of all the others. */
    signal: Name.optional(),
  })
  .refine((asked) => (asked.signal === undefined) !== ((asked.alarm ?? asked.title ?? '') === ''), {
    path: ['alarm'],
    message: 'give an alarm or a title, or the id of a signal',
  })
export type ExplainQuery = z.infer<typeof ExplainQuery>
