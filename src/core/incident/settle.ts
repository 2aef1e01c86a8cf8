/**
 * Carries a plan out on paper: each planned step becomes an event and the acts it asks of the outside world, until the
 * plan has nothing left to ask. What comes out is written in one transaction.
 */
import type { PageKey, PersonId } from '../id.ts'
import type { Roster } from '../oncall/roster.ts'
import { type ImpactMet, verdictOf } from '../playbook/impact.ts'
import type { Playbook } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'
import type { Clock } from './clock.ts'
import type { Actor, IncidentEvent, NoticeAbout, PagedPerson } from './event.ts'
import { evolve } from './evolve.ts'
import type { Incident } from './incident.ts'
import { type PlannedStep, plan } from './plan.ts'
import { deciderOf, severityChange } from './severity.ts'

/** One message to one person on one channel; the key names it for ever. */
export interface Act {
  readonly key: string
  readonly kind: 'page' | 'notice'
  readonly personId: PersonId
  readonly channel: string
  /** The pages that this one message serves; empty for a notice. */
  readonly pages: readonly PageKey[]
  readonly about: string | null
}

export interface Settled {
  readonly incident: Incident
  readonly events: readonly IncidentEvent[]
  readonly acts: readonly Act[]
  readonly clocks: readonly Clock[]
  readonly wakeAt: Instant | null
}

/** A plan that still asks after so many turns is a broken rule. */
const TURNS_MAX = 64
const SYSTEM: Actor = { kind: 'system', name: 'Tocsin' }

/** @throws when the plan does not come to rest: an invariant of `plan`. */
export function settle(start: Incident, playbook: Playbook, roster: Roster, now: Instant): Settled {
  let incident = start
  const events: IncidentEvent[] = []
  const acts: Act[] = []
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const { steps, clocks, wakeAt } = plan(incident, playbook, roster, now)
    if (steps.length === 0) return { incident, events, acts, clocks, wakeAt }
    const carried = carryOut(steps, { incident, playbook, roster, now })
    for (const event of carried.events) incident = evolve(incident, event)
    events.push(...carried.events)
    acts.push(...carried.acts)
  }
  throw new Error(`the plan of incident ${start.id} does not come to rest`)
}

interface Facts {
  readonly incident: Incident
  readonly playbook: Playbook
  readonly roster: Roster
  readonly now: Instant
}

function carryOut(steps: readonly PlannedStep[], facts: Facts): { events: IncidentEvent[]; acts: Act[] } {
  const { roster, now } = facts
  const paged = pagePeople(steps, roster, now)
  const events: IncidentEvent[] = [...paged.events]
  const acts: Act[] = [...paged.acts]
  for (const step of steps) {
    if (step.kind === 'exhaust') events.push({ type: 'incident.escalation-exhausted', at: now, duty: step.duty, role: step.role })
    if (step.kind === 'breach') events.push({ type: 'incident.response-breached', at: now, severity: step.severity, dueAt: step.dueAt })
    if (step.kind === 'resolve') events.push({ type: 'incident.resolved', at: now, by: SYSTEM, reason: step.reason, firing: 0 })
    if (step.kind === 'wake-up') events.push({ type: 'incident.woken', at: now, by: SYSTEM, wanted: step.wanted })
    if (step.kind === 'severity') events.push(changeByImpact(step.met, facts))
    if (step.kind === 'propose') {
      const { since, reason, people } = step
      events.push({ type: 'incident.resolution-proposed', at: now, since, reason, people })
    }
    if (step.kind === 'notify' || step.kind === 'propose') {
      const notice = { key: step.key, about: step.kind === 'propose' ? ('green' as const) : step.about, people: step.people }
      events.push({ type: 'incident.notified', at: now, ...notice })
      acts.push(...step.people.flatMap((personId) => noticeActs(notice, personId, roster)))
    }
  }
  return { events, acts }
}

function changeByImpact(met: ImpactMet, { incident, playbook, now }: Facts): IncidentEvent {
  const { sentence: reason, path: clause } = verdictOf(met)
  return severityChange(incident, playbook, { row: met.row, by: deciderOf(incident, now, SYSTEM), reason, clause, basis: 'impact', now })
}

/** Somebody who is due for several roles at once gets one message that names them all. */
function pagePeople(steps: readonly PlannedStep[], roster: Roster, now: Instant): { events: IncidentEvent[]; acts: Act[] } {
  const pages = steps.flatMap((step) => (step.kind === 'page' ? step.people.map((person) => pagedPerson(step, person, roster)) : []))
  if (pages.length === 0) return { events: [], acts: [] }
  const people = [...new Set(pages.map((page) => page.personId))]
  const channels = Object.fromEntries(people.map((personId) => [personId, channelsOf(roster, personId)])) as Record<
    PersonId,
    readonly string[]
  >
  const acts = people.flatMap((personId) => {
    const own = pages.filter((page) => page.personId === personId).map((page) => page.page)
    return channelsOf(roster, personId).map(
      (channel): Act => ({ key: `${own[0]}/${channel}`, kind: 'page', personId, channel, pages: own, about: null }),
    )
  })
  return { events: [{ type: 'incident.paged', at: now, pages, channels }], acts }
}

function pagedPerson(
  step: Extract<PlannedStep, { kind: 'page' }>,
  person: { readonly key: PageKey; readonly personId: PersonId; readonly because: string },
  roster: Roster,
): PagedPerson {
  const { duty, role, round, step: place } = step
  const personName = roster.people[person.personId]?.name ?? 'Unknown person'
  return { page: person.key, duty, role, personId: person.personId, personName, round, step: place, because: person.because }
}

function noticeActs(step: { readonly key: string; readonly about: NoticeAbout }, personId: PersonId, roster: Roster): Act[] {
  return channelsOf(roster, personId).map((channel) => ({
    key: `${step.key}/${personId}/${channel}`,
    kind: 'notice',
    personId,
    channel,
    pages: [],
    about: step.about,
  }))
}

/** Nobody is without a channel: the console lists every page. */
function channelsOf(roster: Roster, personId: PersonId): readonly string[] {
  const channels = roster.people[personId]?.channels ?? []
  return channels.length > 0 ? channels : ['console']
}
