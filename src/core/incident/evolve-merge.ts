/** What an incident is once another goes on in its place, and once that is undone. */
import type { EventOf } from './event.ts'
import { beginResponse, endPages, isUnanswered, newDuties, withResponse } from './evolve-duty.ts'
import type { Incident } from './incident.ts'

/** Its pages end, and what was still owed is remembered for the undoing; who had acknowledged stays so. */
export function merged(incident: Incident, { into, at }: EventOf<'incident.merged'>): Incident {
  const owed = incident.duties.filter(isUnanswered)
  const owedAnswer = incident.responses.at(-1)?.metAt === null
  const waived = withResponse(incident, (response) => (response.metAt === null ? { ...response, waivedAt: at } : response))
  return endPages({
    ...waived,
    mergedInto: { ...into, at, owedAnswer, roles: owed.map((duty) => duty.role) },
    alerts: { ...incident.alerts, total: 0, firing: 0 },
    greenSince: null,
    proposal: null,
    keptOpen: null,
    duties: waived.duties.map((duty) => (isUnanswered(duty) ? { ...duty, state: 'ended' } : duty)),
  })
}

export function unmerged(incident: Incident, { at, total, firing, responseMs, roles }: EventOf<'incident.unmerged'>): Incident {
  const open: Incident = {
    ...incident,
    mergedInto: null,
    alerts: { ...incident.alerts, total, firing },
    greenSince: total > 0 && firing === 0 ? at : null,
    restarts: incident.restarts + 1,
  }
  const begun = newDuties(open, incident.severity, roles, at)
  if (incident.mergedInto?.owedAnswer !== true) return { ...open, duties: [...open.duties, ...begun] }
  return beginResponse(open, { severity: incident.severity, startedAt: at, responseMs, metAt: null }, begun)
}
