/** SQL of the list of signals: receipts, newest first, each with the applied batch that covers it. */
import type { Tx } from '../database/database.ts'
import { RECEIPT_COLUMNS, type StoredReceipt, toReceipt } from '../alert/receipt-store.ts'
import { decodeOutcomes, type Outcome } from '../alert/outcome.ts'
import { visibleTo } from '../incident/list-store.ts'

export interface ListedReceipt extends StoredReceipt {
  /** Null while it waits to be applied. */
  readonly outcomes: readonly Outcome[] | null
}

interface Row {
  readonly batch: string | null
  readonly batch_encoding: string | null
  readonly batch_outcomes: Buffer | null
}

const FROM = `
  from receipt r
    left join source s on s.id = r.source_id
    left join lateral (
      select b.server_id || '/' || b.first_receipt_id as batch, b.encoding as batch_encoding, b.outcomes as batch_outcomes, b.last_receipt_id
      from applied_batch b where b.server_id = r.server_id and b.first_receipt_id <= r.id
      order by b.first_receipt_id desc limit 1
    ) b on b.last_receipt_id >= r.id`

/** Receipts below `before` (null: from the newest), newest first. */
export async function listReceipts(tx: Tx, page: { before: number | null; limit: number }): Promise<ListedReceipt[]> {
  const { rows } = await tx.query<Parameters<typeof toReceipt>[0] & Row>(
    `select ${RECEIPT_COLUMNS}, b.batch, b.batch_encoding, b.batch_outcomes ${FROM}
     where $1::bigint is null or r.id < $1 order by r.id desc limit $2`,
    [page.before, page.limit],
  )
  const decoded = new Map<string, Map<number, Outcome[]>>()
  return rows.map((row) => ({ ...toReceipt(row), outcomes: outcomesOf(row, decoded) }))
}

export async function findReceipt(tx: Tx, id: number): Promise<ListedReceipt | undefined> {
  const [found] = await listReceipts(tx, { before: id + 1, limit: 1 })
  return found?.id === id ? found : undefined
}

/** Of these incidents, those that this reader may not know of. */
export async function findHidden(tx: Tx, viewer: string, incidentIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (incidentIds.length === 0) return new Set()
  const { rows } = await tx.query<{ id: string }>(`select i.id from incident i where i.id = any($2::uuid[]) and not ${visibleTo('$1')}`, [
    viewer,
    incidentIds,
  ])
  return new Set(rows.map((row) => row.id))
}

/** A batch covers many receipts: it is unpacked once. */
function outcomesOf(row: Row & { readonly id: number }, decoded: Map<string, Map<number, Outcome[]>>): readonly Outcome[] | null {
  if (row.batch === null || row.batch_outcomes === null) return null
  const known = decoded.get(row.batch) ?? decodeOutcomes(row.batch_encoding ?? 'identity', row.batch_outcomes)
  decoded.set(row.batch, known)
  return known.get(row.id) ?? null
}
