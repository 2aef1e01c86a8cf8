/** How long people took to answer, counted once for each page that an acknowledgement ended. */
import type { IncidentEvent } from '../../core/incident/event.ts'
import type { Incident } from '../../core/incident/incident.ts'
import { pageAcknowledgeSeconds } from './metrics.ts'

/** For after the commit; `before` is the incident as it was. What a source acknowledged tells nothing about people. */
export function observeAcknowledgements(before: Incident, events: readonly IncidentEvent[]): void {
  for (const event of events) {
    if (event.type !== 'incident.acknowledged' || event.personId === null) continue
    const ended = before.pages.filter((page) => event.pages.includes(page.key))
    for (const page of ended) pageAcknowledgeSeconds.observe(Math.max(event.at - page.at, 0) / 1_000)
  }
}
