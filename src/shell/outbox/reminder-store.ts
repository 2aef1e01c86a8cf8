/** SQL of mails that are about no incident: each has one row, by the key that names it. */
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export type ReminderOutcome = 'delivered' | 'retry' | 'rejected' | 'unknown' | 'missing'

export interface Attempt {
  /** From 1. */
  readonly number: number
  /** What came of the one before; null also where a crash left it open. */
  readonly before: ReminderOutcome | null
}

/** Takes the next attempt, written down before anything is sent. @returns null: it is done, or not due yet */
export async function takeAttempt(tx: Tx, key: string, againAfterMs: number): Promise<Attempt | null> {
  const { rows } = await tx.query<{ attempts: number; outcome: ReminderOutcome | null }>(
    `with before as (select outcome from reminder where key = $1), taken as (
       insert into reminder (key, attempts, next_at) values ($1, 1, to_timestamp(($2::float8 + $3::float8) / 1000))
       on conflict (key) do update set attempts = reminder.attempts + 1, next_at = excluded.next_at, outcome = null, reason = null
       where reminder.done_at is null and reminder.next_at <= to_timestamp($2::float8 / 1000)
       returning attempts
     ) select taken.attempts, before.outcome from taken left join before on true`,
    [key, tx.now, againAfterMs],
  )
  return rows[0] === undefined ? null : { number: rows[0].attempts, before: rows[0].outcome }
}

export async function recordOutcome(
  tx: Tx,
  key: string,
  { outcome, reason, done }: { readonly outcome: ReminderOutcome; readonly reason: string | null; readonly done: boolean },
): Promise<void> {
  const at: Instant | null = done ? tx.now : null
  await tx.query('update reminder set outcome = $2, reason = $3, done_at = to_timestamp($4::float8 / 1000) where key = $1', [
    key,
    outcome,
    reason,
    at,
  ])
}
