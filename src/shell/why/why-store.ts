/** SQL of what the lists do not show: holds that are over. */
import type { HoldKind } from '../../core/alert/hold.ts'
import type { Tx } from '../database/database.ts'
import type { PastHold } from './chain.ts'

/** The last hold of that alert, when it has ended. */
export async function findPastHold(tx: Tx, alertId: string): Promise<PastHold | null> {
  const { rows } = await tx.query<{ by_kind: HoldKind; ref_id: string; reason: string; held_at: Date; ended_at: Date }>(
    `select h.by_kind, h.ref_id, h.reason, h.held_at, h.ended_at from alert_hold h where h.alert_id = $1 and h.ended_at > h.held_at`,
    [alertId],
  )
  const [row] = rows
  if (row === undefined) return null
  return { by: row.by_kind, ref_id: row.ref_id, reason: row.reason, at: row.held_at.getTime(), until: row.ended_at.toISOString() }
}
