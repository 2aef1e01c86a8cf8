/** SQL of heartbeats. A ping is one update in place; everything else is rare. */
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { freshId } from '../fresh-id.ts'

export type HeartbeatOrigin = 'person' | 'playbook' | 'opsgenie'

export interface HeartbeatRow {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly intervalMs: number
  readonly graceMs: number
  /** A firing alert of this name, with these labels, is a ping. */
  readonly alarm: string | null
  readonly labels: Readonly<Record<string, string>>
  /** The sender's own title of its alarm; null: Tocsin's. */
  readonly message: string | null
  readonly severityHint: string | null
  readonly extra: Readonly<Record<string, unknown>>
  readonly origin: HeartbeatOrigin
  readonly pings: number
  readonly lastPingAt: Instant | null
  /** The last ping, or a resume or a new interval since; see `core/heartbeat`. */
  readonly countsFrom: Instant | null
  readonly backAt: Instant | null
  readonly excuses: number
  readonly pausedAt: Instant | null
  /** Its alarm is raised: when it was due. */
  readonly lateSince: Instant | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly removedAt: Instant | null
}

interface Row {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly interval_ms: string | number
  readonly grace_ms: string | number
  readonly alarm: string | null
  readonly labels: Record<string, string>
  readonly message: string | null
  readonly severity_hint: string | null
  readonly extra: Record<string, unknown>
  readonly origin: HeartbeatOrigin
  readonly pings: string | number
  readonly last_ping_at: Date | null
  readonly counts_from: Date | null
  readonly back_at: Date | null
  readonly excuses: number
  readonly paused_at: Date | null
  readonly late_since: Date | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly removed_at: Date | null
}

const COLUMNS = `id, name, description, interval_ms, grace_ms, alarm, labels, message, severity_hint, extra, origin, pings, last_ping_at,
  counts_from, back_at, excuses, paused_at, late_since, created_at, updated_at, removed_at`

/** So many an installation may have: all are looked at every few seconds. */
export const HEARTBEATS_MAX = 10_000

export interface NewHeartbeat {
  readonly name: string
  readonly description?: string
  readonly intervalMs: number
  readonly graceMs: number
  readonly alarm?: string | null
  readonly labels?: Readonly<Record<string, string>>
  readonly message?: string | null
  readonly severityHint?: string | null
  /** Kept for an outside interface; JSON, without secrets. */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly origin?: HeartbeatOrigin
  readonly paused?: boolean
}

/** @returns `exists` where the name is taken, `full` at the bound of an installation. */
export async function createHeartbeat(tx: Tx, given: NewHeartbeat): Promise<HeartbeatRow | 'exists' | 'full'> {
  const { rows: counted } = await tx.query<{ count: string }>('select count(*) as count from heartbeat where removed_at is null')
  if (Number(counted[0]?.count) >= HEARTBEATS_MAX) return 'full'
  const { rows } = await tx.query<Row>(
    `insert into heartbeat (id, name, description, interval_ms, grace_ms, alarm, labels, message, severity_hint, extra, origin, paused_at,
       created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10::jsonb, $11, case when $12 then to_timestamp($13::float8 / 1000) end,
       to_timestamp($13::float8 / 1000), to_timestamp($13::float8 / 1000))
     on conflict (name) where removed_at is null do nothing returning ${COLUMNS}`,
    [
      freshId(),
      given.name,
      given.description ?? '',
      given.intervalMs,
      given.graceMs,
      given.alarm ?? null,
      JSON.stringify(given.labels ?? {}),
      given.message ?? null,
      given.severityHint ?? null,
      JSON.stringify(given.extra ?? {}),
      given.origin ?? 'person',
      given.paused ?? false,
      tx.now,
    ],
  )
  return rows[0] === undefined ? 'exists' : toHeartbeat(rows[0])
}

export type HeartbeatChange = Partial<Omit<NewHeartbeat, 'origin'>>

/**
 * What is left out stays. A new interval or grace, and a resume, count from now: nothing is late for what it was before.
 * @returns undefined when there is none, `exists` where another has the name
 */
