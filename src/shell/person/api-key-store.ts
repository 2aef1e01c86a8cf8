/** API keys: shown once, stored by SHA-256, each acting as one person with that person's rights. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { AccessRole } from '../../core/access/can.ts'
import type { PersonId } from '../../core/id.ts'
import { DAY_MS, MINUTE_MS } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { freshToken, hashToken } from './token.ts'

const TOUCH_EVERY_MS = MINUTE_MS
const GIVEN_NAMES = { environment: 'TOCSIN_API_KEY', machine: 'Command line on the server’s machine' }
const GIVEN_PREFIXES = { environment: 'from TOCSIN_API_KEY', machine: 'in its data folder' }

export interface ApiKeyRow {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly personId: PersonId
  readonly personName: string
  readonly personEmail: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

export interface FoundKey {
  readonly keyId: string
  readonly personId: PersonId
  readonly name: string
  readonly role: AccessRole
}

export interface NewApiKey {
  readonly name: string
  readonly personId: PersonId
  /** Days until it stops; null: never. */
  readonly days: number | null
}

/** `tocsin_<8 hex>.<secret>`, known to nobody yet. */
export function makeApiKey(): string {
  return `tocsin_${randomBytes(4).toString('hex')}.${freshToken()}`
}

/** Returns the key itself, this once. */
export async function createApiKey(tx: Tx, wanted: NewApiKey): Promise<{ id: string; key: string }> {
  const key = makeApiKey()
  const expiresAt = wanted.days === null ? null : new Date(tx.now + wanted.days * DAY_MS)
  const id = await insertKey(tx, { ...wanted, key, prefix: key.split('.', 1)[0] ?? '', expiresAt })
  return { id, key }
}

/** A key that was not asked for by anybody: the environment brought it, or the first start made it for this machine's command line. */
export interface GivenApiKey {
  readonly key: string
  readonly from: 'environment' | 'machine'
}

/**
 * Makes such a key known, whatever its form, acting as `personId`; an earlier value of `TOCSIN_API_KEY` stops.
 * `revoked`: somebody revoked it by hand, and a restart does not bring it back.
 */
export async function ensureApiKey(tx: Tx, { key, from }: GivenApiKey, personId: PersonId): Promise<'made' | 'present' | 'revoked'> {
  if (from === 'environment') await retireEnvironmentKeys(tx, key)
  const { rows } = await tx.query<{ revoked: boolean }>(`select revoked_at is not null as revoked from api_key where secret_hash = $1`, [
    hashToken(key),
  ])
  const known = rows[0]
  if (known !== undefined) return known.revoked ? 'revoked' : 'present'
  // A key that somebody chose may be short: its first characters are not shown.
  await insertKey(tx, { name: GIVEN_NAMES[from], personId, key, prefix: GIVEN_PREFIXES[from], expiresAt: null })
  return 'made'
}

async function retireEnvironmentKeys(tx: Tx, key: string): Promise<void> {
  await tx.query(`update api_key set revoked_at = now() where name = $1 and secret_hash <> $2 and revoked_at is null`, [
    GIVEN_NAMES.environment,
    hashToken(key),
  ])
}

/** Who a key acts as, unless it is revoked, expired, or its person disabled. Notes that it was used. */
export async function findApiKey(tx: Tx, key: string): Promise<FoundKey | undefined> {
  const { rows } = await tx.query<FoundKey & { lastUsedAt: Date | null }>({
    name: 'find-api-key',
    text: `select k.id as "keyId", p.id as "personId", p.name, p.role, k.last_used_at as "lastUsedAt"
           from api_key k join person p on p.id = k.person_id
           where k.secret_hash = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2) and p.disabled_at is null`,
    values: [hashToken(key), new Date(tx.now)],
  })
  const found = rows[0]
  if (found !== undefined && (found.lastUsedAt === null || tx.now - found.lastUsedAt.getTime() > TOUCH_EVERY_MS)) {
    await tx.query(`update api_key set last_used_at = $2 where id = $1`, [found.keyId, new Date(tx.now)])
  }
  return found
}

const SELECT = `
  select k.id, k.name, k.prefix, k.person_id as "personId", p.name as "personName", p.email as "personEmail", k.created_at as "createdAt",
    k.last_used_at as "lastUsedAt", k.expires_at as "expiresAt", k.revoked_at as "revokedAt"
  from api_key k join person p on p.id = k.person_id`

/** Newest first; `personId` null: everybody's. */
export async function listApiKeys(tx: Tx, page: { personId: PersonId | null; limit: number; after: string | null }): Promise<ApiKeyRow[]> {
  const { rows } = await tx.query<ApiKeyRow>(
    `${SELECT}
     where ($1::uuid is null or k.person_id = $1)
       and ($3::uuid is null or (k.created_at, k.id) < (select before.created_at, before.id from api_key before where before.id = $3))
     order by k.created_at desc, k.id desc limit $2`,
    [page.personId, page.limit, page.after],
  )
  return rows
}

export async function findApiKeyRow(tx: Tx, id: string): Promise<ApiKeyRow | undefined> {
  const { rows } = await tx.query<ApiKeyRow>(`${SELECT} where k.id = $1`, [id])
  return rows[0]
}

/** Takes effect with the next request: keys are never cached. */
export async function revokeApiKey(tx: Tx, id: string): Promise<void> {
  await tx.query(`update api_key set revoked_at = coalesce(revoked_at, now()) where id = $1`, [id])
}

interface KeyToInsert {
  readonly name: string
  readonly personId: PersonId
  readonly key: string
  readonly prefix: string
  readonly expiresAt: Date | null
}

async function insertKey(tx: Tx, wanted: KeyToInsert): Promise<string> {
  const id = randomUUID()
  await tx.query(`insert into api_key (id, name, prefix, secret_hash, person_id, expires_at) values ($1, $2, $3, $4, $5, $6)`, [
    id,
    wanted.name,
    wanted.prefix,
    hashToken(wanted.key),
    wanted.personId,
    wanted.expiresAt,
  ])
  return id
}
