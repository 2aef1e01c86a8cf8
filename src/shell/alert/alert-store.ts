/** SQL of alerts as apply needs it: the latest episodes of many fingerprints, locked; updates and inserts in one statement each. */
import type { Episode } from '../../core/alert/alert.ts'
import type { ChangeReport, Signal } from '../../core/alert/signal.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { arrayText, jsonLines } from './array-text.ts'

/** The latest episode of a fingerprint, as stored. */
export interface LatestAlert {
  readonly id: string
  readonly fingerprint: string
  readonly episode: Episode
  readonly incidentId: string | null
  /** True when it belongs to an incident that is not open any more. */
  readonly incidentOver: boolean
}

interface AlertRow {
  readonly id: string
  readonly fingerprint: string
  readonly starts_at: number | null
  readonly first_at: number
  readonly last_at: number
  readonly ends_at: number | null
  readonly count: number
  readonly value: number | null
  readonly resolved_at: number | null
  readonly incident_id: string | null
  readonly incident_open: boolean | null
}

const ms = (column: string) => `(extract(epoch from a.${column}) * 1000)::float8 as ${column}`
const COLUMNS = `a.id, a.fingerprint, ${ms('starts_at')}, ${ms('first_at')}, ${ms('last_at')}, ${ms('ends_at')}, a.count, a.value,
  ${ms('resolved_at')}, a.incident_id, i.open as incident_open`

/** Index probes whatever was counted when the statement was planned: a storm after a calm makes thousands of what was none. */
const NEWEST = `unnest($1::uuid[]) as asked (fingerprint)
           cross join lateral (
             select * from alert where alert.fingerprint = asked.fingerprint order by alert.resolved_at desc nulls first limit 1
           )`

/** Firing episodes, locked in id order: two servers never wait for each other in a circle. */
export async function lockFiring(tx: Tx, fingerprints: readonly string[]): Promise<LatestAlert[]> {
  const { rows } = await tx.query<AlertRow>({
    name: 'lock-firing-alerts',
    text: `select ${COLUMNS} from alert a left join incident i on i.id = a.incident_id
           where a.id = any(array(select newest.id from ${NEWEST} newest where newest.resolved_at is null)) and a.resolved_at is null
           order by a.id for update of a`,
    values: [arrayText(fingerprints)],
  })
  return rows.map(toLatest)
}

/** The latest episode of each fingerprint that has one, firing before ended, none locked: ended ones never change. */
export async function findLatest(tx: Tx, fingerprints: readonly string[]): Promise<LatestAlert[]> {
  const { rows } = await tx.query<AlertRow>({
    name: 'find-latest-alerts',
    text: `with a as materialized (select newest.* from ${NEWEST} newest)
           select ${COLUMNS} from a left join incident i on i.id = a.incident_id`,
    values: [arrayText(fingerprints)],
  })
  return rows.map(toLatest)
}

function toLatest(row: AlertRow): LatestAlert {
  return {
    id: row.id,
    fingerprint: row.fingerprint,
    episode: {
      startsAt: round(row.starts_at),
      firstAt: Math.round(row.first_at),
      lastAt: Math.round(row.last_at),
      endsAt: round(row.ends_at),
      count: row.count,
      value: row.value,
      resolvedAt: round(row.resolved_at),
    },
    incidentId: row.incident_id,
    incidentOver: row.incident_id !== null && row.incident_open !== true,
  }
}

function round(instant: number | null): Instant | null {
  return instant === null ? null : Math.round(instant)
}

export interface AlertUpdate {
  readonly id: string
  readonly episode: Episode
  readonly incidentId: string | null
}

export async function updateAlerts(tx: Tx, updates: readonly AlertUpdate[]): Promise<void> {
  if (updates.length === 0) return
  await tx.query({
    name: 'update-alerts',
    text: `update alert set starts_at = to_timestamp(new.starts / 1000), last_at = to_timestamp(new.last / 1000),
             ends_at = to_timestamp(new.ends / 1000), count = new.count, value = new.value,
             resolved_at = to_timestamp(new.resolved / 1000), incident_id = new.incident
           from unnest($1::uuid[], $2::float8[], $3::float8[], $4::float8[], $5::bigint[], $6::float8[], $7::float8[], $8::uuid[])
             as new (id, starts, last, ends, count, value, resolved, incident)
           where alert.id = new.id`,
    values: [
      arrayText(updates.map((update) => update.id)),
      arrayText(updates.map(({ episode }) => episode.startsAt)),
      arrayText(updates.map(({ episode }) => episode.lastAt)),
      arrayText(updates.map(({ episode }) => episode.endsAt)),
      arrayText(updates.map(({ episode }) => episode.count)),
      arrayText(updates.map(({ episode }) => episode.value)),
      arrayText(updates.map(({ episode }) => episode.resolvedAt)),
      arrayText(updates.map((update) => update.incidentId)),
    ],
  })
}

export interface NewAlert extends AlertUpdate {
  readonly fingerprint: string
  readonly sourceId: string
  readonly signal: Signal
}

