/** Heartbeats that the playbook declares stand beside those that people make; the file's word counts for its own. */
import type { HeartbeatDeclaration } from '../../core/playbook/playbook.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { changeHeartbeat, createHeartbeat, type HeartbeatRow, listHeartbeats, markOfPlaybook, removeHeartbeat } from './heartbeat-store.ts'

/** The version whose heartbeats are in the table, as far as this process knows. */
const taken = new WeakMap<Ports, string>()

/** Brings the table to what the version in force says: a heartbeat that is gone from the file goes, one that changed is changed. */
export async function takeFromPlaybook(ports: Ports, tx: Tx): Promise<void> {
  const playbook = ports.playbooks.current()
  if (taken.get(ports) === playbook.digest) return
  const known = await listHeartbeats(tx)
  const declared = new Set(playbook.heartbeats.map(({ name }) => name))
  for (const row of known) if (row.origin === 'playbook' && !declared.has(row.name)) await removeHeartbeat(tx, row.id)
  const byName = new Map(known.map((row) => [row.name, row]))
  for (const declaration of playbook.heartbeats) await takeOne(tx, declaration, byName.get(declaration.name))
  tx.afterCommit(() => taken.set(ports, playbook.digest))
}

async function takeOne(tx: Tx, declaration: HeartbeatDeclaration, known: HeartbeatRow | undefined): Promise<void> {
  if (known === undefined) {
    await createHeartbeat(tx, { ...declaration, origin: 'playbook' })
    return
  }
  if (known.origin !== 'playbook') await markOfPlaybook(tx, known.id)
  const { description, intervalMs, graceMs, alarm, labels } = declaration
  const isSame =
    known.description === description &&
    known.intervalMs === intervalMs &&
    known.graceMs === graceMs &&
    known.alarm === alarm &&
    inOrder(known.labels) === inOrder(labels)
  if (!isSame) await changeHeartbeat(tx, known.id, { description, intervalMs, graceMs, alarm, labels })
}

/** The database keeps keys in an order of its own. */
function inOrder(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)))
}
