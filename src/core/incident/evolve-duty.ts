/** What every change of an incident's duties, pages and response obligations is made of. */
import { asId, type DutyId, type PageKey } from '../id.ts'
import type { Instant } from '../time.ts'
import type { Duty, Incident, PageState, ResponseDuty } from './incident.ts'

interface NewResponse {
  readonly severity: string
  readonly startedAt: Instant
  readonly responseMs: number
  readonly metAt: Instant | null
}

export function beginResponse(incident: Incident, response: NewResponse, duties: readonly Duty[]): Incident {
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
export function newDuties(incident: Incident, severity: string, roles: readonly string[], at: Instant): Duty[] {
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

export function withPages(incident: Incident, keys: readonly PageKey[], change: (page: PageState) => PageState): Incident {
  return { ...incident, pages: incident.pages.map((page) => (keys.includes(page.key) ? change(page) : page)) }
}

export function withDuties(incident: Incident, ids: readonly DutyId[], change: (duty: Duty) => Duty): Incident {
  return { ...incident, duties: incident.duties.map((duty) => (ids.includes(duty.id) ? change(duty) : duty)) }
}

export function withResponse(incident: Incident, change: (response: ResponseDuty) => ResponseDuty): Incident {
  const current = incident.responses.at(-1)
  return current === undefined ? incident : { ...incident, responses: [...incident.responses.slice(0, -1), change(current)] }
}

/** A page goes on only while its duty is open. */
export function endPages(incident: Incident): Incident {
  const open = new Set(incident.duties.filter(isUnanswered).map((duty) => duty.id))
  return {
    ...incident,
    pages: incident.pages.map((page) => (page.state === 'paging' && !open.has(page.duty) ? { ...page, state: 'ended' } : page)),
  }
}

/** Also where the policy has run out: its pages can still be answered. */
export function isUnanswered(duty: Duty): boolean {
  return duty.state === 'open' || duty.state === 'exhausted'
}
