/** Applies what dead servers have committed and not applied: read again from the raw receipts, exactly once. */
import type { Received } from '../../integration.ts'
import type { Ports } from '../ports.ts'
import { endLeasesOf } from '../outbox/outbox-store.ts'
import { isGone } from '../server/process-mark.ts'
import { DEAD_AFTER_MS } from '../server/server-store.ts'
import { TEST_HEADER } from '../source/apart.ts'
import { DISTRUSTED_HEADER } from '../source/trust.ts'
import { WatermarkMoved } from './apply.ts'
import { type ApplyItem, toItem } from './apply-item.ts'
import { applyUntilDone } from './apply-loop.ts'
import { receiveAgain, unreadable, UNREAD_HEADER } from './door-table.ts'
import { closeServer, findServer, listOtherServers, loadReceipts, messageOf, type StoredReceipt } from './receipt-store.ts'

const RECEIPTS_A_BATCH = 200

/** True when this process alone uses the database: any other server's row is of the past. */
export function isAlone(ports: Ports): boolean {
  return ports.config.databaseUrl === null
}

/**
 * One look at the others. @returns how many are in doubt: not dead for long enough to be taken over, and not heard of
 * in the last `watchedMs`, in which a living one would have said that it lives
 */
export async function recoverDead(ports: Ports, stopped: () => boolean, watchedMs: number): Promise<number> {
  const others = await ports.database.inTransaction('main', (tx) => listOtherServers(tx, ports.serverId))
  const deadAfterMs = isAlone(ports) ? 0 : (ports.config.timing['deadAfterMs'] ?? DEAD_AFTER_MS)
  const isDead = (server: (typeof others)[number]) => server.unseenMs >= deadAfterMs || isGone(server.process)
  for (const server of others.filter(isDead)) {
    if (stopped()) break
    await applyLeftovers(ports, server.id, stopped)
  }
  return others.filter((server) => !isDead(server) && server.unseenMs >= watchedMs).length
}

/** To its end, and then closes the row: from then on it cannot commit a receipt that nobody would apply. */
async function applyLeftovers(ports: Ports, serverId: string, stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    const { receipts, from } = await ports.database.inTransaction('main', async (tx) => {
      const server = await findServer(tx, serverId, { lock: true })
      if (server === undefined || server.closed) return { receipts: [], from: 0 }
      const found = await loadReceipts(tx, { serverId, above: server.applied, upTo: null, limit: RECEIPTS_A_BATCH })
      if (found.length === 0) {
        await closeServer(tx, serverId)
        await endLeasesOf(tx, serverId)
      }
      return { receipts: found, from: server.applied }
    })
    if (receipts.length === 0) return
    ports.log.info({ server: serverId, receipts: receipts.length }, 'applying receipts that another server left behind')
    try {
      await applyUntilDone(ports, { items: receipts.map(readAgain), serverId, from }, stopped)
    } catch (error) {
      // It lives after all, or another server was quicker: look again.
      if (!(error instanceof WatermarkMoved)) throw error
    }
  }
}

export function readAgain(receipt: StoredReceipt): ApplyItem {
  const { id, receivedAt, sourceId, sourceName, door, digest } = receipt
  const test = receipt.headers[TEST_HEADER] !== undefined
  return toItem({ receiptId: id, receivedAt, sourceId, sourceName, door, digest, received: receivedBefore(receipt), test })
}

/** What was not read or not believed when it came is neither now; what was believed is believed without its signature. */
function receivedBefore(receipt: StoredReceipt): Received {
  const { headers, refused, door } = receipt
  if (headers[UNREAD_HEADER] !== undefined) return unreadable(refused ?? 'it was not read')
  if (headers[DISTRUSTED_HEADER] !== undefined) return { kind: 'distrusted', reason: refused ?? '', reply: { status: 202, body: '' } }
  return receiveAgain(door, messageOf(receipt))
}
