/** SQL of what went wrong with a source's messages: refused and distrusted ones are receipts, the rest has rows of its own. */
import type { SourceId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { DISTRUSTED_HEADER } from './trust.ts'

export interface NewFault {
  readonly receiptId: number
  readonly index: number
  readonly sourceId: string
  readonly at: Instant
  /** `rule`: the playbook's rules failed on it. `processing`: applying it failed. */
  readonly kind: 'rule' | 'processing'
  readonly reason: string
}

export async function insertFaults(tx: Tx, faults: readonly NewFault[]): Promise<void> {
  await tx.query(
    `insert into source_fault (receipt_id, signal, source_id, at, kind, reason)
     select f.receipt_id, f.signal, f.source_id, to_timestamp(f.at / 1000), f.kind, f.reason
     from unnest($1::bigint[], $2::int[], $3::uuid[], $4::float8[], $5::text[], $6::text[]) as f (receipt_id, signal, source_id, at, kind, reason)
     on conflict do nothing`,
    [
      faults.map((fault) => fault.receiptId),
      faults.map((fault) => fault.index),
      faults.map((fault) => fault.sourceId),
      faults.map((fault) => fault.at),
      faults.map((fault) => fault.kind),
      faults.map((fault) => fault.reason),
    ],
  )
}

export interface FaultRow {
  readonly receiptId: number
  readonly index: number
  readonly at: Instant
  readonly kind: 'distrusted' | 'refused' | 'rule' | 'processing'
  readonly reason: string
}

/** Newest first. */
export async function listFaults(tx: Tx, sourceId: SourceId, limit: number): Promise<FaultRow[]> {
  const { rows } = await tx.query<{ receipt_id: number; signal: number; at: Date; kind: FaultRow['kind']; reason: string }>(
    `(select id as receipt_id, 0 as signal, received_at as at, case when headers ? '${DISTRUSTED_HEADER}' then 'distrusted' else 'refused' end as kind,
        refused as reason
      from receipt where source_id = $1 and refused is not null order by id desc limit $2)
     union all
     (select receipt_id, signal, at, kind, reason from source_fault where source_id = $1 order by receipt_id desc, signal limit $2)
     order by receipt_id desc, signal limit $2`,
    [sourceId, limit],
  )
  return rows.map((row) => ({ receiptId: row.receipt_id, index: row.signal, at: row.at.getTime(), kind: row.kind, reason: row.reason }))
}

const LOOKED_AT_MAX = 1_000
const REASONS_MAX = 20

/** Of the last day, most first; among the newest thousand. */
export async function countDistrusted(tx: Tx, sourceId: SourceId): Promise<{ reason: string; count: number }[]> {
  const { rows } = await tx.query<{ reason: string; count: number }>(
    `select reason, count(*) as count from (
       select refused as reason from receipt
       where source_id = $1 and refused is not null and headers ? '${DISTRUSTED_HEADER}' and received_at > to_timestamp($2 / 1000.0) - interval '1 day'
       order by id desc limit ${LOOKED_AT_MAX}
     ) r group by reason order by count desc, reason limit ${REASONS_MAX}`,
    [sourceId, tx.now],
  )
  return rows
}

/** For as long as receipts are kept. */
export const FORGET_FAULTS = `delete from source_fault where at < now() - interval '90 days'`
