/**
 * Messages that are kept and not applied: those whose word is not believed, a second delivery of one that was applied, and
 * tests. Each is told in the list of signals like any other.
 */
import { hash } from 'node:crypto'
import type { ApplyItem } from '../alert/apply-item.ts'
import type { Outcome } from '../alert/outcome.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { claimDeliveries, type Delivery } from './message-store.ts'
import { talliesOf } from './tallies.ts'

/** Kept with the receipt of a test message. */
export const TEST_HEADER = 'x-tocsin-test'

const NONE: ReadonlyMap<ApplyItem, Outcome> = new Map()
const TEST: Outcome = { kind: 'test', why: 'A test: it opens nothing and pages nobody.', incidentId: null }

/**
 * To be asked first in the transaction that applies the items: ids are claimed before any alert is locked. Asks nothing of
 * the database where no message has an id.
 */
export async function setApart(ports: Ports, tx: Tx, items: readonly ApplyItem[]): Promise<ReadonlyMap<ApplyItem, Outcome>> {
  if (!items.some(({ aside = null, messageId = null }) => aside !== null || messageId !== null)) return NONE
  const apart = new Map<ApplyItem, Outcome>()
  const first = new Map<string, ApplyItem>()
  const second: { readonly item: ApplyItem; readonly firstId: number }[] = []
  for (const item of items) {
    const { aside = null, messageId = null } = item
    if (aside !== null) apart.set(item, asideOf(item))
    else if (messageId !== null) {
      const digest = digestOf(item, messageId)
      const before = first.get(digest)
      if (before === undefined) first.set(digest, item)
      else second.push({ item, firstId: before.receiptId })
    }
  }
  if (first.size === 0) return apart
  const deliveries = [...first].map(([digest, { receiptId }]): Delivery => ({ digest, receiptId }))
  const claimed = await claimDeliveries(tx, deliveries)
  for (const [digest, firstId] of claimed) {
    const item = first.get(digest)
    if (item !== undefined) second.push({ item, firstId })
  }
  for (const { item, firstId } of second) apart.set(item, repeatOf(firstId))
  tx.afterCommit(() => {
    for (const { item } of second) talliesOf(ports)?.add(item.sourceId, item.receivedAt, { repeated: 1 })
  })
  return apart
}

function asideOf(item: ApplyItem): Outcome {
  if (item.aside === 'test') return TEST
  return { kind: 'distrusted', why: `It is not believed: ${item.refused ?? ''}. It is kept and pages nobody.`, incidentId: null }
}

function repeatOf(firstId: number): Outcome {
  return {
    kind: 'repeated-delivery',
    why: `The sender delivered the same message before, as signal ${firstId}-0; it is not applied a second time.`,
    incidentId: null,
  }
}

/**
 * A source's ids are its own. An id with other words is another message, where its door does not say otherwise: a sender that
 * numbers badly loses no alarm by it.
 */
function digestOf({ sourceId, digest, messageIdAlone = false }: ApplyItem, messageId: string): string {
  return hash('sha256', `${sourceId}\u0000${messageIdAlone ? '' : digest}\u0000${messageId}`, 'hex').slice(0, 32)
}
