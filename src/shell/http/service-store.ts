/** SQL of services: how many incidents of each are open, for one reader. */
import type { PersonId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'
import { visibleTo } from '../incident/list-store.ts'

export interface OpenOfService {
  readonly open: number
  /** Of the gravest. */
  readonly severity: string
}

export async function countOpenByService(tx: Tx, viewer: PersonId): Promise<Map<string, OpenOfService>> {
  const { rows } = await tx.query<{ service: string; open: number | string; severity: string }>(
    `select i.service, count(*) as open, (array_agg(i.severity order by i.severity_rank))[1] as severity
     from incident i where i.open and i.service is not null and ${visibleTo('$1')} group by i.service`,
    [viewer],
  )
  return new Map(rows.map((row) => [row.service, { open: Number(row.open), severity: row.severity }]))
}
