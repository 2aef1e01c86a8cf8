/** What an incident is once people were paged about it, or called in, and once they answered. */
import type { PersonId } from '../id.ts'
import type { EventOf } from './event.ts'
import { endPages, newDuties, withDuties, withPages, withResponse } from './evolve-duty.ts'
import type { Duty, Incident, PageState } from './incident.ts'

export function summoned(incident: Incident, { wanted, at }: Pick<EventOf<'incident.summoned'>, 'wanted' | 'at'>): Incident {
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

export function paged(incident: Incident, event: EventOf<'incident.paged'>): Incident {
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
      ...heldOf(event, page.personId),
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

/** Where even the console waits. */
function heldOf(event: EventOf<'incident.paged'>, id: PersonId): Pick<PageState, 'heldUntil'> {
  const channels = event.channels[id] ?? []
  const times = Object.values(event.later?.[id] ?? {})
  return channels.length > 0 && times.length === channels.length ? { heldUntil: Math.min(...times) } : {}
}

export function failed(page: PageState, event: EventOf<'incident.page-failed'>): PageState {
  return {
    ...page,
    troubleAt: page.troubleAt ?? event.at,
    deadChannels: event.final && !page.deadChannels.includes(event.channel) ? [...page.deadChannels, event.channel] : page.deadChannels,
  }
}

export function acknowledged(incident: Incident, event: EventOf<'incident.acknowledged'>): Incident {
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
