/** SQL of playbook versions: stored whole by digest, and never changed; and of which one was taken when. */
import type { PersonId, PlaybookDigest } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Database, Tx } from '../database/database.ts'

export interface StoredVersion {
  readonly digest: PlaybookDigest
  readonly source: string
}

export interface Authorship {
  readonly author: { readonly id: PersonId; readonly name: string }
  readonly reason: string
}

/** @returns the version's number, one above the last; the same one each time the same text is stored, whose first author stays */
export async function storeVersion(tx: Tx, version: StoredVersion & Partial<Authorship>): Promise<number> {
  await tx.query(
    // Asked first, because a conflict would use up a number, and a gap looks like a version that was taken away.
    `insert into playbook_version (digest, source, author_id, author, reason, loaded_at)
     select $1, $2, $3, $4, $5, $6 where not exists (select from playbook_version where digest = $1)
     on conflict (digest) do nothing`,
    [version.digest, version.source, version.author?.id ?? null, version.author?.name ?? null, version.reason ?? '', new Date(tx.now)],
  )
  const { rows } = await tx.query<{ number: number }>('select number from playbook_version where digest = $1', [version.digest])
  const [row] = rows
  if (row === undefined) throw new Error('a playbook version just stored is not there')
  return row.number
}

/** @returns false when it is the one that was taken last: by another server, or before a restart */
export async function recordLoad(tx: Tx, digest: PlaybookDigest): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into playbook_load (digest, loaded_at)
     select $1, $2 where $1 is distinct from (select digest from playbook_load order by loaded_at desc, id desc limit 1)`,
    [digest, new Date(tx.now)],
  )
  return rowCount > 0
}

export async function findVersion(tx: Tx, digest: PlaybookDigest): Promise<string | undefined> {
  const { rows } = await tx.query<{ source: string }>('select source from playbook_version where digest = $1', [digest])
  return rows[0]?.source
}

export interface TakenVersion extends StoredVersion {
  readonly number: number
}

/** The one taken last first, then those of before, then those that were never taken. */
export async function listVersions(database: Pick<Database, 'query'>, limit: number): Promise<TakenVersion[]> {
  const { rows } = await database.query<TakenVersion>(
    `select v.digest, v.source, v.number from playbook_version v
       left join (select digest, max(id) as last from playbook_load group by digest) l on l.digest = v.digest
     order by l.last desc nulls last, v.number desc limit $1`,
    [limit],
  )
  return rows
}

/** The version that was in force at that instant; undefined before the first was taken. */
export async function findVersionAt(tx: Tx, at: Instant): Promise<TakenVersion | undefined> {
  const { rows } = await tx.query<TakenVersion>(
    `select v.digest, v.source, v.number from playbook_load l join playbook_version v on v.digest = l.digest
     where l.loaded_at <= $1 order by l.loaded_at desc, l.id desc limit 1`,
    [new Date(at)],
  )
  return rows[0]
}
