/** From schedules and people to the roster of one instant: names of the file become people of the database. */
import type { PersonId } from '../id.ts'
import { dutyRolesOf, type Playbook } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'
import { type Holder, type OnCallPerson, OWNER, type Schedule } from './oncall.ts'
import { CONSOLE_CHANNEL, type RoleHolders, type Roster, type RosterPerson } from './roster.ts'
import type { Shifts } from './shifts.ts'
import { quietUntil } from './way.ts'

export interface RosterSource {
  readonly playbook: Playbook
  readonly schedules: readonly Schedule[]
  /** Everybody who is not disabled. */
  readonly people: readonly {
    readonly id: PersonId
    readonly email: string
    readonly name: string
    readonly role: string
    readonly channels: readonly string[]
  }[]
  readonly instant: Instant
  /** Whose roster; null: the organisation's. */
  readonly team: string | null
  readonly shiftsOf: (schedule: Schedule, instant: Instant) => Shifts
  /** Whether somebody, by e-mail address, holds nothing at the instant; left out: nobody is away. */
  readonly isAway?: (holder: Holder) => boolean
  /** What the file says of people, by e-mail address; left out: nothing. */
  readonly said?: ReadonlyMap<string, OnCallPerson>
  /** What channels fall with, where connections say it; left out: nothing. */
  readonly domainOf?: (channel: string) => string | undefined
  /** False for a channel that this installation cannot send on. */
  readonly usable: (channel: string) => boolean
}

/** A role that the team has no schedule for is the organisation's, and without one the owners'; who is gone or disabled holds nothing. */
export function resolveRoster(source: RosterSource): Roster {
  const owners = presentOwners(source)
  const idOf = new Map(source.people.map((person) => [person.email, person.id]))
  const resolve = (holders: readonly Holder[]): PersonId[] => [
    ...new Set(holders.flatMap((holder) => (holder === OWNER ? owners : (idOf.get(holder) ?? [])))),
  ]
  const own = source.team === null ? [] : source.schedules.filter((schedule) => schedule.team === source.team)
  // The later of two entries counts.
  const scheduled = new Map(
    [...source.schedules.filter((schedule) => schedule.team === null), ...own].map((schedule) => [schedule.role, schedule]),
  )
  // Without a prototype: a role may be called "constructor".
  const roles = Object.create(null) as Record<string, RoleHolders>
  for (const role of new Set([...dutyRolesOf(source.playbook), ...scheduled.keys()])) {
    const schedule = scheduled.get(role)
    roles[role] = schedule === undefined ? { current: owners, next: [] } : holdersOf(source.shiftsOf(schedule, source.instant), resolve)
  }
  return { at: source.instant, roles, owners, people: peopleOf(source) }
}

function holdersOf(shifts: Shifts, resolve: (holders: readonly Holder[]) => PersonId[]): RoleHolders {
  const current = resolve(shifts.current.holders)
  return { current, next: resolve(shifts.next?.holders ?? []).filter((id) => !current.includes(id)) }
}

/** Owners who are away are spared while another is there. */
function presentOwners({ people, isAway }: RosterSource): PersonId[] {
  const owners = ownersOf(people)
  if (isAway === undefined) return owners
  const away = new Set(people.flatMap(({ id, email }) => (isAway(email) ? id : [])))
  const present = owners.filter((id) => !away.has(id))
  return present.length > 0 ? present : owners
}

/** The last owner cannot be removed; were it so all the same, administrators and then everybody stand in. */
function ownersOf(people: RosterSource['people']): PersonId[] {
  for (const wanted of [['owner'], ['admin'], ['responder']]) {
    const found = people.filter((person) => wanted.includes(person.role))
    if (found.length > 0) return found.map((person) => person.id)
  }
  return people.map((person) => person.id)
}

function peopleOf(source: RosterSource): Record<PersonId, RosterPerson> {
  return Object.fromEntries(source.people.map((person) => [person.id, personOf(person, source)]))
}

function personOf(
  { email, name, channels: known }: RosterSource['people'][number],
  { usable, said, domainOf, instant }: RosterSource,
): RosterPerson {
  const own = said?.get(email)
  const channels = [...known.filter(usable), CONSOLE_CHANNEL]
  const until = own?.quiet === undefined ? null : quietUntil(own, instant)
  const domains = channels.flatMap((channel): [string, string][] => {
    const domain = domainOf?.(channel)
    return domain === undefined ? [] : [[channel, domain]]
  })
  return {
    name,
    channels,
    ...(own?.ways === undefined ? {} : { ways: own.ways }),
    ...(domains.length === 0 ? {} : { domains: Object.fromEntries(domains) }),
    ...(until === null ? {} : { quietUntil: until }),
  }
}
