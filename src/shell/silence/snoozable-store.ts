/** SQL of the alert that is to be snoozed, for whoever may see it. */
import type { Signal } from '../../core/alert/signal.ts'
import type { PersonId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'
import { visibleTo } from '../incident/list-store.ts'

export interface Snoozable {
  readonly id: string
  readonly fingerprint: string
  readonly signal: Signal
  readonly sourceKind: string
  readonly incidentOpen: boolean
  readonly incidentNumber: number | null
  readonly incidentSeverity: string | null
}

interface Row {
  readonly id: string
  readonly fingerprint: string
  readonly alarm: string
  readonly title: string
  readonly labels: Readonly<Record<string, string>>
  readonly severity_hint: string | null
  readonly value: number | null
  readonly source_kind: string | null
  readonly open: boolean | null
  readonly number: number | null
  readonly severity: string | null
}

export async function findSnoozable(tx: Tx, viewer: PersonId, id: string): Promise<Snoozable | undefined> {
  const { rows } = await tx.query<Row>(
    `select a.id, a.fingerprint, a.alarm, a.title, a.labels, a.severity_hint, a.value, coalesce(h.source_kind, s.kind) as source_kind,
       i.open, i.number::float8 as number, i.severity
     from alert a left join source s on s.id = a.source_id left join incident i on i.id = a.incident_id left join alert_hold h on h.alert_id = a.id
     where a.id = $2 and (i.id is null or ${visibleTo('$1')})`,
    [viewer, id],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  const { alarm, title, labels, value, severity_hint: severityHint } = row
  return {
    id: row.id,
    fingerprint: row.fingerprint,
    signal: {
      alarm,
      status: 'firing',
      title,
      summary: null,
      dedupKey: null,
      severityHint,
      value,
      labels,
      links: [],
      startsAt: null,
      endsAt: null,
    },
    sourceKind: row.source_kind ?? '',
    incidentOpen: row.open === true,
    incidentNumber: row.number,
    incidentSeverity: row.open === true ? row.severity : null,
  }
}
