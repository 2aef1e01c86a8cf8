/** What came of a message that stood for many pages, written down for each of them. */
import type { Delivery } from '../../integration.ts'
import type { PoolName } from '../database/database.ts'
import { changeInTransaction } from '../incident/change.ts'
import { findIncident } from '../incident/store.ts'
import type { Ports } from '../ports.ts'
import type { Claimed } from './claim.ts'
import { endCarried, listCarried } from './fold-store.ts'

/** For each page but its own; each by itself, so that incidents are locked one at a time. */
export async function recordCarried(
  ports: Ports,
  pool: PoolName,
  claimed: Claimed,
  delivery: Delivery,
  state: string | undefined,
): Promise<void> {
  if (claimed.kind !== 'page' || (state !== 'delivered' && state !== 'rejected')) return
  const carried = await ports.database.inTransaction(pool, (tx) => listCarried(tx, claimed.key))
  const reason = delivery.kind === 'delivered' ? delivery.evidence : delivery.reason
  const externalId = delivery.kind === 'delivered' ? delivery.externalId : null
  for (const { key, incidentId, pageKeys } of carried) {
    await ports.database.inTransaction(pool, async (tx) => {
      await findIncident(tx, incidentId, { lock: true })
      if (!(await endCarried(tx, key, claimed.key, { state, reason, externalId }))) return
      const { channel } = claimed
      await changeInTransaction(
        ports,
        tx,
        incidentId,
        state === 'delivered'
          ? { type: 'record-hand-over', pages: pageKeys, channel }
          : { type: 'record-failure', pages: pageKeys, channel, reason, final: true },
      )
    })
  }
}
