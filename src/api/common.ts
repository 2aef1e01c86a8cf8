/** Shapes that every answer of the API shares: times, people, lists, problems, and how text from outside is taken in. */
import { z } from 'zod'

/** RFC 3339 in UTC with `Z`. */
export const Timestamp = z.iso.datetime()

/** RFC 3339 with any offset, for times that people give; years 1970 to 9999. */
export const AnyTimestamp = z.iso.datetime({ offset: true }).refine((text) => {
  const instant = Date.parse(text)
  return instant >= 0 && instant < 253_402_300_800_000
}, 'a time between 1970 and 9999')

/** Longest text taken in one field; a longer one is refused, naming the field. */
export const TEXT_CHARS_MAX = 20_000
export const LINE_CHARS_MAX = 1_024
export const LIST_LIMIT_MAX = 200
export const LIST_LIMIT_DEFAULT = 50

/** Postgres refuses U+0000 and lone surrogates: both become U+FFFD, so that a pasted note is never lost over them. */
export function cleanText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed()
}

/** Text of several lines. */
export const Text = z.string().overwrite(cleanText).max(TEXT_CHARS_MAX)
/** One line that says something. */
export const Line = z.string().overwrite(cleanText).trim().min(1).max(LINE_CHARS_MAX)
/** A short name, such as a severity or a role. */
export const Name = z.string().overwrite(cleanText).trim().min(1).max(200)

export const PersonRef = z.object({ id: z.string(), name: z.string(), email: z.string() }).meta({ id: 'PersonRef' })
export type PersonRef = z.infer<typeof PersonRef>

/** Who did something: a person, a monitoring source, or Tocsin itself. */
export const ActorRef = z
  .object({ kind: z.enum(['person', 'source', 'system']), id: z.string().nullable(), name: z.string() })
  .meta({ id: 'Actor' })
export type ActorRef = z.infer<typeof ActorRef>

/** RFC 9457. `code` is fixed for ever; `errors` names the fields that were not understood. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    /** With `playbook-broken`: what is wrong with the text, each as a `PlaybookFinding`. */
    findings: z.array(z.record(z.string(), z.unknown())).optional(),
    /** With `playbook-read-only`: the change as a unified diff. */
    patch: z.string().optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>

export const ListQuery = z.object({
  limit: z.coerce.number().int().min(1).max(LIST_LIMIT_MAX).default(LIST_LIMIT_DEFAULT),
  cursor: z.string().max(600).optional(),
})
export type ListQuery = z.infer<typeof ListQuery>

/** A page of a list; `next` is the cursor of the page after it, null on the last one. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() })
}
export interface List<Item> {
  items: Item[]
  next: string | null
}

export const IdParams = z.object({ id: z.string() })
