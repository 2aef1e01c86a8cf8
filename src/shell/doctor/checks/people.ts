/** Is there somebody for every role, and a way to each of them that does not need an open console? */
import type { DoctorCheck } from '../../../api/doctor.ts'
import { asId, type PersonId } from '../../../core/id.ts'
import type { Roster } from '../../../core/oncall/roster.ts'
import { dutyRolesOf } from '../../../core/playbook/playbook.ts'
import type { ChannelBook } from '../../../integration.ts'
import { type Examination, fail, ok, warn } from '../check.ts'
import { listPeopleFacts, type PersonFacts } from '../doctor-store.ts'

const DEFAULT_OWNER = 'owner@localhost'

export async function checkPeople({ ports, parts }: Examination): Promise<readonly DoctorCheck[]> {
  const { roster, people } = await ports.database.inTransaction('main', async (tx) => ({
    roster: await ports.rosters.at(tx, tx.now),
    people: await listPeopleFacts(tx),
  }))
  const roles = dutyRolesOf(ports.playbooks.current())
  return [checkOwner(people), ...checkRoles(roles, roster), ...checkReached(dutiesByPerson(roles, roster), roster, people, parts.channels)]
}

const OWNER = 'Owner'

function checkOwner(people: readonly PersonFacts[]): DoctorCheck {
  const owners = people.filter((person) => person.role === 'owner')
  if (owners.every((owner) => owner.email === DEFAULT_OWNER)) {
    return fail('owner', OWNER, {
      found: `the only owner is still ${DEFAULT_OWNER}, which is nobody's address`,
      meaning: 'when nobody else answers, the last page goes to an address that does not exist',
      remedy: 'add yourself (`tocsin user add YOU@example.com --role owner`), or start once with TOCSIN_OWNER_EMAIL',
    })
  }
  return ok('owner', OWNER, owners.map((owner) => owner.email).join(', '))
}

function checkRoles(roles: readonly string[], roster: Roster): readonly DoctorCheck[] {
  const empty = roles.filter((role) => (roster.roles[role]?.current.length ?? 0) === 0)
  if (empty.length === 0) return [ok('roles', 'Roles', `somebody holds each of ${roles.length}: ${roles.join(', ')}`)]
  return empty.map((role) =>
    warn(`role:${role}`, `Role ${role}`, {
      found: 'nobody holds it now',
      meaning: 'its pages go to the owners at once',
      remedy: 'name somebody for it in oncall.yaml',
    }),
  )
}

/** Whom a page may have to reach, and why: holders now and next of each role, and the owners at last. */
function dutiesByPerson(roles: readonly string[], roster: Roster): ReadonlyMap<PersonId, readonly string[]> {
  const duties = new Map<PersonId, string[]>()
  const add = (people: readonly PersonId[], duty: string) => {
    for (const person of people) duties.set(person, [...(duties.get(person) ?? []), duty])
  }
  for (const role of roles) {
    add(roster.roles[role]?.current ?? [], role)
    add(roster.roles[role]?.next ?? [], `${role} (next)`)
  }
  add(roster.owners, 'owner')
  return duties
}

function checkReached(
  duties: ReadonlyMap<PersonId, readonly string[]>,
  roster: Roster,
  people: readonly PersonFacts[],
  channels: ChannelBook,
): readonly DoctorCheck[] {
  return [...duties].map(([id, why]) => {
    const person = people.find((candidate) => asId<PersonId>(candidate.id) === id)
    const email = person?.email ?? id
    const ways = (roster.people[id]?.channels ?? ['console']).filter((channel) => channel !== 'console')
    const found = ways.map((channel) => ({ channel, way: channels.find(channel, addressOf(person, channel)) }))
    const usable = found.filter(({ way }) => way.kind === 'found').map(({ channel }) => channel)
    const broken = found.flatMap(({ channel, way }) => (way.kind === 'missing' ? [`${channel}: ${way.reason}`] : []))
    const title = `${email} can be reached`
    const duty = [...new Set(why)].join(', ')
    if (usable.length === 0) {
      return fail(`person:${email}`, title, {
        found: `NO WAY BESIDES THE CONSOLE for ${duty}${broken.length === 0 ? '' : ` (${broken.join('; ')})`}`,
        meaning: 'this person sleeps through every page; the escalation loses its waiting time for nothing',
        remedy: 'configure mail (TOCSIN_MAIL_URL) for an e-mail address, or give the person a webhook in oncall.yaml and connections.yaml',
      })
    }
    if (broken.length > 0) {
      return warn(`person:${email}`, title, {
        found: `by ${usable.join(', ')} for ${duty}, but not by ${broken.join('; ')}`,
        meaning: 'one way fewer than oncall.yaml says',
        remedy: 'configure the missing channel, or take it out of oncall.yaml',
      })
    }
    return ok(`person:${email}`, title, `by ${usable.join(', ')} for ${duty}`)
  })
}

/** As the outbox takes it. */
function addressOf(person: PersonFacts | undefined, channel: string): string | null {
  return person?.contacts.find((contact) => contact.channel === channel)?.address ?? null
}
