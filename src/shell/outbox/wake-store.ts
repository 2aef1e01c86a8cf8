/** SQL that finds incidents whose time has come. */
import { asId, type IncidentId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export interface WakeRow {
  readonly id: IncidentId
  readonly wakeAt: Instant
}

/** The next incidents to wake, soonest first, without those in `except`; due or not. */
export async function listNextWakes(tx: Tx, except: readonly IncidentId[], limit: number): Promise<WakeRow[]> {
  const { rows } = await tx.query<{ id: string; wake_at: Date }>({
    name: 'next-wakes',
    text: 'select id, wake_at from incident where wake_at is not null and id <> all($1::uuid[]) order by wake_at limit $2',
    values: [except, limit],
  })
  return rows.map((row) => ({ id: asId<IncidentId>(row.id), wakeAt: row.wake_at.getTime() }))
}

/** Locks the incident if its time has come and no other server is at it. */
export async function lockDueIncident(tx: Tx, id: IncidentId): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'lock-due-incident',
    text: 'select from incident where id = $1 and wake_at <= $2 for update skip locked',
    values: [id, new Date(tx.now)],
  })
  return rowCount === 1
}

export async function findWakeAt(tx: Tx, id: IncidentId): Promise<Instant | null> {
  const { rows } = await tx.query<{ wake_at: Date | null }>('select wake_at from incident where id = $1', [id])
  return rows[0]?.wake_at?.getTime() ?? null
}
