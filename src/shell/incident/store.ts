/** SQL of incidents: the events, which are the truth, and the views that are written with them. */
import type { Clock } from '../../core/incident/clock.ts'
import type { Actor, IncidentEvent } from '../../core/incident/event.ts'
import { type Incident, isOpen, restoreIncident } from '../../core/incident/incident.ts'
import { asId, type IncidentId, type PlaybookDigest } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export interface LoadedIncident {
  readonly id: IncidentId
  readonly number: number
  readonly version: number
  readonly state: Incident
  readonly playbook: PlaybookDigest
  readonly alertsTotal: number
  readonly alertsFiring: number
  readonly wakeAt: Instant | null
}

interface IncidentRow {
  readonly id: string
  readonly number: string | number
  readonly version: number
  readonly state: Incident
  readonly playbook_digest: string
  readonly alerts_total: string | number
  readonly alerts_firing: string | number
  readonly wake_at: Date | null
}

const COLUMNS = 'id, number, version, state, playbook_digest, alerts_total, alerts_firing, wake_at'

/** Loads and, with `lock`, holds the row until the transaction ends. @returns undefined when there is none. */
export async function findIncident(tx: Tx, id: IncidentId, options: { readonly lock: boolean }): Promise<LoadedIncident | undefined> {
  const query = options.lock
    ? { name: 'lock-incident', text: `select ${COLUMNS} from incident where id = $1 for update` }
    : { name: 'find-incident', text: `select ${COLUMNS} from incident where id = $1` }
  const { rows } = await tx.query<IncidentRow>({ ...query, values: [id] })
  return rows[0] === undefined ? undefined : toLoaded(rows[0])
}

/** In id order. @param after the last of the part before; null for the first */
export async function listIncidentIds(tx: Tx, after: IncidentId | null, limit: number): Promise<IncidentId[]> {
  const { rows } = await tx.query<{ id: string }>('select id from incident where $1::uuid is null or id > $1 order by id limit $2', [
    after,
    limit,
  ])
  return rows.map((row) => asId<IncidentId>(row.id))
}

