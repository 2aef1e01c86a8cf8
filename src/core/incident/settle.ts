/**
 * Carries a plan out on paper: each planned step becomes an event and the acts it asks of the outside world, until the
 * plan has nothing left to ask. What comes out is written in one transaction.
 */
import type { PageKey, PersonId } from '../id.ts'
import type { Roster } from '../oncall/roster.ts'
import { type ImpactMet, verdictOf } from '../playbook/impact.ts'
import { deliveriesOf, type Paging } from '../page/delivery.ts'
import { type Playbook, type SeverityRow, severityRow } from '../playbook/playbook.ts'
import { earliest, type Instant } from '../time.ts'
import type { Clock } from './clock.ts'
import type { Actor, IncidentEvent, NoticeAbout, PagedPerson } from './event.ts'
import { evolve } from './evolve.ts'
import type { Incident } from './incident.ts'
import { type PlannedPage, type PlannedStep, plan } from './plan.ts'
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
  /** When it is due; left out: at once. */
  readonly dueAt?: Instant
  /** It waits for the end of quiet hours. */
  readonly held?: true
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
  const paged = pagePeople(steps, facts)
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
function pagePeople(steps: readonly PlannedStep[], facts: Facts): { events: IncidentEvent[]; acts: Act[] } {
  const { roster, now } = facts
  const due = steps.flatMap((step) =>
    step.kind === 'page' ? step.people.map((person) => ({ step, person, page: pagedPerson(step, person, roster) })) : [],
  )
  if (due.length === 0) return { events: [], acts: [] }
  const pages = due.map(({ page }) => page)
  const channels: Record<PersonId, readonly string[]> = {}
  const later: Record<PersonId, Record<string, Instant>> = {}
  const held: Record<PersonId, Instant> = {}
  const acts: Act[] = []
  for (const personId of new Set(pages.map((page) => page.personId))) {
    const own = due.filter(({ page }) => page.personId === personId)
    const paging = pagingOf(own, facts)
    const deliveries = deliveriesOf(roster.people[personId], paging)
    const keys = own.map(({ page }) => page.page)
    channels[personId] = deliveries.map(({ channel }) => channel)
    const waiting = deliveries.filter(({ dueAt }) => dueAt > now)
    if (waiting.length > 0) later[personId] = Object.fromEntries(waiting.map(({ channel, dueAt }) => [channel, dueAt]))
    if (paging.heldUntil !== null) held[personId] = paging.heldUntil
    for (const { channel, dueAt } of deliveries) {
      const wait = dueAt > now ? { dueAt, ...(paging.heldUntil === null ? {} : { held: true as const }) } : {}
      acts.push({ key: `${keys[0]}/${channel}`, kind: 'page', personId, channel, pages: keys, about: null, ...wait })
    }
  }
  const waits = { ...(Object.keys(later).length === 0 ? {} : { later }), ...(Object.keys(held).length === 0 ? {} : { held }) }
  return { events: [{ type: 'incident.paged', at: now, pages, channels, ...waits }], acts }
}

interface DuePage {
  readonly step: Extract<PlannedStep, { kind: 'page' }>
  readonly person: PlannedPage
}

/** One message serves all of them: it is as soon as the soonest. */
function pagingOf(own: readonly DuePage[], { incident, playbook, now }: Facts): Paging {
  const row = severityRow(playbook, incident.severity)
  const isHeld = own.every(({ person }) => person.heldUntil !== undefined)
  return {
    at: now,
    urgency: row.urgency ?? 'high',
    byTwo: row.firstPage === 'two-channels' && own.some(({ step }) => isFirst(step, row)),
    heldUntil: isHeld ? earliest(own.map(({ person }) => person.heldUntil ?? null)) : null,
    consoleWaits: own.every(({ step }) => step.allHeld === true),
  }
}

/** In the first round, before anybody has been waited for. */
function isFirst({ round, step }: DuePage['step'], row: SeverityRow): boolean {
  return round === 0 && row.escalation.steps.slice(0, step).every(({ waitMs }) => waitMs === 0)
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
