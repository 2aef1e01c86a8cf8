/**
 * Who can be reached at an instant: schedules of `oncall.yaml` over the people of the database. Asked on every change of
 * an incident, so people are read at most once in `PEOPLE_TTL_MS` and each schedule's shifts are kept until they end.
 */
import type { PersonId } from '../../core/id.ts'
import { ONCALL_FILE } from '../../core/oncall/lint.ts'
import type { Schedule } from '../../core/oncall/oncall.ts'
import { resolveRoster } from '../../core/oncall/resolve.ts'
import type { Roster } from '../../core/oncall/roster.ts'
import { type Shifts, shiftsAt } from '../../core/oncall/shifts.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import type { PlaybookService } from '../playbook/playbooks.ts'
import type { Rosters } from '../ports.ts'
import { listPageablePeople, type PageablePerson, upsertPeople } from './people-store.ts'

/** Somebody removed or disabled is paged no longer than this, in real time. */
export const PEOPLE_TTL_MS = 1_000

export interface RosterOptions {
  readonly folder: Pick<PlaybookService, 'current' | 'onCall' | 'status'>
  /** Whether mail can be sent at all. */
  readonly mail: boolean
  /** Names of the connections in force. */
  readonly connections: () => readonly string[]
  /** Ids of the channels that vendors carry; none where it is left out. */
  readonly carriedChannels?: () => readonly string[]
  readonly freshId: () => string
  /** Real time that never steps back, in milliseconds. */
  readonly monotonicMs: () => number
}

export interface PersonAt {
  readonly id: PersonId
  readonly name: string
}

export interface OnCallItem {
  /** A duty role's name, or an incident role's id. */
  readonly role: string
  /** Whose holders these are; null: the organisation's. */
  readonly team: string | null
  readonly kind: 'duty' | 'incident'
  /** The first of `people`; null: nobody holds it, and its pages go to the owners. */
  readonly person: PersonAt | null
  readonly people: readonly PersonAt[]
  /** Id of the schedule that says so; null: no schedule does, so the owners hold it. */
  readonly schedule: string | null
  readonly from: Instant | null
  readonly until: Instant | null
  readonly next: PersonAt | null
}

export interface RosterService extends Rosters {
  /** Brings the people of `oncall.yaml` into the database: at start, and after the folder changed. */
  readonly syncPeople: (tx: Tx) => Promise<void>
  /** One for each duty role of the playbook in force and for each of its incident roles, then one for each duty role that a team staffs itself. */
  readonly onCallItems: (tx: Tx, instant: Instant) => Promise<readonly OnCallItem[]>
  /** Who can be reached at any instant by the schedules and people of now, for whoever asks about many at once. */
  readonly reader: (tx: Tx, playbook: Playbook) => Promise<(instant: Instant, team?: string | null) => Roster>
  /** The next question reads people anew: for tests, and after a person was changed here. */
  readonly forget: () => void
}

export function openRosters(options: RosterOptions): RosterService {
  const shiftsOf = cacheShifts()
  let people: { readonly list: readonly PageablePerson[]; readonly readAtMs: number } | null = null
  const forget = (): void => {
    people = null
  }
  const readPeople = async (tx: Tx): Promise<readonly PageablePerson[]> => {
    const nowMs = options.monotonicMs()
    if (people === null || nowMs - people.readAtMs >= PEOPLE_TTL_MS) people = { list: await listPageablePeople(tx), readAtMs: nowMs }
    return people.list
  }
  const readWith = async (tx: Tx, playbook: Playbook, shifts: ShiftsOf) => {
    const usable = usableChannels(options)
    const list = await readPeople(tx)
    const { schedules } = options.folder.onCall()
    return (instant: Instant, team: string | null = null): Roster =>
      resolveRoster({ playbook, schedules, people: list, instant, team, shiftsOf: shifts, usable })
  }
  const at = async (tx: Tx, instant: Instant, team: string | null = null): Promise<Roster> =>
    (await readWith(tx, options.folder.current(), shiftsOf))(instant, team)
  return {
    at,
    // Its own shifts: what is asked about next year must not push out those of now.
    reader: (tx, playbook) => readWith(tx, playbook, cacheShifts()),
    forget,
    syncPeople: async (tx) => {
      // What is refused is not in force: people keep the contacts they have.
      if (options.folder.status().refused.includes(ONCALL_FILE)) return
      await upsertPeople(tx, options.folder.onCall().people, options.freshId)
      tx.afterCommit(forget)
    },
    onCallItems: async (tx, instant) => {
      const { schedules } = options.folder.onCall()
      const playbook = options.folder.current()
      const organisation = itemsOf(playbook, schedules, { team: null, roster: await at(tx, instant), shiftsOf })
      const teams = [...new Set(schedules.flatMap(({ team }) => (team === null ? [] : [team])))]
      const items = [...organisation]
      for (const team of teams) {
        const own = dutiesOf(schedules, { team, roster: await at(tx, instant, team), shiftsOf })
        items.push(...own.filter((item) => schedules.some((schedule) => schedule.team === team && schedule.role === item.role)))
      }
      return items
    },
  }
}

function usableChannels({ mail, connections, carriedChannels }: RosterOptions): (channel: string) => boolean {
  const known = new Set([...connections().map((name) => `webhook:${name}`), ...(carriedChannels?.() ?? [])])
  return (channel) => (channel === 'email' ? mail : known.has(channel))
}

type ShiftsOf = (schedule: Schedule, instant: Instant) => Shifts

/** Shifts change a few times a day and are asked for on every change of an incident. */
function cacheShifts(): ShiftsOf {
  const cache = new WeakMap<Schedule, Shifts>()
  return (schedule, instant) => {
    const known = cache.get(schedule)
    const { from, until } = known?.current ?? { from: Number.POSITIVE_INFINITY, until: null }
    if (known !== undefined && (from === null || from <= instant) && (until === null || instant < until)) return known
    const shifts = shiftsAt(schedule, instant)
    cache.set(schedule, shifts)
    return shifts
  }
}

interface Resolved {
  readonly team: string | null
  readonly roster: Roster
  readonly shiftsOf: ShiftsOf
}

function dutiesOf(schedules: readonly Schedule[], { team, roster, shiftsOf }: Resolved): OnCallItem[] {
  const named = (id: PersonId | undefined): PersonAt | null => (id === undefined ? null : { id, name: roster.people[id]?.name ?? '' })
  return Object.entries(roster.roles).map(([role, { current, next }]): OnCallItem => {
    const schedule = schedules.find((candidate) => candidate.role === role && candidate.team === team)
    const shift = schedule === undefined ? null : shiftsOf(schedule, roster.at).current
    const people = current.flatMap((id) => named(id) ?? [])
    const span = { from: shift?.from ?? null, until: shift?.until ?? null }
    return { role, team, kind: 'duty', person: people[0] ?? null, people, schedule: schedule?.id ?? null, ...span, next: named(next[0]) }
  })
}

function itemsOf(playbook: Playbook, schedules: readonly Schedule[], resolved: Resolved): OnCallItem[] {
  const duties = dutiesOf(schedules, resolved)
  // An incident role is taken, not scheduled: shown is who would be asked first.
  const roles = playbook.roles.map(({ id, heldBy }): OnCallItem => {
    const first = heldBy.flatMap((role) => duties.find((item) => item.role === role && item.people.length > 0) ?? [])[0]
    const none = { team: resolved.team, person: null, people: [], schedule: null, from: null, until: null, next: null }
    return { ...(first ?? none), role: id, kind: 'incident' }
  })
  return [...duties, ...roles]
}
