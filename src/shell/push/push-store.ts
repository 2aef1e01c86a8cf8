/** SQL of the devices that take push messages, and of the contact by which each is one of its person's channels. */
import { createHash } from 'node:crypto'
import { asId, type IncidentId, type PersonId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'
import { hashToken } from '../person/token.ts'

export interface DeviceRow {
  readonly id: string
  readonly personId: PersonId
  readonly name: string
  readonly channel: string
  readonly service: string
  readonly sealed: Buffer
  readonly createdAt: Date
  readonly lastSuccessAt: Date | null
  readonly lastShownAt: Date | null
  readonly revokedAt: Date | null
  readonly revokedReason: string | null
}

const COLUMNS = `id, person_id as "personId", name, channel, service, sealed, created_at as "createdAt", last_success_at as "lastSuccessAt",
  last_shown_at as "lastShownAt", revoked_at as "revokedAt", revoked_reason as "revokedReason"`

export async function listDevices(tx: Tx, personId: PersonId): Promise<DeviceRow[]> {
  const { rows } = await tx.query<DeviceRow>(`select ${COLUMNS} from push_device where person_id = $1 order by created_at, id`, [personId])
  return rows
}

export async function findDevice(tx: Tx, id: string): Promise<DeviceRow | undefined> {
  const { rows } = await tx.query<DeviceRow>({
    name: 'find-push-device',
    text: `select ${COLUMNS} from push_device where id = $1`,
    values: [id],
  })
  return rows[0]
}

/** The device of that address, whosever it was. */
export async function findDeviceByEndpoint(tx: Tx, endpoint: string): Promise<DeviceRow | undefined> {
  const { rows } = await tx.query<DeviceRow>(`select ${COLUMNS} from push_device where endpoint_hash = $1 for update`, [
    hashEndpoint(endpoint),
  ])
  return rows[0]
}

export interface NewDevice extends Pick<DeviceRow, 'id' | 'personId' | 'name' | 'channel' | 'service' | 'sealed'> {
  readonly endpoint: string
}

/** Makes it, or brings back the one of the same id; its person is reached by it from now on. */
export async function saveDevice(tx: Tx, device: NewDevice): Promise<void> {
  await tx.query(
    `insert into push_device (id, person_id, name, channel, service, endpoint_hash, sealed, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
     on conflict (id) do update set name = excluded.name, sealed = excluded.sealed, service = excluded.service,
       endpoint_hash = excluded.endpoint_hash, revoked_at = null, revoked_reason = null`,
    [device.id, device.personId, device.name, device.channel, device.service, hashEndpoint(device.endpoint), device.sealed],
  )
  await tx.query(
    `insert into contact (person_id, place, channel, address, origin)
     select $1, coalesce(max(place) + 1, 0), $2, $3, 'person' from contact where person_id = $1
     on conflict (person_id, channel) do update set address = excluded.address`,
    [device.personId, device.channel, device.id],
  )
}

/** @returns false when the person has no such device */
export async function removeDevice(tx: Tx, personId: PersonId, id: string): Promise<boolean> {
  const { rows } = await tx.query<{ channel: string }>('delete from push_device where id = $1 and person_id = $2 returning channel', [
    id,
    personId,
  ])
  const [row] = rows
  if (row !== undefined) await dropContact(tx, personId, row.channel)
  return row !== undefined
}

export async function recordTaken(tx: Tx, id: string): Promise<void> {
  await tx.query('update push_device set last_success_at = clock_timestamp() where id = $1', [id])
}

/** The device itself said that it showed a message: its channel is proven to reach it. */
export async function recordDeviceShown(tx: Tx, personId: PersonId, channel: string): Promise<void> {
  await tx.query('update push_device set last_shown_at = clock_timestamp() where person_id = $1 and channel = $2', [personId, channel])
  await tx.query('update contact set verified_at = coalesce(verified_at, clock_timestamp()) where person_id = $1 and channel = $2', [
    personId,
    channel,
  ])
}

/** Its push service ended it: it stays on the list as such, and is no channel of its person any more. */
export async function recordGone(tx: Tx, id: string, reason: string): Promise<void> {
  const { rows } = await tx.query<{ person_id: string; channel: string }>(
    `update push_device set revoked_at = clock_timestamp(), revoked_reason = $2 where id = $1 and revoked_at is null
     returning person_id, channel`,
    [id, reason],
  )
  const [row] = rows
  if (row !== undefined) await dropContact(tx, asId<PersonId>(row.person_id), row.channel)
}

async function dropContact(tx: Tx, personId: PersonId, channel: string): Promise<void> {
  await tx.query(`delete from contact where person_id = $1 and channel = $2 and origin = 'person'`, [personId, channel])
}

export interface EndedPush {
  readonly email: string
  readonly device: string
  readonly reason: string
  readonly endedAt: Date
  /** Devices of the person that are still paged. */
  readonly left: number
}

/** Of people who are not disabled: subscriptions that their push service ended, and that nobody has removed or renewed since. */
export async function listEndedPush(tx: Tx): Promise<EndedPush[]> {
  const { rows } = await tx.query<EndedPush>(
    `select person.email, push_device.name as device, push_device.revoked_reason as reason, push_device.revoked_at as "endedAt",
       (select count(*)::int from push_device other where other.person_id = person.id and other.revoked_at is null) as left
     from push_device join person on person.id = push_device.person_id
     where push_device.revoked_at is not null and person.disabled_at is null order by person.email, push_device.revoked_at desc limit 100`,
  )
  return rows
}

/** That are paged, of anybody. */
export async function countDevices(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ count: number }>('select count(*)::int as count from push_device where revoked_at is null')
  return rows[0]?.count ?? 0
}

