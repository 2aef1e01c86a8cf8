/**
 * Writes outcomes down, together with what they mean to the incident. Outcomes of one incident that came while its
 * last commit ran share the next: they wait for the incident's row in one connection, not in many.
 */
import type { PageKey } from '../../core/id.ts'
import type { IncidentCommand } from '../../core/incident/command.ts'
import type { IncidentId } from '../../core/id.ts'
import type { PoolName, Tx } from '../database/database.ts'
import { isDatabaseAway, isRetryable } from '../database/errors.ts'
import { failpoint } from '../failpoint.ts'
import { changeInTransaction } from '../incident/change.ts'
import { findIncident } from '../incident/store.ts'
import type { Ports } from '../ports.ts'
import type { Claimed } from './claim.ts'
import type { NextStep } from './outcome.ts'
import { type OutcomeRow, writeOutcome } from './outbox-store.ts'
import { retryWhileAway } from './retry.ts'

export interface Outcome {
  readonly claimed: Claimed
  readonly pageKeys: readonly PageKey[]
  readonly row: OutcomeRow
  readonly tell: NextStep['tell']
}

export interface Recorder {
  /** @returns the effect's state once it is committed; undefined when it was not ours any more. @throws when it could not be written. */
  readonly record: (outcome: Outcome) => Promise<string | undefined>
}

interface Waiting {
  readonly outcome: Outcome
  readonly resolve: (state: string | undefined) => void
  readonly reject: (error: unknown) => void
}
/** Outcomes in one commit: its length is bounded, the rest shares the next. */
const BATCH_MAX = 32

export function makeRecorder(ports: Ports, pool: PoolName, patienceMs: number): Recorder {
  const queues = new Map<IncidentId, Waiting[]>()
  const drain = async (id: IncidentId, queue: Waiting[]): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.splice(0, BATCH_MAX)
      await writeBatch(ports, { pool, patienceMs }, id, batch)
    }
    queues.delete(id)
  }
  return {
    record: (outcome) => {
      const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
      const waiting = { outcome, resolve, reject }
      const id = outcome.claimed.incidentId
      const queue = queues.get(id)
      if (queue !== undefined) queue.push(waiting)
      else {
        const started = [waiting]
        queues.set(id, started)
        void drain(id, started)
      }
      return promise
    },
  }
}

async function writeBatch(
  ports: Ports,
  how: { pool: PoolName; patienceMs: number },
  id: IncidentId,
  batch: readonly Waiting[],
): Promise<void> {
  failpoint('before-outcome-commit')
  try {
    const states = await retryWhileAway(
      () =>
        ports.database.inTransaction(how.pool, async (tx) => {
          // The incident before its effects: an acknowledgement locks in the same order.
          await findIncident(tx, id, { lock: true })
          const written: (string | undefined)[] = []
          for (const { outcome } of batch) written.push(await writeOne(ports, tx, outcome))
          return written
        }),
      how.patienceMs,
    )
    batch.forEach((waiting, at) => waiting.resolve(states[at]))
  } catch (error) {
    for (const waiting of batch) waiting.reject(error)
  }
}

async function writeOne(ports: Ports, tx: Tx, outcome: Outcome): Promise<string | undefined> {
  const state = await writeOutcome(tx, outcome.claimed, outcome.row)
  const command = state === undefined || state === 'cancelled' ? null : commandOf(outcome)
  if (command === null) return state
  try {
    await tx.savepoint(() => changeInTransaction(ports, tx, outcome.claimed.incidentId, command))
  } catch (error) {
    if (isDatabaseAway(error) || isRetryable(error)) throw error
    // A rule that throws must not make a page that was sent look unsent: it would be sent for ever.
    ports.log.error({ err: error, incident: outcome.claimed.incidentId }, 'a page was sent, but its incident could not take that in')
  }
  return state
}

function commandOf({ claimed, pageKeys, row, tell }: Outcome): IncidentCommand | null {
  if (claimed.kind !== 'page' || tell === null) return null
  if (tell === 'handed-over') return { type: 'record-hand-over', pages: pageKeys, channel: claimed.channel }
  return { type: 'record-failure', pages: pageKeys, channel: claimed.channel, reason: row.reason, final: tell === 'given-up' }
}
