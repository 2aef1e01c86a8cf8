/** Reading alerts for people: those of a private incident are shown to its members only. */
import type { Alert } from '../../api/schema.ts'
import type { HoldKind } from '../../core/alert/hold.ts'
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
  readonly silent_since: Date | null
  readonly count: string
  readonly incident_id: string | null
  readonly held_by: HoldKind | null
  readonly held_ref: string | null
  readonly held_reason: string | null
  readonly held_at: Date | null
  readonly held_until: Date | null
}

export interface AlertFilter {
  readonly incidentId: IncidentId | null
  /** `held`: fires, and something keeps it from paging. */
  readonly state: 'firing' | 'resolved' | 'held' | null
  readonly sourceId?: string | null
  /** Id of an incident type. */
  readonly type?: string | null
  readonly search?: string | null
}

const COLUMNS = `
  a.id, a.source_id, s.name as source, a.fingerprint, a.dedup_key, a.alarm, a.title, a.labels, a.links, a.severity_hint, a.value,
  a.starts_at, a.first_at, a.last_at, a.resolved_at, a.count, a.incident_id,
  case when a.resolved_at is null and a.ends_at < now() then a.ends_at end as silent_since,
  h.by_kind as held_by, h.ref_id as held_ref, h.reason as held_reason, h.held_at, h.due_at as held_until`
const JOINS = `
  left join source s on s.id = a.source_id
  left join incident i on i.id = a.incident_id
  left join alert_hold h on h.alert_id = a.id and h.ended_at is null and a.resolved_at is null`

/** Looked through for one answer, so that a search that finds little ends: the cursor says where to go on. */
export const ALERTS_LOOKED_MAX = 20_000

/** Where the walk goes: each of these states and the source has its index. */
function walkOf({ state }: AlertFilter): string {
  const from = state === 'held' ? 'alert_hold w join alert a on a.id = w.alert_id' : 'alert a'
  const where = {
    firing: 'a.resolved_at is null',
    resolved: 'a.resolved_at is not null',
    held: 'w.ended_at is null and a.resolved_at is null',
  }
  const order = state === 'held' ? 'w.alert_id' : 'a.id'
  return `select a.* from ${from}
    where ${state === null ? 'true' : where[state]}
      and ($1::uuid is null or a.incident_id = $1)
      and ($2::uuid is null or a.source_id = $2)
      and ($3::uuid[] is null or a.incident_id = any($3))
      and ($4::uuid is null or ${order} < $4)
    order by ${order} desc limit ${ALERTS_LOOKED_MAX}`
}

/**
 * Newest first, by the time-ordered id; `after` is the last one of the page before.
 * @returns at most `limit` rows; `next` is where to go on, null at the end
 */
export async function listAlerts(
  tx: Tx,
  viewer: PersonId,
  filter: AlertFilter,
  page: { limit: number; after: string | null },
): Promise<{ rows: AlertRow[]; next: string | null }> {
  const walk = walkOf(filter)
  const ofType = filter.type === undefined || filter.type === null ? null : await listOfType(tx, filter.type)
  if (ofType?.length === 0) return { rows: [], next: null }
  const walked = [filter.incidentId, filter.sourceId ?? null, ofType, page.after]
  const { rows } = await tx.query<AlertRow>(
    `select ${COLUMNS} from (${walk}) a ${JOINS}
     where (i.id is null or ${visibleTo('$5')})
       and ($6::text is null or a.title ilike $6 or a.alarm ilike $6 or a.dedup_key ilike $6 or a.labels::text ilike $6)
     order by a.id desc limit $7`,
    [...walked, viewer, patternOf(filter.search ?? null), page.limit + 1],
  )
  if (rows.length > page.limit) return { rows: rows.slice(0, page.limit), next: rows[page.limit - 1]?.id ?? null }
  return { rows, next: await findWalkEnd(tx, walk, walked) }
}

/** Newest incidents of a type whose alerts are looked for. */
const OF_TYPE_MAX = 10_000

async function listOfType(tx: Tx, type: string): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select i.id from incident i where i.incident_type = $1 order by i.opened_at desc limit ${OF_TYPE_MAX}`,
    [type],
  )
  return rows.map((row) => row.id)
}

/** The last alert that was looked at, where there may be more behind it. */
async function findWalkEnd(tx: Tx, walk: string, walked: readonly (string | readonly string[] | null)[]): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `select a.id from (${walk}) a order by a.id desc offset ${ALERTS_LOOKED_MAX - 1} limit 1`,
    [...walked],
  )
  return rows[0]?.id ?? null
}

function patternOf(search: string | null): string | null {
  return search === null ? null : `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
}

export async function findAlert(tx: Tx, viewer: PersonId, id: string): Promise<AlertRow | undefined> {
  const { rows } = await tx.query<AlertRow>(
    `select ${COLUMNS} from alert a ${JOINS} where a.id = $1 and (i.id is null or ${visibleTo('$2')})`,
    [id, viewer],
  )
  return rows[0]
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
    silent_since: row.silent_since?.toISOString() ?? null,
    count: Number(row.count),
    incident_id: row.incident_id,
    hold: showHold(row),
  }
}

function showHold(row: AlertRow): Alert['hold'] {
  if (row.held_by === null || row.held_at === null) return null
  return {
    by: row.held_by,
    ref_id: row.held_ref ?? '',
    reason: row.held_reason ?? '',
    since: row.held_at.toISOString(),
    until: row.held_until?.toISOString() ?? null,
  }
}
