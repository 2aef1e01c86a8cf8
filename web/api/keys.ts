/** Names of what is cached, and which of it a change on the live feed makes stale. Pure, so that it can be tested. */
import type { StreamChange } from '../../src/api/schema.ts'

export const keys = {
  me: ['me'] as const,
  incidents: ['incidents'] as const,
  /** `ref` is what the address holds: a number or an id. */
  incident: (ref: string) => ['incident', ref] as const,
  part: (ref: string, part: IncidentPart) => ['incident', ref, part] as const,
  playbook: ['playbook'] as const,
  /** Lists, versions by digest and the file: everything that a save makes stale. */
  playbookPart: (...parts: readonly string[]) => ['playbook-part', ...parts] as const,
  oncall: (at: string | null) => ['oncall', at ?? 'now'] as const,
  people: ['people'] as const,
  signals: ['signals'] as const,
  alerts: ['alerts'] as const,
  sources: ['sources'] as const,
  apiKeys: ['api-keys'] as const,
  sessions: ['sessions'] as const,
  ready: ['ready'] as const,
}

export type IncidentPart = 'timeline' | 'pages' | 'clocks' | 'alerts' | 'mitigations' | 'triage' | 'grouping'

export type StaleKey = readonly string[]

const PAGING = [
  'paged',
  'page-handed-over',
  'page-failed',
  'acknowledged',
  'page-declined',
  'summoned',
  'duties-released',
  'escalation-exhausted',
]
const ALERTING = ['alerts-changed', 'turned-green', 'turned-red', 'opened', 'merged', 'unmerged', 'took-in', 'gave-back']

/** What to fetch again after that change; exact keys, so that a part is fetched only when the change can have touched it. */
export function staleAfter(change: StreamChange): readonly StaleKey[] {
  const kind = change.type.replace(/^incident\./, '')
  const refs = [change.incident_id, String(change.number)]
  const touchesPages = PAGING.includes(kind) || ['severity-changed', 'resolved', 'reopened', 'closed'].includes(kind)
  const stale: StaleKey[] = [keys.incidents]
  for (const ref of refs) {
    stale.push(keys.incident(ref), keys.part(ref, 'timeline'), keys.part(ref, 'clocks'))
    if (touchesPages) stale.push(keys.part(ref, 'pages'))
    if (ALERTING.includes(kind)) stale.push(keys.part(ref, 'alerts'), keys.part(ref, 'grouping'))
    if (kind === 'triaged' || kind === 'mitigation-started') stale.push(keys.part(ref, 'mitigations'))
  }
  if (touchesPages) stale.push(keys.me)
  if (ALERTING.includes(kind)) stale.push(keys.alerts, keys.signals)
  return stale
}

/** Whether the cached key is made stale by that one: lists with all their filters, incidents and their parts exactly. */
export function isStale(cached: readonly unknown[], stale: StaleKey): boolean {
  if (stale[0] === 'incident') return cached.length === stale.length && stale.every((part, place) => cached[place] === part)
  return cached[0] === stale[0]
}