export async function changeHeartbeat(tx: Tx, id: string, change: HeartbeatChange): Promise<HeartbeatRow | 'exists' | undefined> {
  const before = await lockHeartbeat(tx, id)
  if (before === undefined) return undefined
  if (change.name !== undefined && change.name !== before.name && (await findHeartbeatByName(tx, change.name)) !== undefined)
    return 'exists'
  const after = { ...before, ...change }
  const paused = change.paused ?? before.pausedAt !== null
  const resumed = before.pausedAt !== null && !paused
  const retimed = after.intervalMs !== before.intervalMs || after.graceMs !== before.graceMs
  const countsFrom = before.countsFrom !== null && (resumed || retimed) ? tx.now : before.countsFrom
  const { rows } = await tx.query<Row>(
    `update heartbeat set name = $2, description = $3, interval_ms = $4, grace_ms = $5, alarm = $6, labels = $7::jsonb, message = $8,
       severity_hint = $9, extra = $10::jsonb, paused_at = to_timestamp($11::float8 / 1000), counts_from = to_timestamp($12::float8 / 1000),
       updated_at = to_timestamp($13::float8 / 1000)
     where id = $1 returning ${COLUMNS}`,
    [
      id,
      after.name,
      after.description,
      after.intervalMs,
      after.graceMs,
      after.alarm,
      JSON.stringify(after.labels),
      after.message,
      after.severityHint,
      JSON.stringify(after.extra),
      paused ? (before.pausedAt ?? tx.now) : null,
      countsFrom,
      tx.now,
    ],
  )
  return rows[0] && toHeartbeat(rows[0])
}

/** Its alarm, where one is raised, is cleared by the watcher, which then forgets it. @returns undefined when there is none */
export async function removeHeartbeat(tx: Tx, id: string): Promise<HeartbeatRow | undefined> {
  const { rows } = await tx.query<Row>(
    `update heartbeat set removed_at = to_timestamp($2::float8 / 1000) where id = $1 and removed_at is null returning ${COLUMNS}`,
    [id, tx.now],
  )
  return rows[0] && toHeartbeat(rows[0])
}

export async function listHeartbeats(tx: Tx): Promise<HeartbeatRow[]> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from heartbeat where removed_at is null order by name limit $1`, [HEARTBEATS_MAX])
  return rows.map(toHeartbeat)
}

/** Also those removed: their alarms may have to be cleared. */
export async function listWatchedHeartbeats(tx: Tx): Promise<HeartbeatRow[]> {
  const { rows } = await tx.query<Row>({
    name: 'list-watched-heartbeats',
    text: `select ${COLUMNS} from heartbeat where removed_at is not null or late_since is not null
             or (paused_at is null and counts_from is not null) order by id limit $1`,
    values: [2 * HEARTBEATS_MAX],
  })
  return rows.map(toHeartbeat)
}

export async function findHeartbeat(tx: Tx, id: string): Promise<HeartbeatRow | undefined> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from heartbeat where id = $1 and removed_at is null`, [id])
  return rows[0] && toHeartbeat(rows[0])
}

async function lockHeartbeat(tx: Tx, id: string): Promise<HeartbeatRow | undefined> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from heartbeat where id = $1 and removed_at is null for update`, [id])
  return rows[0] && toHeartbeat(rows[0])
}

export async function findHeartbeatByName(tx: Tx, name: string): Promise<HeartbeatRow | undefined> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from heartbeat where name = $1 and removed_at is null`, [name])
  return rows[0] && toHeartbeat(rows[0])
}

/** One ping, now unless `at` says when it came. @returns undefined when there is no heartbeat of that name */
export async function pingHeartbeat(tx: Tx, { name, at }: { name: string; at?: Instant }): Promise<HeartbeatRow | undefined> {
  const { rows } = await tx.query<Row>({
    name: 'ping-heartbeat',
    text: `update heartbeat set pings = pings + 1, excuses = 0, last_ping_at = greatest(last_ping_at, to_timestamp($2::float8 / 1000)),
             counts_from = greatest(counts_from, to_timestamp($2::float8 / 1000))
           where name = $1 and removed_at is null returning ${COLUMNS}`,
    values: [name, at ?? tx.now],
  })
  return rows[0] && toHeartbeat(rows[0])
}

export interface Ping {
  readonly id: string
  readonly at: Instant
  readonly count: number
}

