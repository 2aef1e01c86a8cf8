/** Silences between Alertmanager's shapes and ours. */
import { z } from 'zod'
import { cleanText } from '../../api/schema.ts'
import type { Matcher } from '../../core/silence/matcher.ts'
import { type Silence, stateOf } from '../../core/silence/silence.ts'
import { type Instant, toRfc3339 } from '../../core/time.ts'
import { AlertmanagerRefusal } from './answer.ts'

export interface GettableSilence {
  readonly id: string
  readonly status: { readonly state: 'expired' | 'active' | 'pending' }
  readonly updatedAt: string
  readonly comment: string
  readonly createdBy: string
  readonly startsAt: string
  readonly endsAt: string
  readonly matchers: readonly Matcher[]
  readonly annotations: Readonly<Record<string, string>>
}

export function showSilence(silence: Silence, now: Instant): GettableSilence {
  return {
    id: silence.id,
    status: { state: stateOf(silence, now) },
    updatedAt: toRfc3339(silence.updatedAt),
    comment: silence.reason,
    createdBy: silence.createdBy,
    startsAt: toRfc3339(silence.startsAt),
    endsAt: toRfc3339(silence.endsAt),
    matchers: silence.matchers.map(({ name, value, isRegex, isEqual }) => ({ name, value, isRegex, isEqual })),
    annotations: {},
  }
}

const Text = (charsMax: number) => z.string().overwrite(cleanText).max(charsMax)
const Instant = z.string().transform((text, context) => {
  const instant = Date.parse(text)
  if (!Number.isNaN(instant) && /^\d{4}-\d\d-\d\d[Tt ]/.test(text)) return instant
  context.addIssue({ code: 'custom', message: 'is no date-time' })
  return z.NEVER
})

/** Unknown fields are ignored, as Alertmanager does. */
const PostableSilence = z.object({
  id: z.string().max(100).nullish(),
  matchers: z
    .array(
      z.object({
        name: Text(256),
        value: Text(4_096),
        isRegex: z.boolean(),
        isEqual: z
          .boolean()
          .nullish()
          .transform((isEqual) => isEqual ?? true),
      }),
    )
    .min(1)
    .max(32),
  startsAt: Instant,
  endsAt: Instant,
  createdBy: Text(1_024),
  comment: Text(20_000),
})
export type PostableSilence = z.infer<typeof PostableSilence>

/** @throws {AlertmanagerRefusal} 400, naming the field */
export function readSilence(body: unknown): PostableSilence {
  let json: unknown
  try {
    json = JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '')
  } catch {
    throw new AlertmanagerRefusal(400, 'parsing silence body from "" failed, because it is no JSON')
  }
  const parsed = PostableSilence.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new AlertmanagerRefusal(400, `silence.${issue?.path.join('.') ?? ''} in body ${issue?.message ?? 'is not understood'}`)
}
