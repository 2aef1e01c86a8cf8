/** SQL of the list of signals: receipts, newest first, the applied batches that cover them, and the alerts behind them. */
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { RECEIPT_COLUMNS, type StoredReceipt, toReceipt } from '../alert/receipt-store.ts'
import { decodeOutcomes, type Outcome } from '../alert/outcome.ts'
import { visibleTo } from '../incident/list-store.ts'

/** A receipt without its body: enough to tell whether it is worth unpacking. */
export interface ReceiptHead {
  readonly id: number
  readonly receivedAt: Instant
  /** Null while it waits to be applied. */
  readonly outcomes: readonly Outcome[] | null
}

export interface ListedReceipt extends StoredReceipt {
  readonly outcomes: readonly Outcome[] | null
}

/** Half-open: from `above` on, below `below`; null: no bound. */
export interface ReceiptWalk {
  readonly above: number | null
  readonly below: number | null
  readonly sourceId: string | null
  readonly limit: number
}

const BATCH = `
  left join lateral (
    select b.server_id, b.first_receipt_id, b.last_receipt_id from applied_batch b
    where b.server_id = r.server_id and b.first_receipt_id <= r.id
    order by b.first_receipt_id desc limit 1
  ) b on b.last_receipt_id >= r.id`

/** Newest first. */
export async function listHeads(tx: Tx, walk: ReceiptWalk): Promise<ReceiptHead[]> {
  const { rows } = await tx.query<{ id: number; received_at: Date; server_id: string | null; first_id: number | null }>(
    `select r.id, r.received_at, b.server_id, b.first_receipt_id as first_id
     from (
       select id, received_at, server_id from receipt
       where ($1::bigint is null or id < $1) and ($2::bigint is null or id >= $2) and ($3::uuid is null or source_id = $3)
       order by id desc limit $4
     ) r ${BATCH} order by r.id desc`,
    [walk.below, walk.above, walk.sourceId, walk.limit],
  )
  const batches = await loadBatches(tx, rows)
  return rows.map((row) => ({
    id: row.id,
    receivedAt: row.received_at.getTime(),
    outcomes: batches.get(`${row.server_id}/${row.first_id}`)?.get(row.id) ?? null,
  }))
}

/** A batch covers many receipts: it is read and unpacked once. */
async function loadBatches(
  tx: Tx,
  wanted: readonly { readonly server_id: string | null; readonly first_id: number | null }[],
): Promise<Map<string, Map<number, Outcome[]>>> {
  const distinct = new Map(wanted.flatMap((row) => (row.first_id === null ? [] : [[`${row.server_id}/${row.first_id}`, row] as const])))
  if (distinct.size === 0) return new Map()
  const { rows } = await tx.query<{ server_id: string; first_id: number; encoding: string; outcomes: Buffer }>(
    `select b.server_id, b.first_receipt_id as first_id, b.encoding, b.outcomes
     from unnest($1::uuid[], $2::bigint[]) as w (server_id, first_id)
       join applied_batch b on b.server_id = w.server_id and b.first_receipt_id = w.first_id`,
    [[...distinct.values()].map((row) => row.server_id), [...distinct.values()].map((row) => row.first_id)],
  )
  return new Map(rows.map((row) => [`${row.server_id}/${row.first_id}`, decodeOutcomes(row.encoding, row.outcomes)]))
}

/** With their bodies, in the order of the heads; one that retention has dropped meanwhile is left out. */
export async function loadListed(tx: Tx, heads: readonly ReceiptHead[]): Promise<ListedReceipt[]> {
  if (heads.length === 0) return []
  const { rows } = await tx.query<Parameters<typeof toReceipt>[0]>(
    `select ${RECEIPT_COLUMNS} from receipt r left join source s on s.id = r.source_id where r.id = any($1::bigint[])`,
    [heads.map((head) => head.id)],
  )
  const byId = new Map(rows.map((row) => [row.id, toReceipt(row)]))
  return heads.flatMap(({ id, outcomes }) => {
    const receipt = byId.get(id)
    return receipt === undefined ? [] : [{ ...receipt, outcomes }]
  })
}

export async function findReceipt(tx: Tx, id: number): Promise<ListedReceipt | undefined> {
  const [head] = await listHeads(tx, { above: id, below: id + 1, sourceId: null, limit: 1 })
  const [found] = head === undefined ? [] : await loadListed(tx, [head])
  return found
}

/** Receipts get their ids as they are committed, a little out of the order of their arrival: bounds take in so many neighbours. */
const NEIGHBOURS = 1_000

/** Ids between which all receipts of that span lie, and some beside it. Null: nothing came in it. */
export async function findIdBounds(
  tx: Tx,
  span: { readonly from: Instant | null; readonly until: Instant | null },
): Promise<{ above: number | null; below: number | null } | null> {
  const { rows } = await tx.query<{ above: number | null; below: number | null }>(
    `select
       (select min(id) from (select id from receipt where received_at >= to_timestamp($1::float8 / 1000) order by received_at limit $3) f) as above,
       (select max(id) + 1 from (
          select id from receipt where received_at < to_timestamp($2::float8 / 1000) order by received_at desc limit $3) u) as below`,
    [span.from, span.until, NEIGHBOURS],
  )
  const [bounds] = rows
  if (bounds === undefined || (span.from !== null && bounds.above === null) || (span.until !== null && bounds.below === null)) return null
  return bounds
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

export interface SignalAlert {
  readonly id: string
  readonly incidentId: string | null
}

/** The episode that each signal belonged to: the one of its fingerprint that had begun and not ended. */
export async function findAlertsOf(
  tx: Tx,
  signals: readonly { readonly fingerprint: string; readonly at: Instant }[],
): Promise<readonly (SignalAlert | null)[]> {
  if (signals.length === 0) return []
  const { rows } = await tx.query<{ id: string | null; incident_id: string | null }>(
    `select a.id, a.incident_id
     from unnest($1::uuid[], $2::float8[]) with ordinality as w (fingerprint, at, place)
       left join lateral (
         select id, incident_id from alert
         where fingerprint = w.fingerprint and first_at <= to_timestamp(w.at / 1000)
           and (resolved_at is null or resolved_at >= to_timestamp(w.at / 1000))
         order by resolved_at limit 1
       ) a on true
     order by w.place`,
    [signals.map((signal) => signal.fingerprint), signals.map((signal) => signal.at)],
  )
  return rows.map((row) => (row.id === null ? null : { id: row.id, incidentId: row.incident_id }))
}
