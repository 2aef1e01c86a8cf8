/** Steps of an answer, and the events of an incident as evidence. */
import type { Clause, WhyStep } from '../../api/schema.ts'
import type { IncidentEvent } from '../../core/incident/event.ts'
import { type Instant, toRfc3339 } from '../../core/time.ts'
import { type Names, sentenceOf } from '../../core/timeline/sentence.ts'

export interface KnownEvent {
  readonly version: number
  readonly event: IncidentEvent
}

export function step(
  kind: WhyStep['kind'],
  sentence: string,
  more: {
    readonly at?: Instant | null
    readonly clause?: Clause | null
    readonly event?: WhyStep['event']
    readonly about?: WhyStep['about']
  } = {},
): WhyStep {
  const { at = null, clause = null, event = null, about = null } = more
  return { kind, at: at === null ? null : toRfc3339(at), sentence, clause, event, about }
}

export function eventStep(kind: WhyStep['kind'], incidentId: string, { version, event }: KnownEvent, names: Names): WhyStep {
  return step(kind, sentenceOf(event, names), { at: event.at, event: { incident_id: incidentId, version, type: event.type } })
}

/** What moved pages, as the timeline tells it. */
const PAGING: ReadonlySet<IncidentEvent['type']> = new Set<IncidentEvent['type']>([
  'incident.paged',
  'incident.page-failed',
  'incident.acknowledged',
  'incident.page-declined',
  'incident.summoned',
  'incident.duties-released',
  'incident.escalation-exhausted',
  'incident.severity-changed',
  'incident.resolved',
  'incident.reopened',
])
/** Of the first: a long incident has its timeline. */
const PAGING_STEPS_MAX = 40

export function pagingSteps(incidentId: string, events: readonly KnownEvent[], names: Names): WhyStep[] {
  return events
    .filter(({ event }) => PAGING.has(event.type))
    .slice(0, PAGING_STEPS_MAX)
    .map((known) => eventStep('paging', incidentId, known, names))
}