/** Pings by alerts, many at once, in the order of their ids. */
export async function pingHeartbeats(tx: Tx, pings: readonly Ping[]): Promise<void> {
  if (pings.length === 0) return
  const inOrder = pings.toSorted((one, other) => (one.id < other.id ? -1 : 1))
  await tx.query({
    name: 'ping-heartbeats',
    text: `update heartbeat set pings = heartbeat.pings + new.count, excuses = 0,
             last_ping_at = greatest(last_ping_at, to_timestamp(new.at / 1000)), counts_from = greatest(counts_from, to_timestamp(new.at / 1000))
           from unnest($1::uuid[], $2::float8[], $3::bigint[]) as new (id, at, count) where heartbeat.id = new.id`,
    values: [inOrder.map(({ id }) => id), inOrder.map(({ at }) => at), inOrder.map(({ count }) => count)],
  })
}

/**
 * Says that somebody looks, in real time. @returns for how long nobody had looked, in milliseconds; 0 the first time. One
 * server at a time asks: it holds the lease.
 */
export async function markWatched(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ gap_ms: number }>({
    name: 'mark-watched',
    text: `with before as (select seen_at from heartbeat_watch for update),
             mark as (insert into heartbeat_watch (seen_at) values (clock_timestamp())
               on conflict (one) do update set seen_at = excluded.seen_at)
           select coalesce((select extract(epoch from clock_timestamp() - seen_at) * 1000 from before), 0)::float8 as gap_ms`,
  })
  return Math.max(0, rows[0]?.gap_ms ?? 0)
}

/**
 * After a downtime: nobody is late for what may have been lost in it.
 * @param downtime `awayMs`: so long is one for every heartbeat; half of its time is, for one that is awaited for less
 * @returns how many were excused
 */
export async function excuseAll(
  tx: Tx,
  backAt: Instant,
  downtime: { readonly gapMs: number; readonly awayMs: number; readonly excusesMax: number },
): Promise<number> {
  const { rowCount } = await tx.query(
    `update heartbeat set back_at = to_timestamp($1::float8 / 1000), excuses = excuses + 1
     where removed_at is null and paused_at is null and counts_from is not null and late_since is null and excuses < $2
       and $3::float8 > least($4::float8, (interval_ms + grace_ms) / 2.0)`,
    [backAt, downtime.excusesMax, downtime.gapMs, downtime.awayMs],
  )
  return rowCount ?? 0
}

export async function markLate(tx: Tx, id: string, lateSince: Instant | null): Promise<void> {
  await tx.query('update heartbeat set late_since = to_timestamp($2::float8 / 1000) where id = $1', [id, lateSince])
}

/** One that the file declares by the same name is the file's from now on. */
export async function markOfPlaybook(tx: Tx, id: string): Promise<void> {
  await tx.query(`update heartbeat set origin = 'playbook' where id = $1`, [id])
}

/** Those that were removed and have no alarm any more. */
export async function forgetRemoved(tx: Tx): Promise<void> {
  await tx.query('delete from heartbeat where removed_at is not null and late_since is null')
}

/** What alerts may ping. */
export async function loadPingAlarms(tx: Tx): Promise<{ id: string; alarm: string; labels: Readonly<Record<string, string>> }[]> {
  const { rows } = await tx.query<{ id: string; alarm: string; labels: Record<string, string> }>({
    name: 'load-ping-alarms',
    text: 'select id, alarm, labels from heartbeat where alarm is not null and removed_at is null order by id limit $1',
    values: [HEARTBEATS_MAX],
  })
  return rows
}

function toHeartbeat(row: Row): HeartbeatRow {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    intervalMs: Number(row.interval_ms),
    graceMs: Number(row.grace_ms),
    alarm: row.alarm,
    labels: row.labels,
    message: row.message,
    severityHint: row.severity_hint,
    extra: row.extra,
    origin: row.origin,
    pings: Number(row.pings),
    lastPingAt: toInstant(row.last_ping_at),
    countsFrom: toInstant(row.counts_from),
    backAt: toInstant(row.back_at),
    excuses: row.excuses,
    pausedAt: toInstant(row.paused_at),
    lateSince: toInstant(row.late_since),
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
    removedAt: toInstant(row.removed_at),
  }
}

function toInstant(date: Date | null): Instant | null {
  return date === null ? null : date.getTime()
}
