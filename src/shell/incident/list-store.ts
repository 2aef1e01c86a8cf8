/**
 * Reading incidents for people. Every query goes through `VISIBLE`: a private incident exists for its members only, in
 * lists, in search, by id, by number, and in what hangs on it.
 */
import type { IncidentId, PersonId, PlaybookDigest } from '../../core/id.ts'
import { type Incident, restoreIncident } from '../../core/incident/incident.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

/** SQL condition on `incident i`; `person` is the parameter that holds the reader's id. */
export function visibleTo(person: string): string {
  return `(not i.private or exists (select 1 from incident_member m where m.incident_id = i.id and m.person_id = ${person}::uuid))`
}

export interface ClockRow {
  readonly id: string
  readonly kind: string
  readonly audience: string | null
  readonly clause: string
  readonly started_at: Date | string | null
  readonly due_at: Date | string | null
  readonly state: 'not_started' | 'running' | 'met' | 'breached' | 'waived'
  readonly ended_at: Date | string | null
  readonly reason: string | null
}

export interface IncidentRow {
  readonly id: IncidentId
  readonly number: string
  readonly version: number
  readonly state: Incident
  readonly severity_rank: number
  readonly open: boolean
  readonly private: boolean
  readonly playbook_digest: PlaybookDigest
  readonly playbook_version: number
  readonly closed_at: Date | null
  readonly next_due_at: Date | null
  readonly updated_at: Date
  readonly alerts_total: string
  readonly alerts_firing: string
  readonly source: string | null
  readonly next_clock: ClockRow | null
  readonly paging_you: boolean
}

const COLUMNS = `
  i.id, i.number, i.version, i.state, i.severity_rank, i.open, i.private, i.playbook_digest, v.number as playbook_version, i.closed_at,
  i.next_due_at, i.updated_at, i.alerts_total, i.alerts_firing, s.name as source,
  (select to_jsonb(c) from clock c where c.incident_id = i.id and c.state in ('running', 'breached') and c.ended_at is null
     order by c.due_at, c.id limit 1) as next_clock,
  exists (select 1 from page p where p.incident_id = i.id and p.person_id = $1::uuid and p.state = 'paging') as paging_you`
const FROM = `
  from incident i
    join playbook_version v on v.digest = i.playbook_digest
    left join source s on s.id = i.source_id`

export interface IncidentFilter {
  readonly open: boolean | null
  readonly severities: readonly string[] | null
  readonly phases: readonly string[] | null
  readonly types: readonly string[] | null
  readonly services: readonly string[] | null
  readonly teams: readonly string[] | null
  /** Number of the version that it runs under. */
  readonly playbookVersion: number | null
  readonly search: string | null
}

/**
 * Open ones alone come most severe first, then newest; anything else newest first. `after` is the last one of the page
 * before; `limit` rows at most.
 */
export async function listIncidents(
  tx: Tx,
  viewer: PersonId,
  filter: IncidentFilter,
  page: { limit: number; after: string | null },
): Promise<IncidentRow[]> {
  const order =
    filter.open === true
      ? { key: 'i.severity_rank, -extract(epoch from i.opened_at), i.id', by: 'i.severity_rank, i.opened_at desc, i.id', than: '>' }
      : { key: 'i.opened_at, i.id', by: 'i.opened_at desc, i.id desc', than: '<' }
  const { rows } = await tx.query<IncidentRow>(
    `select ${COLUMNS} ${FROM}
     where ${visibleTo('$1')}
       and ($2::boolean is null or i.open = $2)
       and ($3::text[] is null or i.severity = any($3))
       and ($4::text[] is null or i.phase = any($4))
       and ($5::text[] is null or i.incident_type = any($5))
       and ($6::text is null or i.title ilike $6 or i.summary ilike $6 or i.number::text = $7)
       and ($10::text[] is null or i.service = any($10))
       and ($11::int is null or v.number = $11)
       and ($12::text[] is null or i.team = any($12))
       and ($8::uuid is null or (${order.key}) ${order.than} (select ${order.key} from incident i where i.id = $8))
     order by ${order.by} limit $9`,
    [
      viewer,
      filter.open,
      filter.severities,
      filter.phases,
      filter.types,
      filter.search === null ? null : `%${filter.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
      filter.search?.replace(/^(INC-|#)/i, '') ?? null,
      page.after,
      page.limit,
      filter.services,
      filter.playbookVersion,
      filter.teams,
    ],
  )
  return rows.map(restored)
}

function restored(row: IncidentRow): IncidentRow {
  return { ...row, state: restoreIncident(row.state) }
}

/** By id; undefined also where the reader may not know that it exists. */
export async function findVisibleIncident(tx: Tx, viewer: PersonId, id: IncidentId): Promise<IncidentRow | undefined> {
  const { rows } = await tx.query<IncidentRow>(`select ${COLUMNS} ${FROM} where i.id = $2 and ${visibleTo('$1')}`, [viewer, id])
  return rows[0] && restored(rows[0])
}

export async function listClocks(tx: Tx, id: IncidentId): Promise<ClockRow[]> {
  const { rows } = await tx.query<ClockRow>(
    `select c.id, c.kind, c.audience, c.clause, c.started_at, c.due_at, c.state, c.ended_at, c.reason
     from clock c where c.incident_id = $1 order by c.started_at nulls last, c.id`,
    [id],
  )
  return rows
}

/** Incidents whose pages wait for that person. */
export async function findPagingIncidents(tx: Tx, personId: PersonId): Promise<IncidentId[]> {
  const { rows } = await tx.query<{ id: IncidentId }>(
    `select distinct p.incident_id as id from page p where p.person_id = $1 and p.state = 'paging'`,
    [personId],
  )
  return rows.map((row) => row.id)
}

export interface EventRow {
  readonly version: number
  readonly type: string
  readonly data: unknown
  readonly at: Date
  readonly recorded_at: Date
}

/** Newest first; `before` is the version that the page before ended with. */
export async function listEvents(tx: Tx, id: IncidentId, page: { limit: number; before: number | null }): Promise<EventRow[]> {
  const { rows } = await tx.query<EventRow>(
    `select e.version, e.type, e.data, e.at, e.recorded_at from event e
     where e.stream_id = $1 and ($2::int is null or e.version < $2) order by e.version desc limit $3`,
    [id, page.before, page.limit],
  )
  return rows
}

/** Asked on one page: more incidents than these in a window are not an SLA's trouble but the company's. */
const SPANS_MAX = 10_000

/** When other incidents counted as down, as far as the reader may see them. `services` null: of any. */
export async function listSpans(
  tx: Tx,
  viewer: PersonId,
  asked: {
    readonly except: IncidentId
    readonly severities: readonly string[]
    readonly services: readonly string[] | null
    readonly from: Instant
    readonly until: Instant
  },
): Promise<{ readonly from: Instant; readonly until: Instant | null }[]> {
  const { rows } = await tx.query<{ opened_at: Date; resolved_at: Date | null }>(
    `select i.opened_at, i.resolved_at from incident i
     where ${visibleTo('$1')} and i.id <> $2 and i.merged_into is null and i.severity = any($3) and ($4::text[] is null or i.service = any($4))
       and i.opened_at < to_timestamp($6::float8 / 1000) and (i.resolved_at is null or i.resolved_at > to_timestamp($5::float8 / 1000))
     order by i.opened_at desc limit $7`,
    [viewer, asked.except, asked.severities, asked.services, asked.from, asked.until, SPANS_MAX],
  )
  return rows.map((row) => ({ from: row.opened_at.getTime(), until: row.resolved_at?.getTime() ?? null }))
}
