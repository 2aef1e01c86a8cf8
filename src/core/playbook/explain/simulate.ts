/**
 * What would happen to an incident if every page were handed over at once and nobody answered: the engine's own rules
 * under an imagined clock, from the opening until nothing more is paged.
 */
import { decide } from '../../incident/decide.ts'
import type { Clock } from '../../incident/clock.ts'
import type { IncidentCommand } from '../../incident/command.ts'
import type { IncidentEvent, NoticeAbout, PagedPerson } from '../../incident/event.ts'
import { evolve } from '../../incident/evolve.ts'
import { type Incident, noIncident } from '../../incident/incident.ts'
import { settle } from '../../incident/settle.ts'
import type { PersonId } from '../../id.ts'
import type { Roster } from '../../oncall/roster.ts'
import type { Instant } from '../../time.ts'
import type { Playbook } from '../playbook.ts'

type Opening = Extract<IncidentCommand, { type: 'open' }>
type Opened = Extract<IncidentEvent, { type: 'incident.opened' }>

export interface SimulatedPage extends PagedPerson {
  readonly at: Instant
  readonly channels: readonly string[]
  /** Channels whose messages go out later, and when, unless somebody acknowledges before. */
  readonly later: { readonly [channel: string]: Instant }
  /** End of quiet hours that hold it; null: none do. */
  readonly heldUntil: Instant | null
}

export interface SimulatedNotice {
  readonly at: Instant
  readonly about: NoticeAbout
  readonly people: readonly { readonly id: PersonId; readonly name: string; readonly channels: readonly string[] }[]
}

export interface Simulated {
  readonly opened: Opened
  readonly pages: readonly SimulatedPage[]
  readonly notices: readonly SimulatedNotice[]
  /** When the last duty had used its whole escalation; null where nobody is paged, or where the list was cut. */
  readonly exhaustedAt: Instant | null
  /** The obligations as they are at the opening. */
  readonly clocks: readonly Clock[]
  /** True: the playbook pages on beyond what is listed. */
  readonly cut: boolean
}

export interface Scene {
  readonly playbook: Playbook
  readonly rosterAt: (instant: Instant, team?: string | null) => Roster
  readonly at: Instant
}

const PAGES_MAX = 300
/** Wake-ups of the engine; each but a few pages somebody. */
const TURNS_MAX = 400
/** Steps of an escalation that have no wait between them. */
const STEPS_AT_ONCE_MAX = 100
const CHANNEL = 'console'

/** @throws when the playbook has not what the opening names: whoever asks has matched by the same playbook */
export function simulate(opening: Opening, scene: Scene): Simulated {
  const decided = decide(noIncident, opening, scene.playbook, scene.at)
  if (decided.kind === 'refused') throw new Error(`an imagined incident could not be opened: ${decided.code}`)
  const opened = decided.events.find((event) => event.type === 'incident.opened')
  if (opened === undefined) throw new Error('an imagined incident was not opened')
  const record: Record = { pages: [], notices: [], exhaustedAt: null }
  let state = decided.events.reduce(evolve, noIncident)
  let now: Instant | null = scene.at
  let clocks: readonly Clock[] | null = null
  let turns = 0
  for (; now !== null && turns < TURNS_MAX && record.pages.length < PAGES_MAX && isPaging(state, now === scene.at); turns += 1) {
    const turn = runTurn(state, scene, now, record)
    clocks ??= turn.clocks
    state = turn.state
    now = turn.wakeAt !== null && turn.wakeAt > now ? turn.wakeAt : null
  }
  const cut = now !== null && isPaging(state, false)
  const { pages, notices } = record
  return { opened, pages: pages.slice(0, PAGES_MAX), notices, exhaustedAt: cut ? null : record.exhaustedAt, clocks: clocks ?? [], cut }
}

interface Record {
  readonly pages: SimulatedPage[]
  readonly notices: SimulatedNotice[]
  exhaustedAt: Instant | null
}

/** Something is still to be paged, or to run out. */
function isPaging(state: Incident, first: boolean): boolean {
  const response = state.responses.at(-1)
  const waits = response !== undefined && response.metAt === null && response.waivedAt === null && response.breachedAt === null
  return first || waits || state.duties.some((duty) => duty.state === 'open')
}

interface Turn {
  readonly state: Incident
  readonly clocks: readonly Clock[]
  readonly wakeAt: Instant | null
}

/** Settles and hands over what was paged, at the same instant, until nothing new is paged: from there the waits run. */
function runTurn(before: Incident, { playbook, rosterAt }: Scene, now: Instant, record: Record): Turn {
  const roster = rosterAt(now, before.team)
  let settled = settle(before, playbook, roster, now)
  const { clocks } = settled
  for (let steps = 0; ; steps += 1) {
    for (const event of settled.events) note(event, roster, record)
    const waiting = settled.incident.pages.filter(
      (page) => page.state === 'paging' && page.handedOverAt === null && (page.heldUntil ?? now) <= now,
    )
    if (waiting.length === 0 || steps === STEPS_AT_ONCE_MAX) return { state: settled.incident, clocks, wakeAt: settled.wakeAt }
    const pages = waiting.map((page) => page.key)
    const handed = decide(settled.incident, { type: 'record-hand-over', pages, channel: CHANNEL }, playbook, now)
    const state = handed.kind === 'accepted' ? handed.events.reduce(evolve, settled.incident) : settled.incident
    settled = settle(state, playbook, roster, now)
  }
}

function note(event: IncidentEvent, roster: Roster, record: Record): void {
  if (event.type === 'incident.paged') {
    for (const page of event.pages) {
      const { personId } = page
      const channels = event.channels[personId] ?? []
      record.pages.push({
        ...page,
        at: event.at,
        channels,
        later: event.later?.[personId] ?? {},
        heldUntil: event.held?.[personId] ?? null,
      })
    }
  } else if (event.type === 'incident.escalation-exhausted') {
    record.exhaustedAt = event.at
  } else if (event.type === 'incident.notified') {
    const people = event.people.map((id) => ({ id, name: roster.people[id]?.name ?? '', channels: roster.people[id]?.channels ?? [] }))
    record.notices.push({ at: event.at, about: event.about, people })
  }
}
