/** Who is on call in the API's shapes, with people's addresses. */
import type { OncallItem, PersonRef, Schedule } from '../../api/schema.ts'
import { asId, type PersonId } from '../../core/id.ts'
import { type OnCall, OWNER } from '../../core/oncall/oncall.ts'
import { describeSchedule } from '../../core/oncall/prose.ts'
import { toRfc3339 } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import type { OnCallItem, PersonAt } from '../oncall/rosters.ts'
import { findNames, findPersonByEmail } from '../person/person-store.ts'

/** The parts that read `oncall.yaml`. */
export interface OncallParts {
  readonly onCallItems: (tx: Tx, instant: number) => Promise<readonly OnCallItem[]>
  readonly onCall: () => OnCall
  /** People and what they changed are read anew; left out: nothing is kept. */
  readonly forget?: () => void
}

export async function listOncallItems(tx: Tx, parts: OncallParts, at: number): Promise<OncallItem[]> {
  const items = await parts.onCallItems(tx, at)
  const named = items.flatMap((item) =>
    [...item.people, ...(item.shadows ?? []), item.person, item.next].flatMap((person) => person?.id ?? []),
  )
  const people = await findNames(tx, [...new Set(named)])
  const showOne = (person: PersonAt): PersonRef => ({ id: person.id, name: person.name, email: people.get(person.id)?.email ?? '' })
  const show = (person: PersonAt | null) => person && showOne(person)
  return items.map((item) => ({
    role: item.role,
    team: item.team,
    kind: item.kind,
    person: show(item.person),
    people: item.people.map(showOne),
    schedule: item.schedule,
    from: item.from === null ? null : toRfc3339(item.from),
    until: item.until === null ? null : toRfc3339(item.until),
    next: show(item.next),
    stand_in: item.standIn ?? false,
    shadows: (item.shadows ?? []).map(showOne),
    quiet: (item.quiet ?? []).map(({ id, until }) => ({ id, until: toRfc3339(until) })),
  }))
}

export async function listSchedules(tx: Tx, parts: OncallParts): Promise<Schedule[]> {
  const items = await parts.onCallItems(tx, tx.now)
  const schedules: Schedule[] = []
  for (const schedule of parts.onCall().schedules) {
    const { id, name, role, team, zone, layers } = schedule
    const holding = items.find((item) => item.kind === 'duty' && item.role === role && item.team === team)
    const members = [...new Set(layers.flatMap((layer) => layer.members))]
    const people: PersonRef[] = []
    for (const member of members) people.push(await showMember(tx, member))
    const current = await findNames(tx, holding?.people.map((person) => person.id) ?? [])
    schedules.push({
      id,
      name,
      role,
      team,
      zone,
      people,
      current: [...current].map(([personId, known]) => ({ id: personId, ...known })),
      prose: describeSchedule(schedule, (holder) => people.find(({ email }) => email === holder)?.name ?? holder),
    })
  }
  return schedules
}

/** A schedule names people by address, or all owners by one word. */
async function showMember(tx: Tx, member: string): Promise<PersonRef> {
  if (member === OWNER) return { id: asId<PersonId>(''), name: 'Every owner', email: '' }
  const person = await findPersonByEmail(tx, member)
  return { id: person?.id ?? '', name: person?.name ?? member, email: member }
}
