/** SQL of playbook versions for readers: who saved each and why, and how many incidents ran under it that the reader may see. */
import type { PersonId, PlaybookDigest } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'
import { visibleTo } from '../incident/list-store.ts'

export interface VersionRow {
  readonly number: number
  readonly digest: PlaybookDigest
  readonly loaded_at: Date
  readonly author_id: string | null
  readonly author: string | null
  readonly reason: string
  readonly incidents: number
}

const COLUMNS = `v.number, v.digest, v.loaded_at, v.author_id, v.author, v.reason,
  (select count(*)::int from incident i where i.playbook_digest = v.digest and ${visibleTo('$1')}) as incidents`

/** Newest first; `before` is the number that the page before ended with. */
export async function listVersionRows(tx: Tx, viewer: PersonId, page: { limit: number; before: string | null }): Promise<VersionRow[]> {
  const { rows } = await tx.query<VersionRow>(
    `select ${COLUMNS} from playbook_version v where $2::int is null or v.number < $2 order by v.number desc limit $3`,
    [viewer, page.before, page.limit],
  )
  return rows
}

export async function findVersionRow(tx: Tx, viewer: PersonId, digest: string): Promise<VersionRow | undefined> {
  const { rows } = await tx.query<VersionRow>(`select ${COLUMNS} from playbook_version v where v.digest = $2`, [viewer, digest])
  return rows[0]
}

/** A digest, or a number as people say it. */
export async function findSource(tx: Tx, wanted: string): Promise<{ digest: PlaybookDigest; number: number; source: string } | undefined> {
  const { rows } = await tx.query<{ digest: PlaybookDigest; number: number; source: string }>(
    'select digest, number, source from playbook_version where digest = $1 or number = $2::int',
    [wanted, /^\d{1,9}$/.test(wanted) ? wanted : null],
  )
  return rows[0]
}
