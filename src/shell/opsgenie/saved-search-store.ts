/** SQL of saved searches. */
import type { Recipient } from '../../core/opsgenie/payload.ts'
import { UUID } from '../../core/opsgenie/to-signal.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { freshId } from '../fresh-id.ts'

export interface SavedSearch {
  readonly id: string
  readonly name: string
  readonly query: string
  readonly owner: Recipient
  readonly teams: readonly Recipient[]
  readonly createdAt: Instant
  readonly updatedAt: Instant
}
export type NewSearch = Pick<SavedSearch, 'name' | 'query' | 'owner' | 'teams'>

/** A source may keep so many. */
export const SEARCHES_MAX = 200

interface Row {
  readonly id: string
  readonly name: string
  readonly search: Pick<SavedSearch, 'query' | 'owner' | 'teams'>
  readonly created_at: Date
  readonly updated_at: Date
}
const COLUMNS = 'id, name, search, created_at, updated_at'

export async function listSearches(tx: Tx, sourceId: string): Promise<SavedSearch[]> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from opsgenie_saved_search where source_id = $1 order by name limit $2`, [
    sourceId,
    SEARCHES_MAX,
  ])
  return rows.map(toSearch)
}

export interface SearchIdentifier {
  readonly type: 'id' | 'name'
  readonly value: string
}

export async function findSearch(tx: Tx, sourceId: string, { type, value }: SearchIdentifier): Promise<SavedSearch | undefined> {
  if (type === 'id' && !UUID.test(value)) return undefined
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from opsgenie_saved_search where source_id = $1 and ${type === 'id' ? 'id = $2::uuid' : 'name = $2'}`,
    [sourceId, value],
  )
  return rows[0] && toSearch(rows[0])
}

/** @returns undefined where another has the name, or there are too many */
export async function insertSearch(tx: Tx, sourceId: string, { name, query, owner, teams }: NewSearch): Promise<SavedSearch | undefined> {
  const { rows } = await tx.query<Row>(
    `insert into opsgenie_saved_search (id, source_id, name, search, created_at, updated_at)
     select $1, $2, $3, $4, to_timestamp($5::float8 / 1000), to_timestamp($5::float8 / 1000)
     where (select count(*) from opsgenie_saved_search where source_id = $2) < $6
     on conflict do nothing returning ${COLUMNS}`,
    [freshId(), sourceId, name, JSON.stringify({ query, owner, teams }), tx.now, SEARCHES_MAX],
  )
  return rows[0] && toSearch(rows[0])
}

/** @returns undefined where another has the name */
export async function updateSearch(tx: Tx, id: string, { name, query, owner, teams }: NewSearch): Promise<SavedSearch | undefined> {
  const { rows } = await tx.query<Row>(
    `update opsgenie_saved_search s set name = $2, search = $3, updated_at = to_timestamp($4::float8 / 1000) where id = $1
       and not exists (select from opsgenie_saved_search o where o.source_id = s.source_id and o.name = $2 and o.id <> s.id)
     returning ${COLUMNS}`,
    [id, name, JSON.stringify({ query, owner, teams }), tx.now],
  )
  return rows[0] && toSearch(rows[0])
}

export async function deleteSearch(tx: Tx, id: string): Promise<void> {
  await tx.query('delete from opsgenie_saved_search where id = $1', [id])
}

function toSearch({ id, name, search, created_at, updated_at }: Row): SavedSearch {
  return { id, name, ...search, createdAt: created_at.getTime(), updatedAt: updated_at.getTime() }
}
