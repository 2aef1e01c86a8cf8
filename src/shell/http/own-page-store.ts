/** A person's own page: nobody else can say that they saw it. */
import type { IncidentId, PersonId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'

export async function findOwnPage(tx: Tx, id: string, personId: PersonId): Promise<{ id: string; incidentId: IncidentId } | undefined> {
  const { rows } = await tx.query<{ id: string; incidentId: IncidentId }>(
    `select p.id, p.incident_id as "incidentId" from page p where p.id = $1 and p.person_id = $2`,
    [id, personId],
  )
  return rows[0]
}
