/** What an incident is once it is over, and once it is not after all. */
import type { EventOf } from './event.ts'
import { beginResponse, endPages, isUnanswered, newDuties, withResponse } from './evolve-duty.ts'
import type { Incident } from './incident.ts'

export function resolved(incident: Incident, event: EventOf<'incident.resolved'>): Incident {
  const answered = withResponse(incident, (response) => {
    if (response.metAt !== null) return response
    return event.by.kind === 'person' ? { ...response, metAt: event.at } : { ...response, waivedAt: event.at }
  })
  return endPages({
    ...answered,
    phase: 'resolved',
    resolvedAt: event.at,
    firingAtResolution: event.firing ?? null,
    proposal: null,
    keptOpen: null,
    firstResolvedAt: incident.firstResolvedAt ?? event.at,
    duties: answered.duties.map((duty) => (isUnanswered(duty) ? { ...duty, state: 'ended' } : duty)),
  })
}

export function reopened(incident: Incident, event: EventOf<'incident.reopened'>): Incident {
  const open: Incident = {
    ...incident,
    phase: incident.incidentType === null ? 'detected' : 'triaged',
    resolvedAt: null,
    firingAtResolution: null,
    closedAt: null,
    greenSince: null,
  }
  const response = { severity: incident.severity, startedAt: event.at, responseMs: event.responseMs, metAt: null }
  return beginResponse(open, response, newDuties(open, incident.severity, event.roles, event.at))
}
