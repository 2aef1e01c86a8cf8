/** What an incident is once its severity is another, or its impact was measured. */
import type { EventOf } from './event.ts'
import { beginResponse, endPages, isUnanswered, newDuties, withResponse } from './evolve-duty.ts'
import { type Duty, type Incident, READINGS_MAX } from './incident.ts'

/**
 * A rise begins new duties for every role of the new row, and ends the open ones; those that the person who raised it
 * had acknowledged are carried over. A fall ends open duties of roles that the new row does not page, lets the others
 * run on, and begins those that are missing.
 */
export function severityChanged(incident: Incident, event: EventOf<'incident.severity-changed'>): Incident {
  const met = incident.responses.at(-1)?.metAt ?? null
  const waived = withResponse(incident, (response) => (response.metAt === null ? { ...response, waivedAt: event.at } : response))
  const kept = waived.duties.map((duty): Duty => {
    const isOfRow = event.roles.includes(duty.role)
    const goesOn = !isUnanswered(duty) || (event.raised ? duty.summoned === true && !isOfRow : duty.summoned === true || isOfRow)
    return goesOn ? duty : { ...duty, state: 'ended' }
  })
  const changed: Incident = {
    ...waived,
    severity: event.to,
    severityReason: event.reason,
    severityClause: event.clause ?? '',
    severityBasis: event.basis ?? (event.by.kind === 'person' ? 'person' : 'playbook'),
    mayLower: false,
    duties: kept,
  }
  const roles = event.raised
    ? event.roles
    : event.roles.filter((role) => !kept.some((duty) => duty.role === role && duty.state !== 'ended'))
  const begun = newDuties(changed, event.to, roles, event.at).map((duty): Duty => {
    const carried = event.carriedBy !== null && kept.some((old) => old.role === duty.role && old.acknowledgedBy === event.carriedBy)
    return carried ? { ...duty, state: 'acknowledged', acknowledgedBy: event.carriedBy, acknowledgedAt: event.at } : duty
  })
  const metAt = event.raised ? (event.carriedBy === null ? null : event.at) : met
  const startedAt = event.raised ? event.at : incident.openedAt
  return endPages(beginResponse(changed, { severity: event.to, startedAt, responseMs: event.responseMs, metAt }, begun))
}

export function impactMeasured(incident: Incident, event: EventOf<'incident.impact-measured'>): Incident {
  const { at, by, measure, value, unit, reason } = event
  const before = Object.hasOwn(incident.impact, measure) ? (incident.impact[measure]?.readings ?? []) : []
  const readings = [...before, { at, value, from: by.kind }].slice(-READINGS_MAX)
  return {
    ...incident,
    impact: { ...incident.impact, [measure]: { value, unit, at, by, reason, readings } },
    mayLower: incident.mayLower || by.kind === 'person',
    sourceReadings: incident.sourceReadings + (by.kind === 'source' ? 1 : 0),
  }
}

/** An alert that is clear measures nothing any more; what people have measured stands until they measure again. */
export function withoutSources(impact: Incident['impact']): Incident['impact'] {
  return Object.fromEntries(
    Object.entries(impact).map(([measure, measured]) => [
      measure,
      { ...measured, readings: measured.readings.filter((reading) => reading.from !== 'source') },
    ]),
  )
}
