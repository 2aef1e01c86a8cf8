/** Notes the signals that the playbook's rules, or applying them, failed on, so that their source's page shows them. */
import type { Signal } from '../../core/alert/signal.ts'
import { toLine } from '../../core/alert/text.ts'
import type { Match, Matcher } from '../../core/playbook/match.ts'
import type { Unit } from '../alert/apply-item.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { insertFaults, type NewFault } from './fault-store.ts'
import { talliesOf } from './tallies.ts'

/** Of one transaction: when every message fails, the first ones say it. */
const NOTED_MAX = 20
const REASON_CHARS_MAX = 500

export interface FaultWatch {
  /** As the given one. */
  readonly matcher: Matcher
  readonly note: (ports: Ports, tx: Tx, units: readonly Unit[]) => Promise<void>
}

export function watchFaults(given: Matcher): FaultWatch {
  const reasons = new Map<Signal, string>()
  const match = (signal: Signal, sourceKind: string): Match => {
    try {
      const found = given.match(signal, sourceKind)
      if (found.kind === 'fault') reasons.set(signal, found.reason)
      return found
    } catch (error) {
      reasons.set(signal, `The playbook's rules failed on it (${error instanceof Error ? error.name : 'unknown'}).`)
      throw error
    }
  }
  return {
    matcher: { ...given, match },
    note: async (ports, tx, units) => {
      if (reasons.size === 0) return
      await noteFaults(
        ports,
        tx,
        units.flatMap((unit) => toFault(unit, 'rule', reasons.get(unit.signal))),
      )
    },
  }
}

/** A unit that could not be applied at all. */
export async function notePoison(ports: Ports, tx: Tx, unit: Unit, reason: string): Promise<void> {
  await noteFaults(ports, tx, toFault(unit, 'processing', reason))
}

function toFault({ item, index }: Unit, kind: NewFault['kind'], reason: string | undefined): NewFault[] {
  if (reason === undefined) return []
  const { receiptId, sourceId, receivedAt: at } = item
  return [{ receiptId, index, sourceId, at, kind, reason: toLine(reason, REASON_CHARS_MAX) }]
}

async function noteFaults(ports: Ports, tx: Tx, faults: readonly NewFault[]): Promise<void> {
  await insertFaults(tx, faults.slice(0, NOTED_MAX))
  tx.afterCommit(() => {
    for (const { sourceId, at } of faults) talliesOf(ports)?.add(sourceId, at, { faults: 1 })
  })
}
