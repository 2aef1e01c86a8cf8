/**
 * How a source's own JSON becomes signals: an expression for each part of a signal, written in CEL over the message. The
 * text is what is stored and what the API speaks; `compile.ts` makes it run.
 */

/** Texts of expressions; null: not taken from the message. */
export interface MappingText {
  /** Gives a list; each of its items, `item`, is a signal. Null: the body is one. */
  readonly each: string | null
  readonly alarm: string | null
  readonly status: string | null
  readonly title: string | null
  readonly summary: string | null
  readonly dedup_key: string | null
  readonly severity_hint: string | null
  readonly value: string | null
  /** One expression for all, or one a label. */
  readonly labels: string | Readonly<Record<string, string>> | null
  readonly links: readonly { readonly href: string; readonly text: string }[]
  readonly starts_at: string | null
  readonly ends_at: string | null
}

export const NO_MAPPING: MappingText = {
  each: null,
  alarm: null,
  status: null,
  title: null,
  summary: null,
  dedup_key: null,
  severity_hint: null,
  value: null,
  labels: null,
  links: [],
  starts_at: null,
  ends_at: null,
}

/** Parts with one expression each, in the order in which people read them. */
export const MAPPED_FIELDS = ['alarm', 'status', 'title', 'summary', 'dedup_key', 'severity_hint', 'value', 'starts_at', 'ends_at'] as const
export type MappedField = (typeof MAPPED_FIELDS)[number]

/** Signals of one message; what is past it is counted and told. */
export const MAPPED_SIGNALS_MAX = 1_000

export interface MappingProblem {
  /** Such as `alarm`, `labels.host`, `links.0.href`. */
  readonly field: string
  readonly message: string
  readonly fix: string
  /** In characters from the start of the expression. */
  readonly offset: number
}
