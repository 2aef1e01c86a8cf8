/** SQL of asking: when each connection was asked, what it said, and which alerts here are missing there. */
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export type AskState = 'never' | 'answered' | 'failed' | 'running' | 'misconfigured'

export interface AskedRow {
  readonly name: string
  readonly askedAt: Instant | null
  readonly answeredAt: Instant | null
  readonly state: AskState
  readonly detail: string
  readonly firing: number | null
}

interface Row {
  readonly name: string
  readonly asked_at: Date | null
  readonly answered_at: Date | null
  readonly state: AskState
  readonly detail: string
  readonly firing: number | null
}

const CONNECTIONS_MAX = 1_000

export async function listAsked(tx: Tx): Promise<AskedRow[]> {
  const { rows } = await tx.query<Row>(
    `select name, asked_at, answered_at, state, detail, firing from asked_connection order by name limit ${CONNECTIONS_MAX}`,
  )
  return rows.map((row) => ({
    name: row.name,
    askedAt: row.asked_at?.getTime() ?? null,
    answeredAt: row.answered_at?.getTime() ?? null,
    state: row.state,
    detail: row.detail,
    firing: row.firing,
  }))
}

export async function noteBegun(tx: Tx, name: string): Promise<void> {
  await tx.query(
    `insert into asked_connection (name, asked_at, state, detail) values ($1, now(), 'running', 'It is being asked.')
     on conflict (name) do update set asked_at = now(), state = 'running'`,
    [name],
  )
}

export interface AskResult {
  readonly state: 'answered' | 'failed' | 'misconfigured'
  readonly detail: string
  readonly firing: number | null
  readonly complete: boolean
}

export async function noteEnded(tx: Tx, name: string, result: AskResult): Promise<void> {
  await tx.query(
    `insert into asked_connection (name, asked_at, answered_at, state, detail, firing, complete, failures)
     values ($1, now(), case when $2 = 'answered' then now() end, $2, $3, $4, $5, case when $2 = 'answered' then 0 else 1 end)
     on conflict (name) do update set
       answered_at = case when $2 = 'answered' then now() else asked_connection.answered_at end,
       state = $2, detail = $3, complete = $5,
       firing = case when $2 = 'answered' then $4 else asked_connection.firing end,
       failures = case when $2 = 'answered' then 0 else asked_connection.failures + 1 end`,
    [name, result.state, result.detail, result.firing, result.complete],
  )
}

/** Connections that connections.yaml names no more, with their marks. */
export async function dropAskedBut(tx: Tx, names: readonly string[]): Promise<void> {
  await tx.query('delete from asked_connection where not (name = any($1::text[]))', [names])
}

export interface FiringHere {
  readonly id: string
  readonly fingerprint: string
  readonly title: string
  readonly incidentId: string | null
  readonly lastAt: Instant
  /** It was in an answer of this connection before. */
  readonly seenBefore: boolean
  readonly missingSince: Instant | null
}

/** Firing alerts of a source; more than any source has, and past them nothing is said to be missing. */
export const FIRING_MAX = 20_000

export async function listFiringOf(tx: Tx, sourceId: string, connection: string): Promise<FiringHere[]> {
  const { rows } = await tx.query<{
    id: string
    fingerprint: string
    title: string
    incident_id: string | null
    last_at: Date
    seen: boolean
    missing_since: Date | null
  }>(
    `select a.id, a.fingerprint, a.title, a.incident_id, a.last_at, k.seen_at is not null as seen, k.missing_since
     from alert a left join asked_alert k on k.connection = $2 and k.alert_id = a.id
     where a.source_id = $1 and a.resolved_at is null limit ${FIRING_MAX + 1}`,
    [sourceId, connection],
  )
  return rows.map((row) => ({
    id: row.id,
    fingerprint: row.fingerprint,
    title: row.title,
    incidentId: row.incident_id,
    lastAt: row.last_at.getTime(),
    seenBefore: row.seen,
    missingSince: row.missing_since?.getTime() ?? null,
  }))
}

/** `seen` are there, `missing` are not; a mark stays at the first answer that missed it. Marks of ended alerts go. */
export async function markAlerts(
  tx: Tx,
  connection: string,
  { seen, missing }: { readonly seen: readonly string[]; readonly missing: readonly string[] },
): Promise<void> {
  await tx.query(
    `insert into asked_alert (connection, alert_id, seen_at) select $1, id, now() from unnest($2::uuid[]) as given (id)
     on conflict (connection, alert_id) do update set seen_at = now(), missing_since = null, noted_at = null`,
    [connection, seen],
  )
  await tx.query(
    `insert into asked_alert (connection, alert_id, missing_since) select $1, id, now() from unnest($2::uuid[]) as given (id)
     on conflict (connection, alert_id) do update set missing_since = coalesce(asked_alert.missing_since, now())`,
    [connection, missing],
  )
  await tx.query(`delete from asked_alert k using alert a where k.connection = $1 and a.id = k.alert_id and a.resolved_at is not null`, [
    connection,
  ])
}

/** Missing for so long that it is no matter of a restart there, and nobody was told yet; from now on they count as told. */
export async function takeUnnoted(
  tx: Tx,
  connection: string,
  forMs: number,
): Promise<{ readonly title: string; readonly incidentId: string | null }[]> {
  const { rows } = await tx.query<{ title: string; incident_id: string | null }>(
    `update asked_alert k set noted_at = now() from alert a
     where k.connection = $1 and a.id = k.alert_id and a.resolved_at is null and k.noted_at is null
       and k.missing_since <= now() - make_interval(secs => $2::float8 / 1000)
     returning a.title, a.incident_id`,
    [connection, forMs],
  )
  return rows.map((row) => ({ title: row.title, incidentId: row.incident_id }))
}

export interface MissingRow {
  readonly connection: string
  readonly alertId: string
  readonly title: string
  readonly missingSince: Instant
  readonly incidentId: string | null
}

const MISSING_SHOWN_MAX = 500

/** @param visible SQL that says which incidents `$1`, a person, may see */
export async function listMissing(tx: Tx, person: string, visible: string): Promise<MissingRow[]> {
  const { rows } = await tx.query<{ connection: string; alert_id: string; title: string; missing_since: Date; incident_id: string | null }>(
    `select k.connection, k.alert_id, a.title, k.missing_since, a.incident_id
     from asked_alert k join alert a on a.id = k.alert_id left join incident i on i.id = a.incident_id
     where k.missing_since is not null and a.resolved_at is null and (i.id is null or ${visible})
     order by k.missing_since, k.alert_id limit ${MISSING_SHOWN_MAX}`,
    [person],
  )
  return rows.map((row) => ({
    connection: row.connection,
    alertId: row.alert_id,
    title: row.title,
    missingSince: row.missing_since.getTime(),
    incidentId: row.incident_id,
  }))
}
