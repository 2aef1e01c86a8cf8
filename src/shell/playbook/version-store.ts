/** SQL of playbook versions: stored whole by digest, and never changed. */
import type { PlaybookDigest } from '../../core/id.ts'
import type { Database, Tx } from '../database/database.ts'

export interface StoredVersion {
  readonly digest: PlaybookDigest
  readonly source: string
}

/** @returns the version's number; the same one each time the same text is stored */
export async function storeVersion(tx: Tx, version: StoredVersion): Promise<number> {
  await tx.query('insert into playbook_version (digest, source) values ($1, $2) on conflict (digest) do nothing', [
    version.digest,
    version.source,
  ])
  const { rows } = await tx.query<{ number: number }>('select number from playbook_version where digest = $1', [version.digest])
  const [row] = rows
  if (row === undefined) throw new Error('a playbook version just stored is not there')
  return row.number
}

export async function findVersion(tx: Tx, digest: PlaybookDigest): Promise<string | undefined> {
  const { rows } = await tx.query<{ source: string }>('select source from playbook_version where digest = $1', [digest])
  return rows[0]?.source
}

/** The newest first. */
export async function listVersions(database: Database, limit: number): Promise<(StoredVersion & { number: number })[]> {
  const { rows } = await database.query<StoredVersion & { number: number }>(
    'select digest, source, number from playbook_version order by number desc limit $1',
    [limit],
  )
  return rows
}
