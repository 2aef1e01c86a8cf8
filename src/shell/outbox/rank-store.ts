/** How grave incidents are: the place of each one's severity in the matrix. */
import type { IncidentId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'

export async function listRanks(tx: Tx, ids: readonly IncidentId[]): Promise<Map<IncidentId, number>> {
  const { rows } = await tx.query<{ id: IncidentId; severity_rank: number }>({
    name: 'list-ranks',
    text: 'select id, severity_rank from incident where id = any($1::uuid[])',
    values: [ids],
  })
  return new Map(rows.map((row) => [row.id, row.severity_rank]))
}
