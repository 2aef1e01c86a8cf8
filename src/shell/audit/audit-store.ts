/** Appends leaves to the audit log, in the transaction of the change they record. */
import { createHash } from 'node:crypto'
import { type AuditEntry, leafText } from '../../core/audit/leaf.ts'
import type { Tx } from '../database/database.ts'

/** RFC 6962, section 2.1: a leaf's hash is SHA-256 over a zero byte and the leaf. */
const LEAF_PREFIX = Buffer.from([0])

export async function appendLeaves(tx: Tx, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return
  const leaves = entries.map((entry) => Buffer.from(leafText(entry)))
  const hashes = leaves.map((leaf) => createHash('sha256').update(LEAF_PREFIX).update(leaf).digest())
  await tx.query({
    name: 'append-audit-leaves',
    text: 'insert into audit_leaf (leaf, leaf_hash) select * from unnest($1::bytea[], $2::bytea[])',
    values: [leaves, hashes],
  })
}
