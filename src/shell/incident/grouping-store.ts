/** SQL of an incident's alerts together: counts over all, the rest over the newest. */
import type { IncidentId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export interface GroupedAlert {
  readonly alarm: string
  readonly labels: Readonly<Record<string, string>>
  readonly source: string
}

/** Newest first. */
export async function listNewestAlerts(tx: Tx, id: IncidentId, limit: number): Promise<GroupedAlert[]> {
  const { rows } = await tx.query<GroupedAlert>({
    name: 'list-newest-alerts',
    text: `select a.alarm, a.labels, s.name as source from alert a join source s on s.id = a.source_id
           where a.incident_id = $1 order by a.id desc limit $2`,
    values: [id, limit],
  })
  return rows
}

export interface AlertSums {
  readonly total: number
  readonly firing: number
  readonly messages: number
  /** Firing, and past the time by which its source should have said so again. */
  readonly silent: number
}

export async function sumAlerts(tx: Tx, id: IncidentId, now: Instant): Promise<AlertSums> {
  const { rows } = await tx.query<Record<keyof AlertSums, string | number>>(
    `select count(*) as total, count(*) filter (where resolved_at is null) as firing, coalesce(sum(count), 0) as messages,
       count(*) filter (where resolved_at is null and ends_at < to_timestamp($2::float8 / 1000)) as silent
     from alert where incident_id = $1`,
    [id, now],
  )
  const row = rows[0]
  return { total: Number(row?.total), firing: Number(row?.firing), messages: Number(row?.messages), silent: Number(row?.silent) }
}
