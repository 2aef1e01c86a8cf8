/** SQL of the review's clock. */
import { REVIEW_DEDUP_KEY } from '../../core/playbook/review-alarm.ts'
import type { Tx } from '../database/database.ts'
import { INTERNAL_KIND } from '../source/source-store.ts'

/** Whether Tocsin's own alert fires; a stranger's under the same key is none of it. */
export async function isReviewAlertFiring(tx: Tx): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select from alert join source on source.id = alert.source_id
     where alert.dedup_key = $1 and alert.resolved_at is null and source.kind = $2 limit 1`,
    [REVIEW_DEDUP_KEY, INTERNAL_KIND],
  )
  return rowCount > 0
}
