/** SQL of playbook versions, changes and the audit log, for readers. */
import type { Tx } from '../database/database.ts'

export async function findPlaybookVersion(tx: Tx, digest: string): Promise<{ number: number; loaded_at: Date } | undefined> {
  const { rows } = await tx.query<{ number: number; loaded_at: Date }>('select number, loaded_at from playbook_version where digest = $1', [
    digest,
  ])
  return rows[0]
}

export interface ChangeRow {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly at: Date
  readonly links: { href: string; text: string }[]
  readonly details: Record<string, string>
}

/** Newest first. */
export async function listChanges(tx: Tx, page: { limit: number; after: string | null }): Promise<ChangeRow[]> {
  const { rows } = await tx.query<ChangeRow>(
    `select c.id, c.title, coalesce(nullif(c.origin, ''), s.name, '') as source, c.at, c.links, c.details
     from change_report c left join source s on s.id = c.source_id
     where $1::uuid is null or (c.at, c.id) < (select before.at, before.id from change_report before where before.id = $1)
     order by c.at desc, c.id desc limit $2`,
    [page.after, page.limit],
  )
  return rows
}

export interface LeafRow {
  readonly id: number
  readonly leaf: Buffer
  readonly leaf_hash: Buffer
  readonly leaf_index: number | null
  readonly created_at: Date
}

/** Newest first, as they are: the caller leaves out what the reader may not see. */
export async function listLeaves(tx: Tx, page: { limit: number; before: string | null }): Promise<LeafRow[]> {
  const { rows } = await tx.query<LeafRow>(
    `select l.id, l.leaf, l.leaf_hash, l.leaf_index, l.created_at from audit_leaf l
     where ($1::bigint is null or l.id < $1) order by l.id desc limit $2`,
    [page.before, page.limit],
  )
  return rows
}
