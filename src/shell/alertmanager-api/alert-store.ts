/** SQL of firing alerts for clients of Alertmanager: a source sees its own, a person what they may see. */
import type { PersonId, SourceId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'
import { visibleTo } from '../incident/list-store.ts'

export interface FiringAlert {
  readonly id: string
  readonly fingerprint: string
  readonly sourceId: string
  readonly source: string
  readonly sourceKind: string
  readonly alarm: string
  readonly title: string
  readonly labels: Readonly<Record<string, string>>
  readonly links: readonly { readonly href: string; readonly text: string }[]
  readonly severityHint: string | null
  readonly value: number | null
  readonly startsAt: Date
  readonly updatedAt: Date
  readonly endsAt: Date | null
  readonly incidentType: string | null
  readonly heldBy: string | null
  readonly heldRef: string | null
  readonly inhibitedBy: readonly string[]
}

/** Clients take all in one answer: more than these are left out, the newest are kept. */
export const ALERTS_MAX = 5_000

interface Row {
  readonly id: string
  readonly fingerprint: string
  readonly source_id: string
  readonly source: string | null
  readonly source_kind: string | null
  readonly alarm: string
  readonly title: string
  readonly labels: Readonly<Record<string, string>>
  readonly links: readonly { readonly href: string; readonly text: string }[]
  readonly severity_hint: string | null
  readonly value: number | null
  readonly starts_at: Date
  readonly updated_at: Date
  readonly ends_at: Date | null
  readonly incident_type: string | null
  readonly held_by: string | null
  readonly held_ref: string | null
  readonly inhibitors: readonly string[] | null
}

export async function listFiring(tx: Tx, who: { readonly sourceId: SourceId } | { readonly viewer: PersonId }): Promise<FiringAlert[]> {
  const isSource = 'sourceId' in who
  const { rows } = await tx.query<Row>(
    `select a.id, a.fingerprint, a.source_id, s.name as source, coalesce(h.source_kind, s.kind) as source_kind, a.alarm, a.title, a.labels,
       a.links, a.severity_hint, a.value, coalesce(a.starts_at, a.first_at) as starts_at, a.last_at as updated_at, a.ends_at,
       case when i.id is null or ${visibleTo('$2')} then i.incident_type end as incident_type, h.by_kind as held_by, h.ref_id as held_ref,
       case h.by_kind when 'inhibition' then array(
         select b.fingerprint::text from inhibitor n join alert b on b.id = n.alert_id and b.resolved_at is null
         where n.rule = h.ref_id and md5(n.key) = md5(h.ref_key) and n.key = h.ref_key and b.id <> a.id limit 20) end as inhibitors
     from alert a left join source s on s.id = a.source_id left join incident i on i.id = a.incident_id
       left join alert_hold h on h.alert_id = a.id and h.ended_at is null
     where a.resolved_at is null and ($1::uuid is null or a.source_id = $1) and ($1::uuid is not null or i.id is null or ${visibleTo('$2')})
     order by a.id desc limit ${ALERTS_MAX}`,
    [isSource ? who.sourceId : null, isSource ? null : who.viewer],
  )
  return rows.map((row) => ({
    id: row.id,
    fingerprint: row.fingerprint,
    sourceId: row.source_id,
    source: row.source ?? '',
    sourceKind: row.source_kind ?? '',
    alarm: row.alarm,
    title: row.title,
    labels: row.labels,
    links: row.links,
    severityHint: row.severity_hint,
    value: row.value,
    startsAt: row.starts_at,
    updatedAt: row.updated_at,
    endsAt: row.ends_at,
    incidentType: row.incident_type,
    heldBy: row.held_by,
    heldRef: row.held_ref,
    inhibitedBy: row.inhibitors ?? [],
  }))
}
