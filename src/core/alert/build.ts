/** Builds the one shape from what a source sent: cleaned, cut to the bounds, never empty where it must not be. */
import type { Instant } from '../time.ts'
import { isObject, JSON_DEPTH_MAX, type JsonObject } from './json.ts'
import { LABEL_CHARS_MAX, LABELS_MAX, type Signal, type SignalStatus, TITLE_CHARS_MAX } from './signal.ts'
import { clean, safeHref, toLine, truncate } from './text.ts'

export const SUMMARY_CHARS_MAX = 8_192
export const ALARM_CHARS_MAX = 512
export const KEY_CHARS_MAX = 1_024
export const LINKS_MAX = 16

export interface SignalParts {
  /** Null or blank: the title stands in. */
  readonly alarm: string | null
  readonly status: SignalStatus
  /** Null or blank: the alarm stands in. */
  readonly title: string | null
  readonly summary?: string | null
  readonly dedupKey?: string | null
  readonly severityHint?: string | null
  readonly value?: number | null
  readonly labels?: Readonly<Record<string, string>>
  readonly links?: Signal['links']
  readonly startsAt?: Instant | null
  readonly endsAt?: Instant | null
}

export const NAMELESS = 'Alert without a name'

export function toSignal(parts: SignalParts): Signal {
  const title = toLine(parts.title ?? '', TITLE_CHARS_MAX)
  const alarm = toLine(parts.alarm ?? '', ALARM_CHARS_MAX)
  return {
    alarm: alarm || truncate(title, ALARM_CHARS_MAX) || NAMELESS,
    status: parts.status,
    title: title || alarm || NAMELESS,
    summary: parts.summary === undefined || parts.summary === null ? null : cut(parts.summary, SUMMARY_CHARS_MAX),
    dedupKey: parts.dedupKey === undefined || parts.dedupKey === null ? null : cut(parts.dedupKey, KEY_CHARS_MAX),
    severityHint: parts.severityHint === undefined || parts.severityHint === null ? null : toLine(parts.severityHint, 64) || null,
    value: parts.value ?? null,
    labels: parts.labels ?? {},
    links: parts.links ?? [],
    startsAt: parts.startsAt ?? null,
    endsAt: parts.endsAt ?? null,
  }
}

/** Storable and bounded; the common short text is returned as it is. */
export function cut(text: string, charsMax: number): string {
  return truncate(clean(text.length > charsMax * 2 ? text.slice(0, charsMax * 2) : text), charsMax)
}

/**
 * Labels from any JSON object. Numbers and booleans become text, objects their JSON. `__proto__` is left out: in JSON it
 * is a field like any other, in the objects it is copied to it would not be.
 */
export function toLabels(source: unknown): Record<string, string> {
  const labels: Record<string, string> = {}
  if (!isObject(source)) return labels
  let count = 0
  for (const name of Object.keys(source)) {
    if (name === '__proto__') continue
    const text = toText(source[name])
    if (text === null) continue
    labels[isTame(name, LABEL_NAME_CHARS_MAX) ? name : cut(name, LABEL_NAME_CHARS_MAX)] = isTame(text, LABEL_CHARS_MAX)
      ? text
      : cut(text, LABEL_CHARS_MAX)
    if (++count === LABELS_MAX) break
  }
  return labels
}

const LABEL_NAME_CHARS_MAX = 256

/** Short, and nothing in it that Postgres refuses. */
function isTame(text: string, charsMax: number): boolean {
  return text.length <= charsMax && !text.includes('\u0000') && text.isWellFormed()
}

function toText(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === null || value === undefined) return null
  return isDeep(value) ? TOO_DEEP : JSON.stringify(value)
}

/** Stands for a value whose nesting would overflow the stack of whatever walks it. */
export const TOO_DEEP = '(nested too deeply)'

/** Level by level, not by recursion. */
function isDeep(value: object): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > JSON_DEPTH_MAX) return true
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []))
  }
  return false
}

export function toLinks(pairs: readonly (readonly [href: unknown, text: unknown])[]): Signal['links'] {
  const links: { href: string; text: string }[] = []
  for (const [href, text] of pairs) {
    const safe = safeHref(href)
    if (safe === null || links.some((link) => link.href === safe)) continue
    links.push({ href: safe, text: (typeof text === 'string' ? toLine(text, 200) : '') || safe })
    if (links.length === LINKS_MAX) break
  }
  return links
}

/** The plain signal by which people hear of a message that nobody could understand. It has no start time, see `alert.ts`. */
export function toPlainSignal(plain: { readonly door: string; readonly title: string; readonly reason: string }): Signal {
  return toSignal({
    alarm: PLAIN_ALARM,
    status: 'firing',
    title: plain.title,
    summary: plain.reason,
    dedupKey: `${PLAIN_ALARM}/${plain.door}/${plain.reason}`,
    labels: { door: plain.door },
  })
}
export const PLAIN_ALARM = 'TocsinMessageNotUnderstood'

/** A property of a JSON object as links: `[{href, text}]`. */
export function linkPairs(value: unknown): (readonly [unknown, unknown])[] {
  return Array.isArray(value) ? value.filter(isObject).map((link: JsonObject) => [link['href'], link['text']] as const) : []
}
