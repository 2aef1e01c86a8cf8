/** SQL of mappings: versions are added, never changed. */
import type { PersonId, SourceId } from '../../core/id.ts'
import type { MappingText } from '../../core/mapping/mapping.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { freshId } from '../fresh-id.ts'

export interface MappingVersion {
  readonly id: string
  readonly sourceId: string
  readonly version: number
  /** Null: from this version on the source has none. */
  readonly mapping: MappingText | null
  readonly createdAt: Instant
  /** Name of the person; null where it is not known any more. */
  readonly createdBy: string | null
}

interface Row {
  readonly id: string
  readonly source_id: string
  readonly version: number
  readonly mapping: MappingText | null
  readonly created_at: Date
  readonly created_by: string | null
}

const COLUMNS = 'm.id, m.source_id, m.version, m.mapping, m.created_at, p.name as created_by'
const FROM = 'source_mapping m left join person p on p.id = m.created_by'
const LOADED_MAX = 20_000

/** Of all sources, by source and version. Old versions are among them: messages are read again by the one they were read with. */
export async function loadMappings(tx: Tx): Promise<MappingVersion[]> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from ${FROM} order by m.source_id, m.version limit ${LOADED_MAX}`)
  return rows.map(toVersion)
}

/** Changes whenever a version is added. */
export async function countMappings(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ count: number }>({ name: 'count-mappings', text: 'select count(*) as count from source_mapping' })
  return rows[0]?.count ?? 0
}

export async function findMapping(tx: Tx, sourceId: SourceId): Promise<MappingVersion | undefined> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from ${FROM} where m.source_id = $1 order by m.version desc limit 1`, [sourceId])
  return rows[0] === undefined ? undefined : toVersion(rows[0])
}

/** @returns undefined when there is no such source. The source's row is locked: two writers get two versions. */
export async function addMapping(
  tx: Tx,
  given: { readonly sourceId: SourceId; readonly mapping: MappingText | null; readonly by: PersonId },
): Promise<MappingVersion | undefined> {
  const { rows } = await tx.query<{ id: string }>('select id from source where id = $1 for update', [given.sourceId])
  if (rows[0] === undefined) return undefined
  await tx.query(
    `insert into source_mapping (id, source_id, version, mapping, created_at, created_by)
     values ($1, $2, coalesce((select max(version) from source_mapping where source_id = $2), 0) + 1, $3, now(), $4)`,
    [freshId(), given.sourceId, given.mapping === null ? null : JSON.stringify(given.mapping), given.by],
  )
  return findMapping(tx, given.sourceId)
}

function toVersion(row: Row): MappingVersion {
  return {
    id: row.id,
    sourceId: row.source_id,
    version: row.version,
    mapping: row.mapping,
    createdAt: row.created_at.getTime(),
    createdBy: row.created_by,
  }
}
