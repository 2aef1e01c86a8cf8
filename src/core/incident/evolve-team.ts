/** What an incident is once it is another type's, another team's, or goes on by another version of the playbook. */
import type { Instant } from '../time.ts'
import type { EventOf } from './event.ts'
import { beginResponse, endPages, isUnanswered, newDuties, withResponse } from './evolve-duty.ts'
import { type Duty, type Incident, isOpen } from './incident.ts'

export function triaged(incident: Incident, event: EventOf<'incident.triaged'>): Incident {
  const { incidentType, firstStep, handedTo, at } = event
  const phase = incident.phase === 'detected' ? 'triaged' : incident.phase
  const known: Incident = { ...incident, phase, incidentType, firstStep }
  return handedTo === undefined ? known : handOver(known, handedTo.team, handedTo.roles, at)
}

/** Another team's people are paged anew for every role; those paged before are let go, and who had acknowledged stays so. */
export function handOver(incident: Incident, team: string | null, roles: readonly string[], at: Instant): Incident {
  const handed: Incident = { ...incident, team }
  if (team === incident.team || !isOpen(incident)) return handed
  const duties = handed.duties.map((duty): Duty => {
    const goesOn = !isUnanswered(duty) || (duty.summoned === true && !roles.includes(duty.role))
    return goesOn ? duty : { ...duty, state: 'ended' }
  })
  const begun = newDuties(handed, handed.severity, roles, at)
  return endPages({ ...handed, duties: [...duties, ...begun], restarts: handed.restarts + 1 })
}

/** Roles that the new version's row names go on, others end, new ones begin; an answer that is still owed has the new time. */
export function playbookMoved(incident: Incident, event: EventOf<'incident.playbook-moved'>): Incident {
  const moved: Incident = { ...incident, playbook: event.to, firstStep: event.firstStep, severityClause: event.severityClause }
  const { handedTo } = event
  // One that is over pages nobody, and whoever opens it again pages the team of now.
  if (!isOpen(incident)) return handedTo === undefined ? moved : handOver(moved, handedTo, event.roles, event.at)
  const duties = moved.duties.map((duty): Duty => {
    const goesOn = !isUnanswered(duty) || duty.summoned === true || event.roles.includes(duty.role)
    return goesOn ? duty : { ...duty, state: 'ended' }
  })
  const missing = event.roles.filter((role) => !duties.some((duty) => duty.role === role && duty.state !== 'ended'))
  const begun = newDuties(moved, moved.severity, missing, event.at)
  const going: Incident = { ...moved, duties: [...duties, ...begun], restarts: moved.restarts + 1 }
  return newTime(handedTo === undefined ? going : handOver(going, handedTo, event.roles, event.at), event)
}

/** A response that is still owed has the new version's time, from the same start. */
function newTime(going: Incident, event: EventOf<'incident.playbook-moved'>): Incident {
  const response = going.responses.at(-1)
  if (response === undefined || response.metAt !== null || response.breachedAt !== null || response.waivedAt !== null)
    return endPages(going)
  if (response.dueAt === response.startedAt + event.responseMs) return endPages(going)
  const waived = withResponse(going, (current) => ({ ...current, waivedAt: event.at }))
  const { severity, startedAt } = response
  return endPages(beginResponse(waived, { severity, startedAt, responseMs: event.responseMs, metAt: null }, []))
}
