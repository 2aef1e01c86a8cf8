/** SQL of the people that can be paged, and of bringing those of `oncall.yaml` into the database. */
import type { PersonId } from '../../core/id.ts'
import { readCarried } from '../../core/oncall/carriers.ts'
import type { OnCallPerson } from '../../core/oncall/oncall.ts'
import type { Tx } from '../database/database.ts'

export interface PageablePerson {
  readonly id: PersonId
  /** Lower case. */
  readonly email: string
  readonly name: string
  readonly role: string
  /** In the person's order; without the console. */
  readonly channels: readonly string[]
}

/** Everybody who is not disabled. What the file says of a person's channels comes before what they added themselves. */
export async function listPageablePeople(tx: Tx): Promise<PageablePerson[]> {
  const { rows } = await tx.query<PageablePerson>({
    name: 'pageable-people',
    text: `select person.id, person.email, person.name, person.role,
             array(select contact.channel from contact where contact.person_id = person.id
                   order by contact.origin <> 'file', contact.place) as channels
           from person where person.disabled_at is null order by person.created_at, person.id`,
  })
  return rows
}

/** More people than this are shown by their addresses only. */
const DIRECTORY_MAX = 10_000

export interface Listed {
  readonly id: PersonId
  readonly email: string
  readonly name: string
  readonly zone: string
  readonly disabled: boolean
}

/** Everybody, also who is disabled: what they held is shown by their names. */
export async function listDirectory(tx: Tx): Promise<Listed[]> {
  const { rows } = await tx.query<Listed>(
    `select id, email, name, zone, disabled_at is not null as disabled from person order by created_at, id limit ${DIRECTORY_MAX}`,
  )
  return rows
}

/**
 * Makes the people of the file, takes over their names and zones, and replaces the contacts that came from the file.
 * Who is no longer in it stays a person and keeps what they added themselves. In order of e-mail address, so that two
 * servers that do it at once wait for each other instead of deadlocking.
 */
export async function upsertPeople(tx: Tx, people: readonly OnCallPerson[], freshId: () => string): Promise<void> {
  const inOrder = [...people].sort((left, right) => (left.email < right.email ? -1 : 1))
  const rows = inOrder.map(({ email, name, zone }) => ({ id: freshId(), email, name, zone }))
  await tx.query(
    `insert into person (id, email, name, zone)
     select id, email, name, zone from jsonb_to_recordset($1::jsonb) as listed (id uuid, email text, name text, zone text)
     on conflict (email) do update set name = excluded.name, zone = excluded.zone
     where (person.name, person.zone) is distinct from (excluded.name, excluded.zone)`,
    [JSON.stringify(rows)],
  )
  const contacts = inOrder.flatMap((person) =>
    person.channels.flatMap((channel, place) => {
      const address = addressOf(channel, person)
      return address === undefined ? [] : [{ email: person.email, channel, place, address }]
    }),
  )
  await tx.query(
    `with listed as (
       select person.id as person_id, item.place, item.channel, item.address
       from jsonb_to_recordset($1::jsonb) as item (email text, channel text, place integer, address text)
       join person on person.email = item.email
     ), gone as (
       delete from contact where origin = 'file'
         and not exists (select from listed where listed.person_id = contact.person_id and listed.channel = contact.channel)
     )
     insert into contact (person_id, place, channel, address, origin)
     select person_id, place, channel, address, 'file' from listed order by person_id, place
     on conflict (person_id, channel) do update set place = excluded.place, address = excluded.address, origin = 'file'
     where (contact.place, contact.address, contact.origin) is distinct from (excluded.place, excluded.address, 'file')`,
    [JSON.stringify(contacts)],
  )
}

/** A webhook's address and secret stay with its connection. Undefined: the person has none for it. */
function addressOf(channel: string, { email, contacts }: OnCallPerson): string | undefined {
  if (channel === 'email') return email
  const carried = readCarried(channel)
  return carried === undefined ? channel.slice(channel.indexOf(':') + 1) : contacts?.[carried.contact]
}
