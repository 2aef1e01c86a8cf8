/** SQL of what people are told about schedules by mail. */
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { instantOf, sqlInstant } from './sql-time.ts'

export interface PagedRole {
  readonly incidentId: string
  readonly number: number
  readonly title: string
  readonly severity: string
  readonly role: string
  /** Whose holders were paged; null: the organisation's. */
  readonly team: string | null
  readonly at: Instant
}

/** Roles that were paged since, of incidents that everybody may see. Newest first. */
export async function listPagedRoles(tx: Tx, since: Instant, limit: number): Promise<PagedRole[]> {
  const { rows } = await tx.query<PagedRole>({
    name: 'oncall-paged-roles',
    text: `select incident.id as "incidentId", incident.number::float8 as number, incident.title, incident.severity, page.role,
             incident.state ->> 'team' as team, ${instantOf('min(page.created_at)', 'at')}
           from page join incident on incident.id = page.incident_id
           where page.created_at > ${sqlInstant(1)} and not incident.private
           group by incident.id, page.role order by min(page.created_at) desc limit $2`,
    values: [since, limit],
  })
  return rows
}

/** Of these keys, those whose mail is neither sent nor given up, and is due. */
export async function keepDue(tx: Tx, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ key: string }>(
    `select asked.key from unnest($1::text[]) as asked (key) left join reminder on reminder.key = asked.key
     where reminder.key is null or (reminder.done_at is null and reminder.next_at <= ${sqlInstant(2)})`,
    [keys, tx.now],
  )
  return new Set(rows.map((row) => row.key))
}
