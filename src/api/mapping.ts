/** How a JSON body of any shape becomes signals: expressions over it, kept for a source, tried on a sample, or suggested from one. */
import { z } from 'zod'
import { Explained } from './explain.ts'
import { cleanText, Name, Timestamp } from './common.ts'

/** A CEL expression over `body` (the message), `item` (one of `each`) and `headers`. */
const Expression = z.string().overwrite(cleanText).trim().min(1).max(1_000)
const optional = Expression.nullable().default(null)

/** Everything is optional but one of `alarm` and `title`. What a message lacks is left out; only a missing status is a fault. */
export const Mapping = z
  .strictObject({
    /** Gives a list, such as `body.alerts`: each of its items, called `item`, is a signal. Null: the body is one. */
    each: optional,
    alarm: optional,
    /** Gives a word (firing, ok, resolved, open, closed and the like) or true for firing. Null: it fires. */
    status: optional,
    title: optional,
    summary: optional,
    dedup_key: optional,
    severity_hint: optional,
    value: optional,
    /** One expression that gives an object, or an expression a label. */
    labels: z
      .union([Expression, z.record(z.string().min(1).max(256), Expression)])
      .nullable()
      .default(null),
    links: z
      .array(z.strictObject({ href: Expression, text: Name }))
      .max(16)
      .default([]),
    starts_at: optional,
    ends_at: optional,
  })
  .meta({ id: 'Mapping' })
export type Mapping = z.infer<typeof Mapping>

export const MappingBody = z.strictObject({ mapping: Mapping.nullable() })
export type MappingBody = z.infer<typeof MappingBody>

export const StoredMapping = z
  .object({
    /** Null: the source has none, its messages are read as docs/sources/json.md says. */
    mapping: Mapping.nullable(),
    version: z.number().int(),
    updated_at: Timestamp.nullable(),
    updated_by: z.string().nullable(),
  })
  .meta({ id: 'StoredMapping' })
export type StoredMapping = z.infer<typeof StoredMapping>

const SAMPLE_CHARS_MAX = 200_000

export const MappingTry = z.strictObject({
  /** A message as it would be sent. */
  sample: z.string().max(SAMPLE_CHARS_MAX),
  mapping: Mapping,
  /** Id of the source it would come by: its incidents are then looked for. */
  source: Name.optional(),
})
export type MappingTry = z.infer<typeof MappingTry>

export const MappingProblem = z.object({
  /** Such as `alarm`, `labels.host`, `links.0.href`. */
  field: z.string(),
  message: z.string(),
  /** Empty where there is no advice. */
  fix: z.string(),
  /** In characters from the start of the expression. */
  offset: z.number().int(),
})
export type MappingProblem = z.infer<typeof MappingProblem>

export const MappedSignal = z.object({
  alarm: z.string(),
  status: z.enum(['firing', 'acknowledged', 'resolved']),
  title: z.string(),
  summary: z.string().nullable(),
  dedup_key: z.string().nullable(),
  severity_hint: z.string().nullable(),
  value: z.number().nullable(),
  labels: z.record(z.string(), z.string()),
  links: z.array(z.object({ href: z.string(), text: z.string() })),
  starts_at: Timestamp.nullable(),
  ends_at: Timestamp.nullable(),
})

export const MappingTried = z
  .object({
    /** What is wrong with the expressions whatever the message: such a mapping is not kept. */
    problems: z.array(MappingProblem),
    /** Why this message could not be mapped: it would be kept, and people told plainly. */
    fault: z.object({ field: z.string().nullable(), message: z.string() }).nullable(),
    /** To fifty. */
    signals: z.array(MappedSignal),
    /** What the playbook would do, signal by signal; null where there is none. */
    explained: Explained.nullable(),
  })
  .meta({ id: 'MappingTried' })
export type MappingTried = z.infer<typeof MappingTried>

export const MappingSuggest = z.strictObject({ sample: z.string().max(SAMPLE_CHARS_MAX) })

export const MappingSuggestion = z
  .object({
    mapping: Mapping,
    /** What of the sample each field would take. */
    found: z.array(z.object({ field: z.string(), expression: z.string(), example: z.string() })),
    /** Every place in the sample, to choose from. */
    places: z.array(z.object({ expression: z.string(), example: z.string() })),
  })
  .meta({ id: 'MappingSuggestion' })
export type MappingSuggestion = z.infer<typeof MappingSuggestion>
