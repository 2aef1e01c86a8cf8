/** Housekeeping: one server at a time, hourly, never in the way of a page. */
import { makeReceiptDays, removeOldRows } from './housekeeping-store.ts'
import { releaseLease, takeLease } from './lease-store.ts'
import type { Ports } from '../ports.ts'

const EVERY_MS = 3_600_000
const LEASE_MS = 600_000

/** Makes the first days before it answers, so that the first receipt finds its partition. */
export async function startHousekeeping(ports: Ports): Promise<{ readonly stop: () => void }> {
  await makeReceiptDays(ports.database)
  const round = setInterval(() => void keepHouse(ports), EVERY_MS)
  round.unref()
  return { stop: () => clearInterval(round) }
}

/** One round, if no other server is at it. What fails is told and tried again in an hour. */
export async function keepHouse(ports: Ports): Promise<void> {
  try {
    const lease = await takeLease(ports, 'housekeeping', LEASE_MS)
    if (lease === null) return
    await makeReceiptDays(ports.database)
    await removeOldRows(ports.database)
    await releaseLease(ports, lease)
  } catch (error) {
    ports.log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'housekeeping failed and will be tried again')
  }
}
