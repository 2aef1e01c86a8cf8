/** Applies one batch to the end: tried again while the database is busy or away, carefully once a message has made it throw. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isDatabaseAway } from '../database/errors.ts'
import { failpoint } from '../failpoint.ts'
import { applyBatchSeconds, receiptsAppliedTotal } from '../metrics/metrics.ts'
import type { Ports } from '../ports.ts'
import { applyBatch, type Batch, isTransient, WatermarkMoved } from './apply.ts'

/** So often a batch is run again for deadlocks and lost races before it counts as a failure of its own. */
const RACES_MAX = 12
const RACE_WAIT_MS = 20
const AWAY_WAIT_MS = 100
const AWAY_WAIT_MS_MAX = 1_000

/**
 * @returns when it is committed
 * @throws {WatermarkMoved}, or what even the careful way could not take; while the database is away it waits, for ever
 * unless `stopped` says so
 */
export async function applyUntilDone(ports: Ports, batch: Batch, stopped: () => boolean): Promise<void> {
  let careful = false
  let races = 0
  let awayWaitMs = AWAY_WAIT_MS
  for (;;) {
    const begun = performance.now()
    try {
      await applyBatch(ports, batch, careful)
      applyBatchSeconds.observe((performance.now() - begun) / 1_000)
      receiptsAppliedTotal.inc(batch.items.length)
      failpoint('after-apply-commit')
      return
    } catch (error) {
      if (error instanceof WatermarkMoved) throw error
      if (isDatabaseAway(error)) {
        if (stopped()) throw error
        await sleep(awayWaitMs * (0.5 + ports.random()))
        awayWaitMs = Math.min(awayWaitMs * 2, AWAY_WAIT_MS_MAX)
      } else if (isTransient(error)) {
        if (++races > RACES_MAX) throw error
        await sleep(RACE_WAIT_MS * ports.random() * races)
      } else {
        if (careful) throw error
        careful = true
        ports.log.warn({ err: error, receipts: batch.items.length }, 'a batch could not be applied as a whole: its parts are tried')
      }
    }
  }
}
