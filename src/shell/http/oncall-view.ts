/** Who is on call in the API's shapes, with people's addresses. */
import type { OncallItem, PersonRef, Schedule } from '../../api/schema.ts'
import { asId, type PersonId } from '../../core/id.ts'
import { type OnCall, OWNER } from '../../core/oncall/oncall.ts'
import { toRfc3339 } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import type { OnCallItem, PersonAt } from '../oncall/rosters.ts'
import { findNames, findPersonByEmail } from '../person/person-store.ts'

/** The parts that read `oncall.yaml`. */
export interface OncallParts {
  readonly onCallItems: (tx: Tx, instant: number) => Promise<readonly OnCallItem[]>
  readonly onCall: () => OnCall
}

export async function listOncallItems(tx: Tx, parts: OncallParts, at: number): Promise<OncallItem[]> {
  const items = await parts.onCallItems(tx, at)
  const people = await findNames(tx, [...new Set(items.flatMap((item) => [item.person, item.next].flatMap((person) => person?.id ?? [])))])
  const show = (person: PersonAt | null) => person && { id: person.id, name: person.name, email: people.get(person.id)?.email ?? '' }
  return items.map((item) => ({
    role: item.role,
    team: item.team,
    kind: item.kind,
    person: show(item.person),
    schedule: item.schedule,
    from: item.from === null ? null : toRfc3339(item.from),
    until: item.until === null ? null : toRfc3339(item.until),
    next: show(item.next),
  }))
}

export async function listSchedules(tx: Tx, parts: OncallParts): Promise<Schedule[]> {
  const items = await parts.onCallItems(tx, tx.now)
  const schedules: Schedule[] = []
  for (const { id, name, role, team, zone, layers } of parts.onCall().schedules) {
    const holding = items.find((item) => item.kind === 'duty' && item.role === role && item.team === team)
    const members = [...new Set(layers.flatMap((layer) => layer.members))]
    const people: PersonRef[] = []
    for (const member of members) people.push(await showMember(tx, member))
    const current = await findNames(tx, holding?.people.map((person) => person.id) ?? [])
    schedules.push({ id, name, role, team, zone, people, current: [...current].map(([personId, known]) => ({ id: personId, ...known })) })
  }
  return schedules
}

/** A schedule names people by address, or all owners by one word. */
async function showMember(tx: Tx, member: string): Promise<PersonRef> {
  if (member === OWNER) return { id: asId<PersonId>(''), name: 'Every owner', email: '' }
  const person = await findPersonByEmail(tx, member)
  return { id: person?.id ?? '', name: person?.name ?? member, email: member }
}
