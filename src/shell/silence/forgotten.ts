/** What the auditor asks of held alerts: that none is held by what is over. */
import { asId, type IncidentId } from '../../core/id.ts'
import type { Finding } from '../auditor/findings.ts'
import { pause } from '../outbox/retry.ts'
import type { Ports } from '../ports.ts'
import { countForgotten, listUninhibited } from './hold-store.ts'
import { releaseDue } from './release.ts'

/** They are aimed again within a second; so late it is a fault. */
const LATE_MS = 30_000
const LOOKED_MAX = 1_000

/** Looked at twice, and let go where that is possible. @param confirmMs between the looks: one may just be on its way */
export async function findForgotten(ports: Ports, confirmMs: number): Promise<readonly Finding[]> {
  if ((await count(ports)) === 0) return []
  await pause(confirmMs)
  const forgotten = await count(ports)
  if (forgotten === 0) return []
  const finding: Finding = {
    incidentId: asId<IncidentId>('held-alerts'),
    number: 0,
    kind: 'hold-over',
    detail: `${forgotten} firing alert(s) are held by what is over`,
  }
  ports.log.error({ ...finding }, 'alerts that should have paged are held')
  await releaseDue(ports)
  return [finding]
}

async function count(ports: Ports): Promise<number> {
  const rules = ports.playbooks.current().inhibition.map((rule) => rule.name)
  return ports.database.inTransaction(
    'main',
    async (tx) => (await countForgotten(tx, LATE_MS)) + (await listUninhibited(tx, rules, LOOKED_MAX)).length,
  )
}
