/**
 * Who can be reached at an instant: schedules of `oncall.yaml` with overrides and absences, over the people of the database. Asked on every change of
 * an incident, so people and what they changed
 * are read at most once in `PEOPLE_TTL_MS` and each schedule's shifts are kept until they end.
 */
import type { PersonId } from '../../core/id.ts'
import type { Changes } from '../../core/oncall/change.ts'
import { ONCALL_FILE } from '../../core/oncall/lint.ts'
import type { Schedule } from '../../core/oncall/oncall.ts'
import { resolveRoster } from '../../core/oncall/resolve.ts'
import type { Roster } from '../../core/oncall/roster.ts'
import { shadowsAt } from '../../core/oncall/shadow.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { DAY_MS, type Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import type { PlaybookService } from '../playbook/playbooks.ts'
import type { Rosters } from '../ports.ts'
import { isDeviceChannel } from '../push/push-channel.ts'
import { loadChanges } from './change-store.ts'
import { listPageablePeople, type PageablePerson, upsertPeople } from './people-store.ts'
import { cacheShifts, isAway, type ShiftsOf, toChanges } from './standing.ts'

/** Somebody removed or disabled is paged no longer than this, in real time; an override that another server took counts after it. */
export const PEOPLE_TTL_MS = 1_000

export interface RosterOptions {
  readonly folder: Pick<PlaybookService, 'current' | 'onCall' | 'status'>
  /** Whether mail can be sent at all. */
  readonly mail: boolean
  /** Names of the connections in force. */
  readonly connections: () => readonly string[]
  /** Ids of the channels that vendors carry; none where it is left out. */
  readonly carriedChannels?: () => readonly string[]
  /** What channels fall with, where connections say it; nothing where it is left out. */
  readonly domainOf?: (channel: string) => string | undefined
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
  /** An override says so. */
  readonly standIn?: boolean
  /** Who is told, and never paged. */
  readonly shadows?: readonly PersonAt[]
  /** Who of them is in quiet hours, and until when. */
  readonly quiet?: readonly { readonly id: PersonId; readonly until: Instant }[]
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
  const cached = cacheShifts()
  let facts: Facts | null = null
  let forgotten = 0
  const forget = (): void => {
    facts = null
    forgotten += 1
  }
  const readFacts = async (tx: Tx, instant: Instant): Promise<Facts> => {
    const nowMs = options.monotonicMs()
    const { schedules } = options.folder.onCall()
    if (instant < tx.now - KEPT_MS) return { ...(await loadFacts(tx, schedules, instant)), readAtMs: nowMs }
    const known = facts
    if (known !== null && nowMs - known.readAtMs < PEOPLE_TTL_MS && known.schedules === schedules) return known
    const asOf = forgotten
    const read = await loadFacts(tx, schedules, tx.now - KEPT_MS)
    // What has not changed stays the same, and with it the shifts that were counted.
    const changes = known !== null && sameChanges(known.changes, read.changes) ? known.changes : read.changes
    const fresh = { ...read, changes, readAtMs: nowMs }
    // Whoever changed something meanwhile is not overlooked by the next.
    if (asOf === forgotten) facts = fresh
    return fresh
  }
  const rosterOf = (known: Facts, playbook: Playbook, shiftsOf: ShiftsOf) => {
    const usable = usableChannels(options)
    const said = new Map(options.folder.onCall().people.map((person) => [person.email, person]))
    const domains = options.domainOf === undefined ? {} : { domainOf: options.domainOf }
    const { people, schedules, changes } = known
    return (instant: Instant, team: string | null = null): Roster =>
      resolveRoster({
        playbook,
        schedules,
        people,
        instant,
        team,
        shiftsOf,
        usable,
        said,
        ...domains,
        isAway: (holder) => isAway(changes, holder, instant),
      })
  }
  return {
    at: async (tx, instant, team = null) => {
      const known = await readFacts(tx, instant)
      return rosterOf(known, options.folder.current(), cached(known.changes))(instant, team)
    },
    reader: async (tx, playbook) => {
      const known = await loadFacts(tx, options.folder.onCall().schedules, 0)
      // Its own shifts: what is asked about next year must not push out those of now.
      return rosterOf({ ...known, readAtMs: 0 }, playbook, cacheShifts()(known.changes))
    },
    forget,
    syncPeople: async (tx) => {
      // What is refused is not in force: people keep the contacts they have.
      if (options.folder.status().refused.includes(ONCALL_FILE)) return
      await upsertPeople(tx, options.folder.onCall().people, options.freshId)
      tx.afterCommit(forget)
    },
    onCallItems: async (tx, instant) => {
      const known = await readFacts(tx, instant)
      const playbook = options.folder.current()
      const shiftsOf = cached(known.changes)
      const roster = rosterOf(known, playbook, shiftsOf)
      const { schedules } = known
      const organisation = itemsOf(playbook, known, { team: null, roster: roster(instant), shiftsOf })
      const teams = [...new Set(schedules.flatMap(({ team }) => (team === null ? [] : [team])))]
      const items = [...organisation]
      for (const team of teams) {
        const own = dutiesOf(known, { team, roster: roster(instant, team), shiftsOf })
        items.push(...own.filter((item) => schedules.some((schedule) => schedule.team === team && schedule.role === item.role)))
      }
      return items
    },
  }
}

