/** SQL of monitoring sources. A key is shown once, when it is made; only its SHA-256 is kept. */
import { hash, randomBytes } from 'node:crypto'
import { asId, type SourceId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { freshId } from '../fresh-id.ts'

export interface SourceRow {
  readonly id: SourceId
  readonly name: string
  /** Integration whose doors the key opens; null: every door. */
  readonly kind: string | null
  /** First characters of the key, to recognise it by. */
  readonly keyPrefix: string
  readonly createdAt: Instant
  readonly revokedAt: Instant | null
}

export interface NewSource {
  readonly name: string
  readonly kind: string | null
  /** Taken as it is, whatever its form. */
  readonly key: string
}

/** 32 characters, as PagerDuty's clients want a routing key; 128 bits of chance. */
export function makeIngestKey(): string {
  return randomBytes(16).toString('hex')
}

/** The digest under which a key is kept and looked up: equal digests, compared by the database or a Map, tell nothing by their timing. */
export function hashKey(key: string): string {
  return hash('sha256', key, 'hex')
}

const KEY_PREFIX_CHARS = 6
const SOURCES_MAX = 10_000
const COLUMNS = 'id, name, kind, key_prefix, created_at, revoked_at'

interface Row {
  readonly id: string
  readonly name: string
  readonly kind: string | null
  readonly key_prefix: string
  readonly created_at: Date
  readonly revoked_at: Date | null
}

/** @returns null when a source of that name, or that very key, exists. */
export async function createSource(tx: Tx, source: NewSource): Promise<SourceRow | null> {
  const { rows } = await tx.query<Row>(
    `insert into source (id, name, kind, key_prefix, key_hash) values ($1, $2, $3, $4, decode($5, 'hex'))
     on conflict do nothing returning ${COLUMNS}`,
    [freshId(), source.name, source.kind, source.key.slice(0, KEY_PREFIX_CHARS), hashKey(source.key)],
  )
  return rows[0] === undefined ? null : toSource(rows[0])
}

/** Makes sure that this key opens: for the key that the environment gives. One that was revoked stays so. */
export async function ensureSource(tx: Tx, source: NewSource): Promise<SourceRow> {
  const known = await findByKey(tx, source.key)
  if (known !== undefined) return known
  const created = await createSource(tx, source)
  if (created !== null) return created
  const { rows } = await tx.query<Row>(
    `update source set key_hash = decode($2, 'hex'), key_prefix = $3, revoked_at = null where name = $1 returning ${COLUMNS}`,
    [source.name, hashKey(source.key), source.key.slice(0, KEY_PREFIX_CHARS)],
  )
  const row = rows[0]
  if (row === undefined) throw new Error(`the source ${source.name} was neither there nor could it be made`)
  return toSource(row)
}

/** A source of Tocsin's own, which no key opens. */
export async function ensureInternalSource(tx: Tx, name: string): Promise<SourceRow> {
  const find = () => tx.query<Row>(`select ${COLUMNS} from source where name = $1`, [name])
  const found = (await find()).rows[0]
  if (found !== undefined) return toSource(found)
  await createSource(tx, { name, kind: INTERNAL_KIND, key: randomBytes(32).toString('hex') })
  await tx.query(`update source set key_prefix = '' where name = $1`, [name])
  const row = (await find()).rows[0]
  if (row === undefined) throw new Error(`the internal source ${name} could not be made`)
  return toSource(row)
}
export const INTERNAL_KIND = 'tocsin'

async function findByKey(tx: Tx, key: string): Promise<SourceRow | undefined> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from source where key_hash = decode($1, 'hex')`, [hashKey(key)])
  return rows[0] === undefined ? undefined : toSource(rows[0])
}

/** Newest first; those of Tocsin's own are not listed. */
export async function listSources(tx: Tx): Promise<SourceRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from source where kind is distinct from $1 order by created_at desc, id desc limit ${SOURCES_MAX}`,
    [INTERNAL_KIND],
  )
  return rows.map(toSource)
}

/** Its key opens nothing from at most a second later. @returns undefined when there is no such source. */
export async function revokeSource(tx: Tx, id: SourceId): Promise<SourceRow | undefined> {
  const { rows } = await tx.query<Row>(
    `update source set revoked_at = coalesce(revoked_at, now()) where id = $1 and kind is distinct from $2 returning ${COLUMNS}`,
    [id, INTERNAL_KIND],
  )
  return rows[0] === undefined ? undefined : toSource(rows[0])
}

export interface OpenSource {
  readonly id: SourceId
  readonly name: string
  readonly kind: string | null
  /** SHA-256 of its key, hex. */
  readonly keyHash: string
}

/** All whose keys open something: few, so the doors keep them in memory. */
export async function loadOpenSources(tx: Tx): Promise<OpenSource[]> {
  const { rows } = await tx.query<{ id: string; name: string; kind: string | null; key_hash: string }>({
    name: 'load-open-sources',
    text: `select id, name, kind, encode(key_hash, 'hex') as key_hash from source where revoked_at is null
           order by created_at desc limit ${SOURCES_MAX}`,
  })
  return rows.map((row) => ({ id: asId<SourceId>(row.id), name: row.name, kind: row.kind, keyHash: row.key_hash }))
}

function toSource(row: Row): SourceRow {
  return {
    id: asId<SourceId>(row.id),
    name: row.name,
    kind: row.kind,
    keyPrefix: row.key_prefix,
    createdAt: row.created_at.getTime(),
    revokedAt: row.revoked_at?.getTime() ?? null,
  }
}