export interface KeyRow {
  readonly publicKey: string
  readonly sealed: Buffer
}
const KEY_NAME = 'vapid'

export async function findKey(tx: Tx): Promise<KeyRow | undefined> {
  const { rows } = await tx.query<KeyRow>(`select public_key as "publicKey", sealed from push_key where name = $1`, [KEY_NAME])
  return rows[0]
}

/** The first of several servers that start at once makes it; the others get that one. */
export async function keepKey(tx: Tx, key: KeyRow): Promise<KeyRow> {
  await tx.query(
    `insert into push_key (name, public_key, sealed, created_at) values ($1, $2, $3, clock_timestamp()) on conflict (name) do nothing`,
    [KEY_NAME, key.publicKey, key.sealed],
  )
  return (await findKey(tx)) ?? key
}

/** Another key takes its place: whoever subscribed with the one before cannot be written to any more. */
export async function replaceKey(tx: Tx, before: KeyRow, key: KeyRow, reason: string): Promise<KeyRow> {
  const { rowCount } = await tx.query(
    `update push_key set public_key = $2, sealed = $3, created_at = clock_timestamp() where name = $1 and public_key = $4`,
    [KEY_NAME, key.publicKey, key.sealed, before.publicKey],
  )
  if (rowCount === 1) {
    const { rows } = await tx.query<{ id: string }>('select id from push_device where revoked_at is null')
    for (const { id } of rows) await recordGone(tx, id, reason)
  }
  return (await findKey(tx)) ?? key
}

function hashEndpoint(endpoint: string): Buffer {
  return createHash('sha256').update(endpoint).digest()
}

export interface LinkSent {
  readonly personId: PersonId
  readonly incidentIds: readonly IncidentId[]
  readonly channel: string
}

/** Whom a message's acknowledge link was sent to and how; undefined for one that never was, or has expired. Spends nothing. */
export async function findLinkSent(tx: Tx, token: string): Promise<LinkSent | undefined> {
  const { rows } = await tx.query<{ person_id: string; incident_ids: string[]; channel: string }>(
    `select person_id, array_prepend(incident_id, others) as incident_ids, channel from link
     where token_hash = $1 and purpose = 'acknowledge' and incident_id is not null and channel is not null and expires_at > $2`,
    [hashToken(token), new Date(tx.now)],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const incidentIds = row.incident_ids.map((id) => asId<IncidentId>(id))
  return { personId: asId<PersonId>(row.person_id), incidentIds, channel: row.channel }
}
