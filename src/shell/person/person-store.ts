/** People in the database. E-mail addresses are kept in lower case: they are how `oncall.yaml` names people. */
import { randomUUID } from 'node:crypto'
import type { AccessRole } from '../../core/access/can.ts'
import { asId, type PersonId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'

export interface PersonRow {
  readonly id: PersonId
  readonly email: string
  readonly name: string
  readonly zone: string
  readonly role: AccessRole
  readonly hasPassword: boolean
  readonly disabledAt: Date | null
  readonly createdAt: Date
  readonly contacts: readonly ContactRow[]
}

export interface ContactRow {
  readonly channel: string
  readonly address: string
  readonly verifiedAt: string | null
}

export interface NewPerson {
  readonly email: string
  readonly name: string
  readonly zone?: string
  readonly role?: AccessRole
}

const SELECT = `
  select p.id, p.email, p.name, p.zone, p.role, p.password_hash is not null as "hasPassword",
    p.disabled_at as "disabledAt", p.created_at as "createdAt",
    coalesce((select jsonb_agg(jsonb_build_object('channel', c.channel, 'address', c.address, 'verifiedAt', c.verified_at) order by c.place)
              from contact c where c.person_id = p.id), '[]') as contacts
  from person p`

/**
 * The first person: owner of everything until others are made. Made once, with an e-mail contact where the address can
 * receive any; later starts return who holds that address, and give an installation without a working owner one again.
 */
export async function ensureOwner(tx: Tx, email: string): Promise<PersonRow> {
  const known = await findPersonByEmail(tx, email)
  if (known === undefined) return createPerson(tx, { email, name: nameOf(email), role: 'owner' })
  const owners = await tx.query(`select 1 from person where role = 'owner' and disabled_at is null limit 1`)
  if (owners.rowCount > 0) return known
  await tx.query(`update person set role = 'owner', disabled_at = null where id = $1`, [known.id])
  return { ...known, role: 'owner', disabledAt: null }
}

/** @throws the database's unique violation when the address is taken; look before with `findPersonByEmail`. */
export async function createPerson(tx: Tx, person: NewPerson): Promise<PersonRow> {
  const id = asId<PersonId>(randomUUID())
  const email = person.email.toLowerCase()
  await tx.query(`insert into person (id, email, name, zone, role) values ($1, $2, $3, $4, $5)`, [
    id,
    email,
    person.name,
    person.zone ?? 'UTC',
    person.role ?? 'responder',
  ])
  if (isDeliverable(email)) {
    await tx.query(`insert into contact (person_id, place, channel, address, origin) values ($1, 0, 'email', $2, 'person')`, [id, email])
  }
  const made = await findPerson(tx, id)
  if (made === undefined) throw new Error('a person just made is not there')
  return made
}

export async function findPerson(tx: Tx, id: PersonId): Promise<PersonRow | undefined> {
  const { rows } = await tx.query<PersonRow>(`${SELECT} where p.id = $1`, [id])
  return rows[0]
}

export async function findPersonByEmail(tx: Tx, email: string): Promise<PersonRow | undefined> {
  const { rows } = await tx.query<PersonRow>(`${SELECT} where p.email = $1`, [email.toLowerCase()])
  return rows[0]
}

/** By e-mail address or id, as people are named in requests. Disabled people are not found. */
export async function findPersonNamed(tx: Tx, name: string): Promise<PersonRow | undefined> {
  const { rows } = await tx.query<PersonRow>(`${SELECT} where (p.email = lower($1) or p.id::text = lower($1)) and p.disabled_at is null`, [
    name,
  ])
  return rows[0]
}

/** By name; `after` is the last one of the page before. */
export async function listPeople(tx: Tx, page: { limit: number; after: PersonId | null }): Promise<PersonRow[]> {
  const { rows } = await tx.query<PersonRow>(
    `${SELECT}
     where $1::uuid is null or (p.name, p.id) > (select before.name, before.id from person before where before.id = $1)
     order by p.name, p.id limit $2`,
    [page.after, page.limit],
  )
  return rows
}

export interface PersonChange {
  readonly name?: string | undefined
  readonly zone?: string | undefined
  readonly role?: AccessRole | undefined
  readonly disabled?: boolean | undefined
}

/** Locks out at once: a disabled person's sessions end and their keys stop. */
export async function changePerson(tx: Tx, id: PersonId, change: PersonChange): Promise<void> {
  await tx.query(
    `update person set name = coalesce($2, name), zone = coalesce($3, zone), role = coalesce($4, role),
       disabled_at = case when $5::boolean is null then disabled_at when $5 then coalesce(disabled_at, now()) end
     where id = $1`,
    [id, change.name ?? null, change.zone ?? null, change.role ?? null, change.disabled ?? null],
  )
  if (change.disabled === true) await tx.query(`delete from session where person_id = $1`, [id])
}

/** Owners who can act, locked so that two administrators cannot remove the last two at once. */
export async function lockActiveOwners(tx: Tx): Promise<PersonId[]> {
  const { rows } = await tx.query<{ id: PersonId }>(
    `select id from person where role = 'owner' and disabled_at is null order by id for update`,
  )
  return rows.map((row) => row.id)
}

export async function setPasswordHash(tx: Tx, id: PersonId, hash: string): Promise<void> {
  await tx.query(`update person set password_hash = $2 where id = $1`, [id, hash])
}

export async function findPasswordHash(tx: Tx, id: PersonId): Promise<string | null> {
  const { rows } = await tx.query<{ password_hash: string | null }>(`select password_hash from person where id = $1`, [id])
  return rows[0]?.password_hash ?? null
}

/** Names of people by id, for texts; who is gone is simply absent. */
export async function findNames(tx: Tx, ids: readonly PersonId[]): Promise<ReadonlyMap<PersonId, { name: string; email: string }>> {
  const { rows } = await tx.query<{ id: PersonId; name: string; email: string }>(
    `select id, name, email from person where id = any($1::uuid[])`,
    [ids],
  )
  return new Map(rows.map((row) => [row.id, { name: row.name, email: row.email }]))
}

/** `owner@localhost` is a name to sign in by, not an address to send to. */
function isDeliverable(email: string): boolean {
  return !/@(localhost|localhost\.localdomain)$/.test(email)
}

function nameOf(email: string): string {
  const local = email.split('@', 1)[0] ?? ''
  return local === '' ? email : local.charAt(0).toUpperCase() + local.slice(1)
}
