/** Changes of access stand in the audit log as much as incidents do; names and addresses of people stay out of it. */
import type { Viewer } from '../../core/access/can.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Tx } from '../database/database.ts'

export interface AccessChange {
  /** Past fact, such as `person.created`. */
  readonly act: string
  /** Such as `person:<id>`. */
  readonly subject: string
  readonly data?: Readonly<Record<string, string | number | boolean | null>>
}

/** Appends one leaf, in the transaction of the change. */
export async function recordAccess(tx: Tx, viewer: Viewer, change: AccessChange): Promise<void> {
  const actor = { kind: 'person', id: viewer.personId, name: viewer.name } as const
  await appendLeaves(tx, [{ at: tx.now, actor, act: change.act, subject: change.subject, data: change.data ?? {} }])
}
