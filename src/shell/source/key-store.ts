/** SQL of integration keys. A key is shown once, when it is made; only its SHA-256 is kept. */
import { hash, randomBytes } from 'node:crypto'
import { asId, type SourceId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { freshId } from '../fresh-id.ts'

export interface KeyRow {
  readonly id: string
  readonly sourceId: SourceId
  /** `taken`: another system made it. */
  readonly origin: 'made' | 'taken'
  readonly label: string
  readonly prefix: string
  readonly createdAt: Instant
  /** It opens nothing from then on. */
  readonly expiresAt: Instant | null
  readonly revokedAt: Instant | null
  /** A few seconds behind. */
  readonly lastUsedAt: Instant | null
  /** By the database's clock, when it was read. */
  readonly inUse: boolean
}

export interface NewKey {
  readonly sourceId: SourceId
  readonly key: string
  readonly origin: KeyRow['origin']
  readonly label: string
}

/** Of one source, in use. */
export const KEYS_MAX = 50
const LISTED_MAX = 200
const LOADED_MAX = 50_000
const PREFIX_CHARS = 6
/** Of a short key that was taken over, less is shown: what is shown must not help to guess it. */
const SHORT_KEY_CHARS = 20
const SHORT_PREFIX_CHARS = 2
const IN_USE = `(revoked_at is null and (expires_at is null or expires_at > now()))`
const COLUMNS = `id, source_id, origin, label, prefix, created_at, expires_at, revoked_at, last_used_at, ${IN_USE} as in_use`

interface Row {
  readonly id: string
  readonly source_id: string
  readonly origin: KeyRow['origin']
  readonly label: string
  readonly prefix: string
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly revoked_at: Date | null
  readonly last_used_at: Date | null
  readonly in_use: boolean
}

/** 32 characters, as PagerDuty's clients want a routing key; 128 bits of chance. */
export function makeIngestKey(): string {
  return randomBytes(16).toString('hex')
}

/** The digest under which a key is kept and looked up: equal digests, compared by the database or a Map, tell nothing by their timing. */
export function hashKey(key: string): string {
  return hash('sha256', key, 'hex')
}

/** @returns null when the very key is known already, whatever became of it. */
export async function addKey(tx: Tx, { sourceId, key, origin, label }: NewKey): Promise<KeyRow | null> {
  const prefix = key.slice(0, key.length < SHORT_KEY_CHARS ? SHORT_PREFIX_CHARS : PREFIX_CHARS)
  const { rows } = await tx.query<Row>(
    `insert into source_key (id, source_id, key_hash, prefix, origin, label) values ($1, $2, decode($3, 'hex'), $4, $5, $6)
     on conflict do nothing returning ${COLUMNS}`,
    [freshId(), sourceId, hashKey(key), prefix, origin, label],
  )
  return rows[0] === undefined ? null : toKey(rows[0])
}

export async function findKeySource(tx: Tx, key: string): Promise<SourceId | undefined> {
  const { rows } = await tx.query<{ source_id: string }>(`select source_id from source_key where key_hash = decode($1, 'hex')`, [
    hashKey(key),
  ])
  return rows[0] === undefined ? undefined : asId<SourceId>(rows[0].source_id)
}

/** In use first, then newest first. */
export async function listKeys(tx: Tx, sourceId: SourceId): Promise<KeyRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from source_key where source_id = $1 order by ${IN_USE} desc, created_at desc, id desc limit ${LISTED_MAX}`,
    [sourceId],
  )
  return rows.map(toKey)
}

/** At once. @returns undefined when the source has no such key. */
export async function revokeKey(tx: Tx, sourceId: SourceId, id: string): Promise<KeyRow | undefined> {
  const { rows } = await tx.query<Row>(
    `update source_key set revoked_at = coalesce(revoked_at, now()) where source_id = $1 and id = $2 returning ${COLUMNS}`,
    [sourceId, id],
  )
  return rows[0] === undefined ? undefined : toKey(rows[0])
}

/** What is said of keys that are given from outside, and of those that another one has replaced. */
export interface GivenLabels {
  readonly given: string
  readonly replaced: string
}

/** Those of the source that were given the same way open nothing any more, because another was given. */
export async function replaceGiven(tx: Tx, sourceId: SourceId, labels: GivenLabels): Promise<void> {
  await tx.query(`update source_key set revoked_at = now(), label = $3 where source_id = $1 and label = $2 and revoked_at is null`, [
    sourceId,
    labels.given,
    labels.replaced,
  ])
}

/** One that was replaced, and by nobody revoked, opens again and replaces the others; any other stays as it is. */
export async function giveAgain(tx: Tx, sourceId: SourceId, key: string, labels: GivenLabels): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(`select id from source_key where key_hash = decode($1, 'hex') and label = $2`, [
    hashKey(key),
    labels.replaced,
  ])
  const [replaced] = rows
  if (replaced === undefined) return
  await replaceGiven(tx, sourceId, labels)
  await tx.query('update source_key set revoked_at = null, label = $2 where id = $1', [replaced.id, labels.given])
}

/** After so long, by the database's real clock. An end that was set before and comes sooner stays. */
export async function endKeys(tx: Tx, ids: readonly string[], afterMs: number): Promise<KeyRow[]> {
  const { rows } = await tx.query<Row>(
    `update source_key set expires_at = least(coalesce(expires_at, 'infinity'), now() + make_interval(secs => $2 / 1000.0))
     where id = any($1::uuid[]) returning ${COLUMNS}`,
    [ids, afterMs],
  )
  return rows.map(toKey)
}

export interface OpenKey {
  readonly id: string
  readonly sourceId: string
  /** SHA-256, hex. */
  readonly hash: string
}

/** All that open something. */
export async function loadOpenKeys(tx: Tx): Promise<OpenKey[]> {
  const { rows } = await tx.query<{ id: string; source_id: string; hash: string }>({
    name: 'load-open-keys',
    text: `select id, source_id, encode(key_hash, 'hex') as hash from source_key where ${IN_USE} order by created_at desc limit ${LOADED_MAX}`,
  })
  return rows.map((row) => ({ id: row.id, sourceId: row.source_id, hash: row.hash }))
}

/** Key ids with when each was last used. */
export async function noteKeyUse(tx: Tx, used: ReadonlyMap<string, Instant>): Promise<void> {
  await tx.query(
    `update source_key k set last_used_at = greatest(coalesce(k.last_used_at, to_timestamp(0)), to_timestamp(u.at / 1000))
     from unnest($1::uuid[], $2::float8[]) as u (id, at) where k.id = u.id`,
    [[...used.keys()], [...used.values()]],
  )
}

function toKey(row: Row): KeyRow {
  return {
    id: row.id,
    sourceId: asId<SourceId>(row.source_id),
    origin: row.origin,
    label: row.label,
    prefix: row.prefix,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    revokedAt: row.revoked_at?.getTime() ?? null,
    lastUsedAt: row.last_used_at?.getTime() ?? null,
    inUse: row.in_use,
  }
}