/** What is known of people and schedules, as of one reading. */
interface Facts {
  readonly people: readonly PageablePerson[]
  readonly schedules: readonly Schedule[]
  readonly changes: Changes
  readonly readAtMs: number
}

/** Changes that were over for longer are read when somebody asks about that time. */
const KEPT_MS = DAY_MS

async function loadFacts(tx: Tx, schedules: readonly Schedule[], since: Instant): Promise<Omit<Facts, 'readAtMs'>> {
  const people = await listPageablePeople(tx)
  const stored = await loadChanges(tx, since)
  return { people, schedules, changes: toChanges(stored, schedules, new Set(people.map((person) => person.email))) }
}

function sameChanges(one: Changes, other: Changes): boolean {
  return JSON.stringify([one.overrides, one.absences]) === JSON.stringify([other.overrides, other.absences])
}

function usableChannels({ mail, connections, carriedChannels }: RosterOptions): (channel: string) => boolean {
  const known = new Set([...connections().map((name) => `webhook:${name}`), ...(carriedChannels?.() ?? [])])
  return (channel) => (channel === 'email' ? mail : isDeviceChannel(channel) || known.has(channel))
}

interface Resolved {
  readonly team: string | null
  readonly roster: Roster
  readonly shiftsOf: ShiftsOf
}

function dutiesOf({ schedules, people }: Facts, { team, roster, shiftsOf }: Resolved): OnCallItem[] {
  const named = (id: PersonId | undefined): PersonAt | null => (id === undefined ? null : { id, name: roster.people[id]?.name ?? '' })
  const byEmail = new Map(people.map((person) => [person.email, person]))
  return Object.entries(roster.roles).map(([role, { current, next }]): OnCallItem => {
    const schedule = schedules.find((candidate) => candidate.role === role && candidate.team === team)
    const shift = schedule === undefined ? null : shiftsOf(schedule, roster.at).current
    const holding = current.flatMap((id) => named(id) ?? [])
    const span = { from: shift?.from ?? null, until: shift?.until ?? null }
    return {
      role,
      team,
      kind: 'duty',
      person: holding[0] ?? null,
      people: holding,
      schedule: schedule?.id ?? null,
      ...span,
      next: named(next[0]),
      standIn: shift?.cause.kind === 'override',
      quiet: holding.flatMap(({ id }) => {
        const until = roster.people[id]?.quietUntil
        return until === undefined ? [] : [{ id, until }]
      }),
      shadows: schedule === undefined ? [] : shadowsAt(schedule, roster.at).flatMap((holder) => byEmail.get(holder) ?? []),
    }
  })
}

function itemsOf(playbook: Playbook, known: Facts, resolved: Resolved): OnCallItem[] {
  const duties = dutiesOf(known, resolved)
  // An incident role is taken, not scheduled: shown is who would be asked first.
  const roles = playbook.roles.map(({ id, heldBy }): OnCallItem => {
    const first = heldBy.flatMap((role) => duties.find((item) => item.role === role && item.people.length > 0) ?? [])[0]
    const none = { team: resolved.team, person: null, people: [], schedule: null, from: null, until: null, next: null }
    return { ...(first ?? none), role: id, kind: 'incident', standIn: false, shadows: [], quiet: first?.quiet ?? [] }
  })
  return [...duties, ...roles]
}
