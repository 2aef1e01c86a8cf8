/** What keeps the database small: days of receipts made ahead and dropped, and rows that have served their time. */
import type { Database } from '../database/database.ts'

/** Raw receipts are for explaining and for parsing again; what became of them stays in alerts and events. */
export const RECEIPT_DAYS_KEPT = 90
/** Today and so many days more: a housekeeper that is away for a day costs nothing. */
const DAYS_AHEAD = 3

/** Makes the coming days' partitions. Without them receipts go to the default one, which works but is dropped slowly. */
export async function makeReceiptDays(database: Database): Promise<void> {
  await database.query("select ensure_receipt_days((now() at time zone 'UTC')::date, $1)", [DAYS_AHEAD])
}

/** Drops and deletes what is over its time. Each in a transaction of its own, so that a lock held elsewhere stops one only. */
export async function removeOldRows(database: Database): Promise<void> {
  await database.query("select drop_receipt_days((now() at time zone 'UTC')::date - $1::integer)", [RECEIPT_DAYS_KEPT])
  await database.query('delete from session where expires_at < now()')
  await database.query("delete from link where expires_at < now() - interval '7 days'")
  await database.query("delete from idempotency where created_at < now() - interval '2 days'")
}
