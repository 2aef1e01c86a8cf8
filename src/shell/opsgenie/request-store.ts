/** SQL of asynchronous requests: what was asked, and what became of it. */
import type { Act } from '../../core/opsgenie/act.ts'
import type { Instant } from '../../core/time.ts'
import { RECEIPT_COLUMNS, type StoredReceipt, toReceipt } from '../alert/receipt-store.ts'
import type { Tx } from '../database/database.ts'
import type { Identifier } from './alert-store.ts'

export interface NewRequest {
  readonly id: string
  readonly sourceId: string
  readonly identifier: Identifier
  readonly act: Act
}

export interface PendingRequest extends NewRequest {
  readonly sourceName: string
  readonly receivedAt: Instant
}

export interface Fate {
  readonly success: boolean
  /** For people. */
  readonly status: string
  readonly alertId: string | null
  readonly alias: string | null
}

export async function insertRequest(tx: Tx, { id, sourceId, identifier, act }: NewRequest): Promise<void> {
  await tx.query(
    'insert into opsgenie_request (id, source_id, identifier, act, received_at) values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000))',
    [id, sourceId, JSON.stringify(identifier), JSON.stringify(act), tx.now],
  )
}

export async function finishRequest(tx: Tx, id: string, fate: Fate): Promise<void> {
  await tx.query(
    `update opsgenie_request set processed_at = to_timestamp($2::float8 / 1000), success = $3, status = $4, alert_id = $5, alias = $6
     where id = $1`,
    [id, tx.now, fate.success, fate.status, fate.alertId, fate.alias],
  )
}

/** What is asked of one alert is carried out in its order: what came later waits with what came before. */
export async function hasPending(tx: Tx, { sourceId, identifier }: Pick<NewRequest, 'sourceId' | 'identifier'>): Promise<boolean> {
  const { rows } = await tx.query<{ pending: boolean }>(
    `select exists (select from opsgenie_request where source_id = $1 and processed_at is null and identifier = $2::jsonb) as pending`,
    [sourceId, JSON.stringify(identifier)],
  )
  return rows[0]?.pending === true
}

interface RequestRow {
  readonly id: string
  readonly source_id: string
  readonly source_name: string
  readonly identifier: Identifier
  readonly act: Act
  readonly received_at: Date
}

/** Oldest first, locked: two servers never carry out the same one. */
export async function lockPending(tx: Tx, limit: number): Promise<PendingRequest[]> {
  const { rows } = await tx.query<RequestRow>(
    `select r.id, r.source_id, s.name as source_name, r.identifier, r.act, r.received_at
     from opsgenie_request r join source s on s.id = r.source_id
     where r.processed_at is null order by r.id limit $1 for update of r skip locked`,
    [limit],
  )
  return rows.map((row) => ({
    id: row.id,
    sourceId: row.source_id,
    sourceName: row.source_name,
    identifier: row.identifier,
    act: row.act,
    receivedAt: row.received_at.getTime(),
  }))
}

export interface RequestStatus extends Fate {
  readonly act: Act
  readonly processedAt: Instant
}

/** @returns null while it waits, undefined when this source has no such request */
export async function findRequest(tx: Tx, sourceId: string, id: string): Promise<RequestStatus | null | undefined> {
  const { rows } = await tx.query<Fate & { act: Act; processed_at: Date | null; alert_id: string | null }>(
    'select act, processed_at, success, status, alert_id, alias from opsgenie_request where id = $1 and source_id = $2',
    [id, sourceId],
  )
  const [row] = rows
  if (row === undefined) return undefined
  if (row.processed_at === null) return null
  const { act, success, status, alias } = row
  return { act, success, status, alertId: row.alert_id, alias, processedAt: row.processed_at.getTime() }
}

export interface CreateReceipt extends StoredReceipt {
  readonly applied: boolean
}

/** The create whose reply named this id. */
export async function findCreateReceipt(tx: Tx, sourceId: string, requestId: string): Promise<CreateReceipt | undefined> {
  const { rows } = await tx.query<Parameters<typeof toReceipt>[0] & { applied: boolean | null }>(
    `select ${RECEIPT_COLUMNS}, v.applied_receipt_id >= r.id as applied
     from receipt r left join source s on s.id = r.source_id left join server v on v.id = r.server_id
     where r.headers ->> 'x-tocsin-fresh-id' = $1 and r.door in ('opsgenie', 'opsgenie-jsm') and r.source_id = $2`,
    [requestId.replaceAll('-', '').toLowerCase(), sourceId],
  )
  const [row] = rows
  return row === undefined ? undefined : { ...toReceipt(row), applied: row.applied === true }
}

/** The episode that this message opened or counted up. */
export async function findEpisode(
  tx: Tx,
  fingerprint: string,
  at: Instant,
): Promise<{ readonly id: string; readonly firstAt: Instant } | undefined> {
  const { rows } = await tx.query<{ id: string; first_at: Date }>(
    `select id, first_at from alert where fingerprint = $1 and first_at <= to_timestamp($2::float8 / 1000) + interval '1 second'
     order by resolved_at desc nulls first limit 1`,
    [fingerprint, at],
  )
  return rows[0] === undefined ? undefined : { id: rows[0].id, firstAt: rows[0].first_at.getTime() }
}

/** Kept this long: Opsgenie's clients ask within minutes. What was done stays in the alert's log and in the audit log. */
const KEPT_DAYS = 7
const FORGOTTEN_AT_ONCE = 5_000

export async function forgetOldRequests(tx: Tx): Promise<void> {
  await tx.query(
    `delete from opsgenie_request where id in (
       select id from opsgenie_request where processed_at < to_timestamp($1::float8 / 1000) - interval '${KEPT_DAYS} days'
       limit ${FORGOTTEN_AT_ONCE})`,
    [tx.now],
  )
}