/** Locks many at once in id order, so that two batches never wait for each other in a circle. */
export async function lockIncidents(tx: Tx, ids: readonly IncidentId[]): Promise<LoadedIncident[]> {
  const { rows } = await tx.query<IncidentRow>({
    name: 'lock-incidents',
    text: `select ${COLUMNS} from incident where id = any($1::uuid[]) order by id for update`,
    values: [ids],
  })
  return rows.map(toLoaded)
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** A bigint's largest value has 19 digits. */
const NUMBER = /^(?:INC-|#)?(\d{1,18})$/i

/** People say the number, programs the id. @returns undefined for anything that is neither, or names none. */
export async function findIncidentId(tx: Tx, idOrNumber: string): Promise<IncidentId | undefined> {
  const number = NUMBER.exec(idOrNumber)?.[1]
  if (number === undefined && !UUID.test(idOrNumber)) return undefined
  const { rows } = await tx.query<{ id: string }>(
    number === undefined ? 'select id from incident where id = $1' : 'select id from incident where number = $1',
    [number ?? idOrNumber],
  )
  return rows[0] === undefined ? undefined : asId<IncidentId>(rows[0].id)
}

function toLoaded(row: IncidentRow): LoadedIncident {
  return {
    id: asId<IncidentId>(row.id),
    number: Number(row.number),
    version: row.version,
    state: restoreIncident(row.state),
    playbook: asId<PlaybookDigest>(row.playbook_digest),
    alertsTotal: Number(row.alerts_total),
    alertsFiring: Number(row.alerts_firing),
    wakeAt: row.wake_at === null ? null : row.wake_at.getTime(),
  }
}

/** Appends in order. @throws a unique violation when another writer took a place: impossible under the row's lock. */
export async function appendEvents(tx: Tx, id: IncidentId, version: number, events: readonly IncidentEvent[]): Promise<void> {
  if (events.length === 0) return
  await tx.query({
    name: 'append-events',
    text: `insert into event (stream_id, version, type, data, actor, at, recorded_at)
           select $1, $2 + ordinality::int, type, data::jsonb, actor::jsonb, at, clock_timestamp()
           from unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[]) with ordinality as new (type, data, actor, at, ordinality)`,
    values: [
      id,
      version,
      events.map((event) => event.type),
      events.map((event) => JSON.stringify(event)),
      events.map((event) => JSON.stringify(actorOf(event))),
      events.map((event) => new Date(event.at)),
    ],
  })
}

/** Who did it; the system where the event names nobody. */
export function actorOf(event: IncidentEvent): Actor {
  return 'by' in event ? event.by : { kind: 'system', name: 'Tocsin' }
}

export async function loadEvents(tx: Tx, id: IncidentId): Promise<{ version: number; event: IncidentEvent; recordedAt: Instant }[]> {
  const { rows } = await tx.query<{ version: number; data: IncidentEvent; recorded_at: Date }>(
    'select version, data, recorded_at from event where stream_id = $1 order by version',
    [id],
  )
  return rows.map((row) => ({ version: row.version, event: row.data, recordedAt: row.recorded_at.getTime() }))
}

export interface IncidentView {
  readonly id: IncidentId
  readonly version: number
  readonly state: Incident
  readonly severityRank: number
  readonly nextDueAt: Instant | null
  readonly wakeAt: Instant | null
  readonly alertsTotal: number
  readonly alertsFiring: number
}

export interface NewIncidentView extends IncidentView {
  readonly sourceId: string | null
  readonly groupKey: string | null
}

/** @returns the number that people say. */
export async function insertIncident(tx: Tx, view: NewIncidentView): Promise<number> {
  const { rows } = await tx.query<{ number: string }>({
    name: 'insert-incident',
    text: `insert into incident (id, version, state, title, summary, severity, severity_rank, phase, open, incident_type, private,
             playbook_digest, opened_at, acknowledged_at, resolved_at, closed_at, next_due_at, wake_at, alerts_total, alerts_firing,
             service, merged_into, team, source_id, group_key)
           values ($1, $2, $3::jsonb, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
           returning number`,
    values: [...viewValues(view), view.sourceId, view.groupKey],
  })
  return Number(rows[0]?.number)
}

export async function updateIncident(tx: Tx, view: IncidentView): Promise<void> {
  await tx.query({
    name: 'update-incident',
    text: `update incident set version = $2, state = $3::jsonb, title = $4, summary = $5, severity = $6, severity_rank = $7, phase = $8,
             open = $9, incident_type = $10, private = $11, playbook_digest = $12, opened_at = $13, acknowledged_at = $14,
             resolved_at = $15, closed_at = $16, next_due_at = $17, wake_at = $18, alerts_total = $19, alerts_firing = $20,
             service = $21, merged_into = $22, team = $23, updated_at = clock_timestamp()
           where id = $1`,
    values: viewValues(view),
  })
}

/** For a change without events: counts and the next look only. */
export async function touchIncident(tx: Tx, view: Pick<IncidentView, 'id' | 'wakeAt' | 'alertsTotal' | 'alertsFiring'>): Promise<void> {
  await tx.query({
    name: 'touch-incident',
    text: 'update incident set wake_at = $2, alerts_total = $3, alerts_firing = $4, updated_at = clock_timestamp() where id = $1',
    values: [view.id, toDate(view.wakeAt), view.alertsTotal, view.alertsFiring],
  })
}

function viewValues(view: IncidentView): unknown[] {
  const { state } = view
  return [
    view.id,
    view.version,
    JSON.stringify(state),
    state.title,
    state.summary,
    state.severity,
    view.severityRank,
    state.phase,
    isOpen(state),
    state.incidentType,
    state.private,
    state.playbook,
    new Date(state.openedAt),
    toDate(state.acknowledgedAt),
    toDate(state.resolvedAt),
    toDate(state.closedAt),
    toDate(view.nextDueAt),
    toDate(view.wakeAt),
    view.alertsTotal,
    view.alertsFiring,
    state.service,
    state.mergedInto?.id ?? null,
    state.team,
  ]
}

function toDate(instant: Instant | null): Date | null {
  return instant === null ? null : new Date(instant)
}

export async function writeClocks(tx: Tx, id: IncidentId, clocks: readonly Clock[]): Promise<void> {
  if (clocks.length === 0) return
  await tx.query({
    name: 'write-clocks',
    text: `insert into clock (id, incident_id, kind, audience, clause, started_at, due_at, state, ended_at, reason)
           select new.id, $1, kind, audience, clause, started_at, due_at, state, ended_at, reason
           from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[], $9::timestamptz[], $10::text[])
             as new (id, kind, audience, clause, started_at, due_at, state, ended_at, reason)
           on conflict (id) do update set started_at = excluded.started_at, due_at = excluded.due_at, state = excluded.state,
             ended_at = excluded.ended_at, reason = excluded.reason
           where (clock.started_at, clock.due_at, clock.state, clock.ended_at)
             is distinct from (excluded.started_at, excluded.due_at, excluded.state, excluded.ended_at)`,
    values: [
      id,
      clocks.map((clock) => clock.id),
      clocks.map((clock) => clock.kind),
      clocks.map((clock) => clock.audience),
      clocks.map((clock) => clock.clause),
      clocks.map((clock) => toDate(clock.startedAt)),
      clocks.map((clock) => toDate(clock.dueAt)),
      clocks.map((clock) => clock.state),
      clocks.map((clock) => toDate(clock.endedAt)),
      clocks.map((clock) => clock.reason),
    ],
  })
}

/** Drops the clocks that are owed no longer: a lower severity may owe fewer than before. */
export async function dropOtherClocks(tx: Tx, id: IncidentId, clocks: readonly Clock[]): Promise<void> {
  await tx.query({
    name: 'drop-clocks',
    text: 'delete from clock where incident_id = $1 and id <> all($2::text[])',
    values: [id, clocks.map((clock) => clock.id)],
  })
}
