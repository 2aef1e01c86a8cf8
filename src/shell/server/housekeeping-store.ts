/** What keeps the database small: days of receipts made ahead and dropped, and rows that have served their time. */
import { deleteOldAnswers } from '../http/idempotency-store.ts'
import { deleteExpired } from '../person/session-store.ts'
import type { Database } from '../database/database.ts'
import { FORGET_HOMES } from '../alert/triage-home-store.ts'
import { FORGET_FAULTS } from '../source/fault-store.ts'
import { forgetDeliveries } from '../source/message-store.ts'
import { FORGET_TALLIES } from '../source/tally-store.ts'

/** Raw receipts are for explaining and for parsing again; what became of them stays in alerts and events. */
const RECEIPT_DAYS_KEPT = 90
/** Today and so many days more: a housekeeper that is away for a day costs nothing. */
const DAYS_AHEAD = 3
/** Servers that start at once take turns. Any number that nothing else uses. */
const LOCK_KEY = '127970252450160'

/** Makes the coming days' partitions. Without them receipts go to the default one, which works but is dropped slowly. */
export async function makeReceiptDays(database: Database): Promise<void> {
  await database.inTransaction('main', async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1::bigint)', [LOCK_KEY])
    await tx.query("select ensure_receipt_days((now() at time zone 'UTC')::date, $1)", [DAYS_AHEAD])
  })
}

/** Drops and deletes what is over its time. Each in a transaction of its own, so that a lock held elsewhere stops one only. */
export async function removeOldRows(database: Database): Promise<void> {
  await database.query("select drop_receipt_days((now() at time zone 'UTC')::date - $1::integer)", [RECEIPT_DAYS_KEPT])
  await database.inTransaction('main', deleteExpired)
  await database.inTransaction('main', deleteOldAnswers)
  await database.query("delete from link where expires_at < now() - interval '7 days'")
  await forgetDeliveries((text) => database.query(text))
  await database.query(FORGET_TALLIES)
  await database.query(FORGET_FAULTS)
  await database.query(FORGET_HOMES)
}
