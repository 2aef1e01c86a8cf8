/** The one shape that every monitoring source is brought to before a rule looks at it. */
import type { Instant } from '../time.ts'

export type SignalStatus = 'firing' | 'acknowledged' | 'resolved'

/**
 * One message of a monitoring source, understood. Text fields may hold anything a stranger can send:
 * they are data wherever they are shown. NUL and lone surrogates have been replaced (Postgres refuses them).
 */
export interface Signal {
  /** The alarm's name, wherever the source keeps it; playbook rules match on it. Never empty. */
  readonly alarm: string
  readonly status: SignalStatus
  /** One line for people, at most `TITLE_CHARS_MAX` characters. Never empty. */
  readonly title: string
  /** Longer text for people, if the source sent one. */
  readonly summary: string | null
  /** The sender's own key for "the same alert", if it has one. */
  readonly dedupKey: string | null
  /** The sender's word for how bad it is; a hint, never a severity of the playbook. */
  readonly severityHint: string | null
  /** The measured number, if the source sent one that is finite. */
  readonly value: number | null
  readonly labels: Readonly<Record<string, string>>
  readonly links: readonly { readonly href: string; readonly text: string }[]
  /** When the source says the alert began; null when it does not say. */
  readonly startsAt: Instant | null
  /** When the source says it ended; null while firing or unsaid. */
  readonly endsAt: Instant | null
}

/** A deployment or other change that a source reports; it never pages, it is shown beside incidents. */
export interface ChangeReport {
  readonly title: string
  readonly source: string
  readonly at: Instant | null
  readonly links: readonly { readonly href: string; readonly text: string }[]
  readonly details: Readonly<Record<string, string>>
}

export const TITLE_CHARS_MAX = 1_024
export const LABELS_MAX = 128
export const LABEL_CHARS_MAX = 4_096

/**
 * Canonical text of what makes two signals the same alert: the sender's key where it has one, else the alarm
 * and all labels in order. The shell hashes it together with the source into the fingerprint.
 */
export function identityOf(signal: Signal): string {
  if (signal.dedupKey !== null) return `key\u0000${signal.dedupKey}`
  return `labels\u0000${signal.alarm}\u0000${JSON.stringify(inOrder(signal.labels))}`
}

/** Most senders sort them already: then nothing is copied. */
function inOrder(labels: Signal['labels']): Signal['labels'] {
  let last = ''
  for (const name of Object.keys(labels)) {
    // Names that are whole numbers come first in any object, whatever the order of making it.
    if (name < last) return Object.fromEntries(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)))
    last = name
  }
  return labels
}
