/** Which entries of a timeline each filter shows, and how each is marked. Pure. */
import type { TimelineEntry } from '../../../src/api/schema.ts'

export const TIMELINE_FILTERS = ['all', 'people', 'pages', 'alerts'] as const
export type TimelineFilter = (typeof TIMELINE_FILTERS)[number]

const PAGES = new Set([
  'paged',
  'page-handed-over',
  'page-failed',
  'acknowledged',
  'page-declined',
  'summoned',
  'duties-released',
  'escalation-exhausted',
  'notified',
  'response-breached',
])
const ALERTS = new Set(['opened', 'alerts-changed', 'turned-green', 'turned-red'])
const LATE = new Set(['turned-red', 'page-failed', 'escalation-exhausted', 'response-breached'])
const OK = new Set(['acknowledged', 'turned-green', 'resolved'])
const ACCENT = new Set(['paged', 'page-handed-over', 'notified', 'mitigation-started', 'role-assigned'])

export function isShown(entry: TimelineEntry, filter: TimelineFilter): boolean {
  switch (filter) {
    case 'all':
      return true
    case 'people':
      return entry.actor.kind === 'person'
    case 'pages':
      return PAGES.has(kindOf(entry))
    case 'alerts':
      return ALERTS.has(kindOf(entry))
  }
}

export type Mark = 'late' | 'ok' | 'accent' | 'plain'

/** Red: fired, late or failing. Green: met or clear. */
export function markOf(entry: TimelineEntry): Mark {
  const kind = kindOf(entry)
  if (LATE.has(kind) || (kind === 'alerts-changed' && opened(entry)) || (kind === 'opened' && entry.actor.kind === 'source')) return 'late'
  if (OK.has(kind)) return 'ok'
  return ACCENT.has(kind) ? 'accent' : 'plain'
}

/** What a person wrote, to be set off from the sentence. */
export function noteOf(entry: TimelineEntry): string | null {
  const text = entry.data['text']
  return kindOf(entry) === 'noted' && typeof text === 'string' ? text : null
}

function kindOf(entry: TimelineEntry): string {
  return entry.type.replace(/^incident\./, '')
}

function opened(entry: TimelineEntry): boolean {
  const count = entry.data['opened']
  return typeof count === 'number' && count > 0
}
