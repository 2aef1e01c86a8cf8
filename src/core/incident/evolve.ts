/** Folds what happened into the state. Never refuses: the event has already happened. Reads no playbook: events carry resolved values. */
import type { Instant } from '../time.ts'
import type { EventOf, IncidentEvent } from './event.ts'
import { beginResponse, endPages, newDuties, withDuties, withPages, withResponse } from './evolve-duty.ts'
import { reopened, resolved } from './evolve-end.ts'
import { merged, unmerged } from './evolve-merge.ts'
import { acknowledged, failed, paged, summoned } from './evolve-page.ts'
import { impactMeasured, severityChanged, withoutSources } from './evolve-severity.ts'
import { handOver, playbookMoved, triaged } from './evolve-team.ts'
import { type Incident, TURNS_MAX } from './incident.ts'

export function evolve(incident: Incident, event: IncidentEvent): Incident {
  switch (event.type) {
    case 'incident.opened':
      return opened(incident, event)
    case 'incident.alerts-changed':
      return {
        ...incident,
        alerts: { total: event.total, firing: event.firing, reports: incident.alerts.reports + 1 },
        monitored: incident.monitored || event.monitored !== false,
      }
    case 'incident.turned-green':
      return turned({ ...incident, greenSince: event.at, impact: withoutSources(incident.impact) }, event.at)
    case 'incident.turned-red':
      return turned({ ...incident, greenSince: null, proposal: null, keptOpen: null }, event.at)
    case 'incident.resolution-proposed':
      return { ...incident, proposal: { at: event.at, since: event.since } }
    case 'incident.resolution-declined':
      return { ...incident, proposal: null, keptOpen: { at: event.at, since: event.since, by: event.by, reason: event.reason } }
    case 'incident.merged':
      return merged(incident, event)
    case 'incident.unmerged':
      return unmerged(incident, event)
    case 'incident.took-in':
      return { ...incident, merged: [...incident.merged, event.from] }
    case 'incident.gave-back':
      return { ...incident, merged: incident.merged.filter(({ id }) => id !== event.to.id) }
    case 'incident.linked':
      return { ...incident, links: [...incident.links, event.other] }
    case 'incident.unlinked':
      return { ...incident, links: incident.links.filter(({ id }) => id !== event.other.id) }
    case 'incident.paged':
      return paged(incident, event)
    case 'incident.page-handed-over':
      return withPages(incident, event.pages, (page) => ({ ...page, handedOverAt: page.handedOverAt ?? event.at }))
    case 'incident.page-failed':
      return withPages(incident, event.pages, (page) => failed(page, event))
    case 'incident.acknowledged':
      return acknowledged(incident, event)
    case 'incident.page-declined':
      return withDuties(
        withPages(incident, event.pages, (page) => ({ ...page, state: 'declined' })),
        event.duties,
        (duty) => ({ ...duty, hurried: true }),
      )
    case 'incident.summoned':
      return summoned(incident, event)
    case 'incident.snoozed':
      return { ...incident, snooze: { until: event.until, by: event.by, personId: event.personId } }
    case 'incident.woken':
      return event.wanted.reduce<Incident>((state, wanted) => summoned(state, { wanted, at: event.at }), { ...incident, snooze: null })
    case 'incident.duties-released':
      return endPages(withDuties(incident, event.duties, (duty) => ({ ...duty, state: 'released' })))
    case 'incident.escalation-exhausted':
      return withDuties(incident, [event.duty], (duty) => ({ ...duty, state: 'exhausted' }))
    case 'incident.response-breached':
      return withResponse(incident, (response) => ({ ...response, breachedAt: event.at }))
    case 'incident.notified':
      return { ...incident, notices: [...incident.notices, { key: event.key, about: event.about, at: event.at }] }
    case 'incident.triaged':
      return triaged(incident, event)
    case 'incident.service-named':
      return handOver({ ...incident, service: event.service }, event.team, event.roles, event.at)
    case 'incident.severity-changed':
      return severityChanged(incident, event)
    case 'incident.impact-measured':
      return impactMeasured(incident, event)
    case 'incident.playbook-moved':
      return playbookMoved(incident, event)
    case 'incident.mitigation-started':
      return { ...incident, phase: 'mitigating', mitigatingAt: event.at }
    case 'incident.went-back':
      return { ...incident, phase: event.to, mitigatingAt: null }
    case 'incident.resolved':
      return resolved({ ...incident, snooze: null }, event)
    case 'incident.reopened':
      return reopened(incident, event)
    case 'incident.reviewed':
      return { ...incident, phase: 'reviewed', reviewedAt: event.at }
    case 'incident.closed':
      return { ...incident, phase: 'closed', closedAt: event.at }
    case 'incident.fact-recorded':
      return { ...incident, facts: { ...incident.facts, [event.fact]: event.factAt } }
    case 'incident.role-assigned':
      return {
        ...incident,
        roles: { ...incident.roles, [event.role]: { personId: event.personId, personName: event.personName, since: event.at } },
      }
    case 'incident.noted':
      return incident
  }
}

function opened(incident: Incident, event: EventOf<'incident.opened'>): Incident {
  const begun: Incident = {
    ...incident,
    id: event.id,
    phase: 'detected',
    title: event.title,
    summary: event.summary,
    firstStep: event.firstStep,
    incidentType: event.incidentType,
    severity: event.severity,
    severityReason: event.severityReason,
    severityClause: event.severityClause ?? '',
    severityBasis: event.severityBasis ?? 'playbook',
    playbook: event.playbook,
    private: event.private,
    service: event.service ?? null,
    team: event.team ?? null,
    sourceTeam: event.sourceTeam ?? null,
    chore: event.chore ?? false,
    turns: event.turns ?? [],
    openedAt: event.at,
  }
  return beginResponse(
    begun,
    { severity: event.severity, startedAt: event.at, responseMs: event.responseMs, metAt: null },
    newDuties(begun, event.severity, event.roles, event.at),
  )
}

function turned(incident: Incident, at: Instant): Incident {
  return { ...incident, turns: [...incident.turns, at].slice(-TURNS_MAX) }
}
