/** SQL of the vendors' delivery ids: which receipt was the first of its id. */
import type { Tx } from '../database/database.ts'

/** Longer than any vendor repeats a delivery by itself: EventBridge a day, GitHub by hand three days. */
const KEPT = '7 days'
/** Deleted in one statement, so that nothing waits long for it. */
const DELETED_A_TURN = 20_000
const TURNS_MAX = 50

export interface Delivery {
  /** Of the source, the message's id and its body: 32 hex digits. */
  readonly digest: string
  readonly receiptId: number
}

/**
 * Claims each id for the first receipt that brings it. Ids are claimed in one order by every server, so that two of them
 * wait for each other and never both for the other.
 * @param deliveries each digest once
 * @returns the first receipt of those that another receipt has brought before
 */
export async function claimDeliveries(tx: Tx, deliveries: readonly Delivery[]): Promise<ReadonlyMap<string, number>> {
  const sorted = [...deliveries].toSorted((one, other) => (one.digest < other.digest ? -1 : 1))
  const { rows } = await tx.query<{ digest: string; receipt_id: number }>({
    name: 'claim-deliveries',
    text: `with given as (
             select d.digest, d.receipt_id from unnest($1::uuid[], $2::bigint[]) with ordinality as d (digest, receipt_id, place) order by d.place
           ), claimed as (
             insert into source_message (digest, receipt_id, seen_at) select digest, receipt_id, to_timestamp($3 / 1000.0) from given
             on conflict (digest) do update set seen_at = source_message.seen_at
             returning digest, receipt_id
           )
           select replace(c.digest::text, '-', '') as digest, c.receipt_id from claimed c join given g on g.digest = c.digest where c.receipt_id <> g.receipt_id`,
    values: [sorted.map(({ digest }) => digest), sorted.map(({ receiptId }) => receiptId), tx.now],
  })
  return new Map(rows.map((row) => [row.digest, row.receipt_id]))
}

/** By the database's clock; what is left after some turns waits for the next round. */
export async function forgetDeliveries(run: (text: string) => Promise<{ readonly rowCount: number }>): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const { rowCount } = await run(
      `delete from source_message where digest in (select digest from source_message where seen_at < now() - interval '${KEPT}' limit ${DELETED_A_TURN})`,
    )
    if (rowCount < DELETED_A_TURN) return
  }
}
