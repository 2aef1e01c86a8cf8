/** Answers to requests that carried an Idempotency-Key, kept for a day in the transaction that did the work. */
import type { Tx } from '../database/database.ts'
import { DAY_MS } from '../../core/time.ts'

const KEPT_MS = DAY_MS
/** First half of a two-part advisory lock, so that ours meet no others. */
const LOCK_SPACE = 0x1d3a

export interface KeptAnswer {
  readonly requestHash: Buffer
  readonly status: number
  /** Null where the answer held a secret. */
  readonly body: unknown
}

/** False when another request with that key is running: its transaction holds the lock until it ends. */
export async function lockIdempotencyKey(tx: Tx, owner: string, key: string): Promise<boolean> {
  const { rows } = await tx.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(${LOCK_SPACE}, hashtext($1 || ' ' || $2)) as locked`,
    [owner, key],
  )
  return rows[0]?.locked === true
}

export async function findAnswer(tx: Tx, owner: string, key: string): Promise<KeptAnswer | undefined> {
  const { rows } = await tx.query<KeptAnswer>(
    `select request_hash as "requestHash", status, body from idempotency
     where owner = $1 and key = $2 and status is not null and created_at > $3`,
    [owner, key, new Date(tx.now - KEPT_MS)],
  )
  return rows[0]
}

export async function keepAnswer(tx: Tx, owner: string, key: string, answer: KeptAnswer): Promise<void> {
  await tx.query(
    `insert into idempotency (owner, key, request_hash, status, body, created_at) values ($1, $2, $3, $4, $5::jsonb, $6)
     on conflict (owner, key) do update set request_hash = excluded.request_hash, status = excluded.status, body = excluded.body,
       created_at = excluded.created_at`,
    [owner, key, answer.requestHash, answer.status, answer.body === null ? null : JSON.stringify(answer.body), new Date(tx.now)],
  )
}

/** Housekeeping. */
export async function deleteOldAnswers(tx: Tx): Promise<void> {
  await tx.query('delete from idempotency where created_at < $1', [new Date(tx.now - KEPT_MS)])
}
