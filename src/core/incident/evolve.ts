/** Folds what happened into the state. Never refuses: the event has already happened. Reads no playbook: events carry resolved values. */
import { asId, type DutyId, type PageKey } from '../id.ts'
import type { Instant } from '../time.ts'
import type { IncidentEvent } from './event.ts'
import { type Duty, type Incident, isOpen, type PageState, READINGS_MAX, type ResponseDuty, TURNS_MAX } from './incident.ts'

type EventOf<Type extends IncidentEvent['type']> = Extract<IncidentEvent, { type: Type }>

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
      return turned({ ...incident, greenSince: null, proposal: null }, event.at)
    case 'incident.resolution-proposed':
      return { ...incident, proposal: { at: event.at, since: event.since } }
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

/** Its pages end, and what was still owed is remembered for the undoing; who had acknowledged stays so. */
function merged(incident: Incident, { into, at }: EventOf<'incident.merged'>): Incident {
  const owed = incident.duties.filter(isUnanswered)
  const owedAnswer = incident.responses.at(-1)?.metAt === null
  const waived = withResponse(incident, (response) => (response.metAt === null ? { ...response, waivedAt: at } : response))
  return endPages({
    ...waived,
    mergedInto: { ...into, at, owedAnswer, roles: owed.map((duty) => duty.role) },
    alerts: { ...incident.alerts, total: 0, firing: 0 },
    greenSince: null,
    proposal: null,
    duties: waived.duties.map((duty) => (isUnanswered(duty) ? { ...duty, state: 'ended' } : duty)),
  })
}

