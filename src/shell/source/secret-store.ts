/** SQL of what verifies a source's messages: at most two at once, so that a change of secret loses no message. */
import { asId, type SourceId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { freshId } from '../fresh-id.ts'

export interface SecretRow {
  readonly id: string
  readonly sourceId: SourceId
  /** Encrypted; null where a variable is named. */
  readonly sealed: Buffer | null
  readonly variable: string | null
  readonly createdAt: Instant
  readonly expiresAt: Instant | null
}

interface Row {
  readonly id: string
  readonly source_id: string
  readonly sealed: Buffer | null
  readonly variable: string | null
  readonly created_at: Date
  readonly expires_at: Date | null
}

const COLUMNS = 'id, source_id, sealed, variable, created_at, expires_at'
const IN_FORCE = '(expires_at is null or expires_at > now())'
const LOADED_MAX = 20_000

/** In force, newest first. */
export async function listSecrets(tx: Tx, sourceId: SourceId): Promise<SecretRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from source_secret where source_id = $1 and ${IN_FORCE} order by created_at desc, id desc limit 2`,
    [sourceId],
  )
  return rows.map(toSecret)
}

/** Of all sources, newest first. */
export async function loadSecrets(tx: Tx): Promise<SecretRow[]> {
  const { rows } = await tx.query<Row>({
    name: 'load-source-secrets',
    text: `select ${COLUMNS} from source_secret where ${IN_FORCE} order by created_at desc, id desc limit ${LOADED_MAX}`,
  })
  return rows.map(toSecret)
}

/** The newest of before verifies for so long beside the new one, older ones end now: two are in force at most. */
export async function replaceSecret(
  tx: Tx,
  secret: { readonly id: string; readonly sourceId: SourceId; readonly sealed: Buffer | null; readonly variable: string | null },
  overlapMs: number,
): Promise<void> {
  const [before, ...older] = await listSecrets(tx, secret.sourceId)
  if (before !== undefined) await endSecrets(tx, [before.id], overlapMs)
  await endSecrets(
    tx,
    older.map(({ id }) => id),
    0,
  )
  await tx.query(`insert into source_secret (id, source_id, sealed, variable, created_at) values ($1, $2, $3, $4, clock_timestamp())`, [
    secret.id,
    secret.sourceId,
    secret.sealed,
    secret.variable,
  ])
}

/** From now on nothing is verified. */
export async function dropSecrets(tx: Tx, sourceId: SourceId): Promise<void> {
  const found = await listSecrets(tx, sourceId)
  await endSecrets(
    tx,
    found.map(({ id }) => id),
    0,
  )
}

async function endSecrets(tx: Tx, ids: readonly string[], afterMs: number): Promise<void> {
  if (ids.length === 0) return
  await tx.query(
    `update source_secret set expires_at = least(coalesce(expires_at, 'infinity'), now() + make_interval(secs => $2 / 1000.0))
     where id = any($1::uuid[])`,
    [ids, afterMs],
  )
}

export function freshSecretId(): string {
  return freshId()
}

function toSecret(row: Row): SecretRow {
  return {
    id: row.id,
    sourceId: asId<SourceId>(row.source_id),
    sealed: row.sealed,
    variable: row.variable,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
  }
}