/** @throws a violation of `alert_episode` when another server opened the same episode first: the caller runs again. */
export async function insertAlerts(tx: Tx, alerts: readonly NewAlert[]): Promise<void> {
  if (alerts.length === 0) return
  await tx.query({
    name: 'insert-alerts',
    text: `insert into alert (id, source_id, fingerprint, dedup_key, alarm, title, labels, links, severity_hint, value, starts_at,
             first_at, last_at, ends_at, count, resolved_at, incident_id)
           select new.id, new.source, new.fingerprint, new.dedup_key, new.alarm, new.title, new.labels::jsonb, new.links::jsonb,
             new.hint, new.value, to_timestamp(new.starts / 1000), to_timestamp(new.first / 1000), to_timestamp(new.last / 1000),
             to_timestamp(new.ends / 1000), new.count, to_timestamp(new.resolved / 1000), new.incident
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], string_to_array($7, chr(10)),
             string_to_array($8, chr(10)), $9::text[], $10::float8[], $11::float8[], $12::float8[], $13::float8[], $14::float8[],
             $15::bigint[], $16::float8[], $17::uuid[])
             as new (id, source, fingerprint, dedup_key, alarm, title, labels, links, hint, value, starts, first, last, ends, count, resolved,
               incident)`,
    values: [
      arrayText(alerts.map((alert) => alert.id)),
      arrayText(alerts.map((alert) => alert.sourceId)),
      arrayText(alerts.map((alert) => alert.fingerprint)),
      alerts.map(({ signal }) => signal.dedupKey),
      alerts.map(({ signal }) => signal.alarm),
      alerts.map(({ signal }) => signal.title),
      jsonLines(alerts.map(({ signal }) => signal.labels)),
      jsonLines(alerts.map(({ signal }) => signal.links)),
      alerts.map(({ signal }) => signal.severityHint),
      arrayText(alerts.map(({ episode }) => episode.value)),
      arrayText(alerts.map(({ episode }) => episode.startsAt)),
      arrayText(alerts.map(({ episode }) => episode.firstAt)),
      arrayText(alerts.map(({ episode }) => episode.lastAt)),
      arrayText(alerts.map(({ episode }) => episode.endsAt)),
      arrayText(alerts.map(({ episode }) => episode.count)),
      arrayText(alerts.map(({ episode }) => episode.resolvedAt)),
      arrayText(alerts.map((alert) => alert.incidentId)),
    ],
  })
}

export interface NewChange {
  readonly id: string
  readonly sourceId: string
  readonly change: ChangeReport
  /** When it came, for reports that say no time. */
  readonly receivedAt: Instant
}

export async function insertChanges(tx: Tx, changes: readonly NewChange[]): Promise<void> {
  if (changes.length === 0) return
  await tx.query({
    name: 'insert-changes',
    text: `insert into change_report (id, source_id, title, origin, at, links, details)
           select id, source, title, origin, to_timestamp(at / 1000), links, details
           from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::float8[], $6::jsonb[], $7::jsonb[])
             as new (id, source, title, origin, at, links, details)`,
    values: [
      arrayText(changes.map((entry) => entry.id)),
      arrayText(changes.map((entry) => entry.sourceId)),
      changes.map(({ change }) => change.title),
      changes.map(({ change }) => change.source),
      arrayText(changes.map(({ change, receivedAt }) => change.at ?? receivedAt)),
      changes.map(({ change }) => JSON.stringify(change.links)),
      changes.map(({ change }) => JSON.stringify(change.details)),
    ],
  })
}

/** Open incidents by group key. Not locked: lock them by id, then look again whether they are open. */
export async function findOpenGroups(tx: Tx, keys: readonly string[]): Promise<{ readonly id: string; readonly groupKey: string }[]> {
  if (keys.length === 0) return []
  const { rows } = await tx.query<{ id: string; group_key: string }>({
    name: 'find-open-groups',
    text: 'select id, group_key from incident where open and group_key = any($1::text[])',
    values: [keys],
  })
  return rows.map((row) => ({ id: row.id, groupKey: row.group_key }))
}

/** How many incidents each source has opened since then; counted up to a bound that is past any limit. */
export async function countRecent(tx: Tx, sourceIds: readonly string[], since: Instant): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ source_id: string; count: number }>({
    name: 'count-recent-incidents',
    text: `select source_id, count(*) as count from
             (select source_id from incident where opened_at > to_timestamp($2::float8 / 1000) order by opened_at desc limit 10000) recent
           where source_id = any($1::uuid[]) group by source_id`,
    values: [sourceIds, since],
  })
  return new Map(rows.map((row) => [row.source_id, row.count]))
}

export interface AppliedBatch {
  readonly serverId: string
  /** The server's watermark before and after. */
  readonly from: number
  readonly to: number
  readonly firstReceiptId: number
  readonly encoding: 'identity' | 'zstd'
  readonly outcomes: Buffer
  /** Nothing was opened or paged, and the receipts are on disk: this commit need not wait for the disk, it can be done again. */
  readonly lazy: boolean
}

/** Writes the outcomes and moves the watermark. @returns false when another process has moved it: roll back, look again. */
export async function finishBatch(tx: Tx, batch: AppliedBatch): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'finish-batch',
    text: `with moved as (update server set applied_receipt_id = $3 where id = $1 and applied_receipt_id = $2 returning id)
           insert into applied_batch (server_id, first_receipt_id, last_receipt_id, encoding, outcomes)
           select $1, $4, $3, $5, $6 from moved, set_config('synchronous_commit', $7, true)`,
    values: [batch.serverId, batch.from, batch.to, batch.firstReceiptId, batch.encoding, batch.outcomes, batch.lazy ? 'off' : 'on'],
  })
  return rowCount === 1
}