function unmerged(incident: Incident, { at, total, firing, responseMs, roles }: EventOf<'incident.unmerged'>): Incident {
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

function summoned(incident: Incident, { wanted, at }: Pick<EventOf<'incident.summoned'>, 'wanted' | 'at'>): Incident {
  const role = wanted.kind === 'role' ? wanted.role : wanted.personName
  const person = wanted.kind === 'role' ? {} : { personId: wanted.personId }
  const begun = newDuties(incident, incident.severity, [role], at).map((duty): Duty => ({ ...duty, ...person, summoned: true }))
  // One whose policy ran out begins anew.
  const before = incident.duties.map((duty): Duty => {
    const isSame = wanted.kind === 'role' ? duty.role === wanted.role : duty.personId === wanted.personId
    return isSame && duty.state === 'exhausted' ? { ...duty, state: 'ended' } : duty
  })
  return endPages({ ...incident, duties: [...before, ...begun], restarts: incident.restarts + 1 })
}

function paged(incident: Incident, event: EventOf<'incident.paged'>): Incident {
  const pages = event.pages.map(
    (page): PageState => ({
      key: page.page,
      duty: page.duty,
      role: page.role,
      personId: page.personId,
      round: page.round,
      step: page.step,
      state: 'paging',
      at: event.at,
      channels: event.channels[page.personId] ?? [],
      handedOverAt: null,
      troubleAt: null,
      deadChannels: [],
    }),
  )
  const begun = new Map(event.pages.map((page) => [page.duty, page]))
  return {
    ...incident,
    pages: [...incident.pages, ...pages],
    duties: incident.duties.map((duty) => {
      const page = begun.get(duty.id)
      return page === undefined ? duty : { ...duty, step: page.step, round: page.round, hurried: false }
    }),
  }
}

function failed(page: PageState, event: EventOf<'incident.page-failed'>): PageState {
  return {
    ...page,
    troubleAt: page.troubleAt ?? event.at,
    deadChannels: event.final && !page.deadChannels.includes(event.channel) ? [...page.deadChannels, event.channel] : page.deadChannels,
  }
}

function acknowledged(incident: Incident, event: EventOf<'incident.acknowledged'>): Incident {
  const met = withResponse(incident, (response) => ({ ...response, metAt: response.metAt ?? event.at }))
  const answered = withDuties(met, event.duties, (duty) => ({
    ...duty,
    state: 'acknowledged',
    acknowledgedBy: event.personId,
    acknowledgedAt: event.at,
  }))
  const ended = endPages(withPages(answered, event.pages, (page) => ({ ...page, state: 'acknowledged' })))
  return {
    ...ended,
    acknowledgedAt: incident.acknowledgedAt ?? event.at,
    // A type is known: the playbook has classified it, and now a person stands behind that.
    phase: incident.phase === 'detected' && incident.incidentType !== null ? 'triaged' : incident.phase,
  }
}

/**
 * A rise begins new duties for every role of the new row, and ends the open ones; those that the person who raised it
 * had acknowledged are carried over. A fall ends open duties of roles that the new row does not page, lets the others
 * run on, and begins those that are missing.
 */
function severityChanged(incident: Incident, event: EventOf<'incident.severity-changed'>): Incident {
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

function impactMeasured(incident: Incident, event: EventOf<'incident.impact-measured'>): Incident {
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
function withoutSources(impact: Incident['impact']): Incident['impact'] {
  return Object.fromEntries(
    Object.entries(impact).map(([measure, measured]) => [
      measure,
      { ...measured, readings: measured.readings.filter((reading) => reading.from !== 'source') },
    ]),
  )
}

function triaged(incident: Incident, event: EventOf<'incident.triaged'>): Incident {
  const { incidentType, firstStep, handedTo, at } = event
  const phase = incident.phase === 'detected' ? 'triaged' : incident.phase
  const known: Incident = { ...incident, phase, incidentType, firstStep }
  return handedTo === undefined ? known : handOver(known, handedTo.team, handedTo.roles, at)
}

/** Another team's people are paged anew for every role; those paged before are let go, and who had acknowledged stays so. */
function handOver(incident: Incident, team: string | null, roles: readonly string[], at: Instant): Incident {
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
function playbookMoved(incident: Incident, event: EventOf<'incident.playbook-moved'>): Incident {
  const moved: Incident = { ...incident, playbook: event.to, firstStep: event.firstStep, severityClause: event.severityClause }
  if (!isOpen(incident)) return moved
  const duties = moved.duties.map((duty): Duty => {
    const goesOn = !isUnanswered(duty) || duty.summoned === true || event.roles.includes(duty.role)
    return goesOn ? duty : { ...duty, state: 'ended' }
  })
  const missing = event.roles.filter((role) => !duties.some((duty) => duty.role === role && duty.state !== 'ended'))
  const begun = newDuties(moved, moved.severity, missing, event.at)
  const going: Incident = { ...moved, duties: [...duties, ...begun], restarts: moved.restarts + 1 }
  return newTime(event.handedTo === undefined ? going : handOver(going, event.handedTo, event.roles, event.at), event)
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

function resolved(incident: Incident, event: EventOf<'incident.resolved'>): Incident {
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
    firstResolvedAt: incident.firstResolvedAt ?? event.at,
    duties: answered.duties.map((duty) => (isUnanswered(duty) ? { ...duty, state: 'ended' } : duty)),
  })
}

function reopened(incident: Incident, event: EventOf<'incident.reopened'>): Incident {
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

interface NewResponse {
  readonly severity: string
  readonly startedAt: Instant
  readonly responseMs: number
  readonly metAt: Instant | null
}

function beginResponse(incident: Incident, response: NewResponse, duties: readonly Duty[]): Incident {
  const begun: ResponseDuty = {
    severity: response.severity,
    startedAt: response.startedAt,
    dueAt: response.startedAt + response.responseMs,
    metAt: response.metAt,
    breachedAt: null,
    waivedAt: null,
  }
  return { ...incident, responses: [...incident.responses, begun], duties: [...incident.duties, ...duties] }
}

/** The number in the id is how often duties began before: a role paged anew never reuses an old duty's keys. */
function newDuties(incident: Incident, severity: string, roles: readonly string[], at: Instant): Duty[] {
  return roles.map((role) => ({
    id: asId<DutyId>(`${incident.id}/${severity}.${incident.responses.length + incident.restarts}/${role}`),
    role,
    severity,
    since: at,
    state: 'open',
    acknowledgedBy: null,
    acknowledgedAt: null,
    step: -1,
    round: 0,
    hurried: false,
  }))
}

function withPages(incident: Incident, keys: readonly PageKey[], change: (page: PageState) => PageState): Incident {
  return { ...incident, pages: incident.pages.map((page) => (keys.includes(page.key) ? change(page) : page)) }
}

function withDuties(incident: Incident, ids: readonly DutyId[], change: (duty: Duty) => Duty): Incident {
  return { ...incident, duties: incident.duties.map((duty) => (ids.includes(duty.id) ? change(duty) : duty)) }
}

function withResponse(incident: Incident, change: (response: ResponseDuty) => ResponseDuty): Incident {
  const current = incident.responses.at(-1)
  return current === undefined ? incident : { ...incident, responses: [...incident.responses.slice(0, -1), change(current)] }
}

/** A page goes on only while its duty is open. */
function endPages(incident: Incident): Incident {
  const open = new Set(incident.duties.filter(isUnanswered).map((duty) => duty.id))
  return {
    ...incident,
    pages: incident.pages.map((page) => (page.state === 'paging' && !open.has(page.duty) ? { ...page, state: 'ended' } : page)),
  }
}

/** Also where the policy has run out: its pages can still be answered. */
function isUnanswered(duty: Duty): boolean {
  return duty.state === 'open' || duty.state === 'exhausted'
}
