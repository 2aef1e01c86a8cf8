/** Reading alerts for people: those of a private incident are shown to its members only. */
import type { Alert } from '../../api/schema.ts'
import type { IncidentId, PersonId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'
import { visibleTo } from '../incident/list-store.ts'

export interface AlertRow {
  readonly id: string
  readonly source_id: string
  readonly source: string | null
  readonly fingerprint: string
  readonly dedup_key: string | null
  readonly alarm: string
  readonly title: string
  readonly labels: Record<string, string>
  readonly links: { href: string; text: string }[]
  readonly severity_hint: string | null
  readonly value: number | null
  readonly starts_at: Date | null
  readonly first_at: Date
  readonly last_at: Date
  readonly resolved_at: Date | null
  readonly count: string
  readonly incident_id: string | null
}

export interface AlertFilter {
  readonly incidentId: IncidentId | null
  readonly state: 'firing' | 'resolved' | null
}

const SELECT = `
  select a.id, a.source_id, s.name as source, a.fingerprint, a.dedup_key, a.alarm, a.title, a.labels, a.links, a.severity_hint, a.value,
    a.starts_at, a.first_at, a.last_at, a.resolved_at, a.count, a.incident_id
  from alert a
    left join source s on s.id = a.source_id
    left join incident i on i.id = a.incident_id`

/** Newest first, by the time-ordered id; `after` is the last one of the page before. */
export async function listAlerts(
  tx: Tx,
  viewer: PersonId,
  filter: AlertFilter,
  page: { limit: number; after: string | null },
): Promise<AlertRow[]> {
  const { rows } = await tx.query<AlertRow>(
    `${SELECT}
     where (i.id is null or ${visibleTo('$1')})
       and ($2::uuid is null or a.incident_id = $2)
       and ($3::text is null or (a.resolved_at is null) = ($3 = 'firing'))
       and ($4::uuid is null or a.id < $4)
     order by a.id desc limit $5`,
    [viewer, filter.incidentId, filter.state, page.after, page.limit],
  )
  return rows
}

export function showAlert(row: AlertRow): Alert {
  return {
    id: row.id,
    dedup_key: row.dedup_key ?? row.fingerprint,
    alarm: row.alarm,
    title: row.title,
    state: row.resolved_at === null ? 'firing' : 'resolved',
    source: row.source ?? 'Tocsin',
    source_id: row.source_id,
    labels: row.labels,
    links: row.links,
    severity_hint: row.severity_hint,
    value: row.value,
    starts_at: row.starts_at?.toISOString() ?? null,
    first_at: row.first_at.toISOString(),
    last_at: row.last_at.toISOString(),
    resolved_at: row.resolved_at?.toISOString() ?? null,
    count: Number(row.count),
    incident_id: row.incident_id,
  }
}
