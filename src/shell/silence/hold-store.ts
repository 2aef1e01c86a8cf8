/** SQL of held alerts: who holds which, and which are to be aimed again. */
import type { Episode } from '../../core/alert/alert.ts'
import type { HoldKind } from '../../core/alert/hold.ts'
import type { Signal } from '../../core/alert/signal.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export interface HoldRow {
  readonly alertId: string
  readonly by: HoldKind
  readonly refId: string
  readonly key: string
  readonly both: boolean
  readonly version: number
  readonly reason: string
  readonly until: Instant | null
  /** It was over before the transaction ended: only for the record. */
  readonly over: boolean
  /** What aiming again needs and the alert does not keep. */
  readonly sourceKind: string
  readonly summary: string | null
  readonly plain: boolean
}

/** A row that says the same already is left alone. @returns what holds each alert that nothing has held before */
export async function saveHolds(tx: Tx, holds: readonly HoldRow[]): Promise<readonly HoldKind[]> {
  if (holds.length === 0) return []
  const { rows } = await tx.query<{ by_kind: HoldKind; fresh: boolean }>({
    name: 'save-holds',
    text: `insert into alert_hold (alert_id, by_kind, ref_id, ref_key, ref_both, version, reason, held_at, due_at, ended_at, source_kind,
             summary, plain)
           select new.alert_id, new.by_kind, new.ref_id, new.ref_key, new.ref_both, new.version, new.reason,
             to_timestamp($8::float8 / 1000), to_timestamp(new.due / 1000), case when new.over then to_timestamp($8::float8 / 1000) end,
             new.source_kind, new.summary, new.plain
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::int[], $7::text[], $9::float8[], $10::bool[],
             $11::text[], $12::text[], $13::bool[])
             as new (alert_id, by_kind, ref_id, ref_key, ref_both, version, reason, due, over, source_kind, summary, plain)
           on conflict (alert_id) do update set by_kind = excluded.by_kind, ref_id = excluded.ref_id, ref_key = excluded.ref_key,
             ref_both = excluded.ref_both, version = excluded.version, reason = excluded.reason, held_at = excluded.held_at,
             due_at = excluded.due_at, ended_at = excluded.ended_at, source_kind = excluded.source_kind
           where (alert_hold.by_kind, alert_hold.ref_id, alert_hold.ref_key, alert_hold.version, alert_hold.due_at, alert_hold.ended_at)
             is distinct from
             (excluded.by_kind, excluded.ref_id, excluded.ref_key, excluded.version, excluded.due_at, excluded.ended_at)
           returning by_kind, xmax = 0 as fresh`,
    values: [
      holds.map((hold) => hold.alertId),
      holds.map((hold) => hold.by),
      holds.map((hold) => hold.refId),
      holds.map((hold) => hold.key),
      holds.map((hold) => hold.both),
      holds.map((hold) => hold.version),
      holds.map((hold) => hold.reason),
      tx.now,
      holds.map((hold) => hold.until),
      holds.map((hold) => hold.over),
      holds.map((hold) => hold.sourceKind),
      holds.map((hold) => hold.summary),
      holds.map((hold) => hold.plain),
    ],
  })
  return rows.flatMap((row) => (row.fresh ? [row.by_kind] : []))
}

export async function endHolds(tx: Tx, alertIds: readonly string[]): Promise<void> {
  if (alertIds.length === 0) return
  await tx.query({
    name: 'end-holds',
    text: 'update alert_hold set ended_at = to_timestamp($2::float8 / 1000) where alert_id = any($1::uuid[]) and ended_at is null',
    values: [alertIds, tx.now],
  })
}

/** What it holds is to be aimed again, now or, where it only ends at another time, then. */
export async function moveDue(tx: Tx, ref: { readonly by: HoldKind; readonly refId: string }, dueAt: Instant): Promise<void> {
  await tx.query(`update alert_hold set due_at = to_timestamp($3::float8 / 1000) where by_kind = $1 and ref_id = $2 and ended_at is null`, [
    ref.by,
    ref.refId,
    dueAt,
  ])
}

/** Alerts whose hold is over, longest first. */
export async function listDueHolds(tx: Tx, limit: number): Promise<string[]> {
  const { rows } = await tx.query<{ alert_id: string }>({
    name: 'list-due-holds',
    text: `select alert_id from alert_hold where ended_at is null and due_at <= to_timestamp($1::float8 / 1000) order by due_at limit $2`,
    values: [tx.now, limit],
  })
  return rows.map((row) => row.alert_id)
}

/** When the next one is over; null: none is. */
export async function findNextDue(tx: Tx): Promise<Instant | null> {
  const { rows } = await tx.query<{ due: number | null }>(
    `select (extract(epoch from least(
       (select min(due_at) from alert_hold where ended_at is null and due_at is not null),
       (select min(until) from snooze where woken_at is null))) * 1000)::float8 as due`,
  )
  const due = rows[0]?.due ?? null
  return due === null ? null : Math.ceil(due)
}

/** Inhibited alerts that nothing inhibits any more: their source has ended, or the playbook has not the rule. */
export async function listUninhibited(tx: Tx, rules: readonly string[], limit: number): Promise<string[]> {
  const { rows } = await tx.query<{ alert_id: string }>({
    name: 'list-uninhibited',
    text: `select h.alert_id from alert_hold h
           where h.by_kind = 'inhibition' and h.ended_at is null and (h.ref_id <> all($1::text[]) or not exists (
             select from inhibitor i join alert a on a.id = i.alert_id
             where i.rule = h.ref_id and md5(i.key) = md5(h.ref_key) and i.key = h.ref_key and not (h.ref_both and i.both_sides)
               and a.resolved_at is null and a.id <> h.alert_id))
           limit $2`,
    values: [rules, limit],
  })
  return rows.map((row) => row.alert_id)
}

/** A held alert with all that aiming it again needs. */
export interface HeldAlert {
  readonly id: string
  readonly fingerprint: string
  readonly sourceId: string
  readonly sourceName: string
  readonly incidentId: string | null
  readonly incidentOver: boolean
  readonly episode: Episode
  readonly signal: Signal
  readonly sourceKind: string
  readonly plain: boolean
  /** Why it was held; null: it was not. */
  readonly reason: string | null
  readonly by: HoldKind | null
}

interface HeldRow {
  readonly id: string
  readonly fingerprint: string
  readonly source_id: string
  readonly source_name: string | null
  readonly fallback_kind: string | null
  readonly incident_id: string | null
  readonly incident_open: boolean | null
  readonly dedup_key: string | null
  readonly alarm: string
  readonly title: string
  readonly labels: Readonly<Record<string, string>>
  readonly links: Signal['links']
  readonly severity_hint: string | null
  readonly value: number | null
  readonly starts_at: number | null
  readonly first_at: number
  readonly last_at: number
  readonly ends_at: number | null
  readonly count: number
  readonly resolved_at: number | null
  readonly source_kind: string | null
  readonly summary: string | null
  readonly plain: boolean | null
  readonly reason: string | null
  readonly by_kind: HoldKind | null
}

const ms = (column: string) => `(extract(epoch from a.${column}) * 1000)::float8 as ${column}`

/** Locked; those that another transaction has in hand are left out. */
export async function lockHeldAlerts(tx: Tx, ids: readonly string[]): Promise<HeldAlert[]> {
  const { rows } = await tx.query<HeldRow>({
    name: 'lock-held-alerts',
    text: `select a.id, a.fingerprint, a.source_id, s.name as source_name, s.kind as fallback_kind, a.incident_id, i.open as incident_open,
             a.dedup_key, a.alarm, a.title, a.labels, a.links, a.severity_hint, a.value, ${ms('starts_at')}, ${ms('first_at')},
             ${ms('last_at')}, ${ms('ends_at')}, a.count::float8 as count, ${ms('resolved_at')}, h.source_kind, h.summary, h.plain, h.reason,
             h.by_kind
           from alert a left join source s on s.id = a.source_id left join incident i on i.id = a.incident_id
             left join alert_hold h on h.alert_id = a.id
           where a.id = any($1::uuid[]) order by a.id for update of a skip locked`,
    values: [ids],
  })
  return rows.map(toHeldAlert)
}

function toHeldAlert(row: HeldRow): HeldAlert {
  const episode: Episode = {
    startsAt: round(row.starts_at),
    firstAt: Math.round(row.first_at),
    lastAt: Math.round(row.last_at),
    endsAt: round(row.ends_at),
    count: row.count,
    value: row.value,
    resolvedAt: round(row.resolved_at),
  }
  return {
    id: row.id,
    fingerprint: row.fingerprint,
    sourceId: row.source_id,
    sourceName: row.source_name ?? 'A source',
    incidentId: row.incident_id,
    incidentOver: row.incident_id !== null && row.incident_open !== true,
    episode,
    signal: {
      alarm: row.alarm,
      status: 'firing',
      title: row.title,
      summary: row.summary,
      dedupKey: row.dedup_key,
      severityHint: row.severity_hint,
      value: row.value,
      labels: row.labels,
      links: row.links,
      startsAt: episode.startsAt,
      endsAt: episode.endsAt,
    },
    sourceKind: row.source_kind ?? row.fallback_kind ?? '',
    plain: row.plain ?? false,
    reason: row.reason,
    by: row.by_kind,
  }
}

function round(instant: number | null): Instant | null {
  return instant === null ? null : Math.round(instant)
}

/** Its incident from now on, with the signals it has had so far. */
export async function placeHeld(tx: Tx, placed: readonly { readonly id: string; readonly incidentId: string }[]): Promise<void> {
  if (placed.length === 0) return
  await tx.query({
    name: 'place-held',
    text: `update alert set incident_id = new.incident from unnest($1::uuid[], $2::uuid[]) as new (id, incident) where alert.id = new.id`,
    values: [placed.map((one) => one.id), placed.map((one) => one.incidentId)],
  })
}

/** How many firing alerts each of them holds now. */
export async function countHolding(tx: Tx, by: HoldKind, refIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (refIds.length === 0) return new Map()
  const { rows } = await tx.query<{ ref_id: string; count: number }>(
    `select h.ref_id, count(*)::float8 as count from alert_hold h join alert a on a.id = h.alert_id
     where h.by_kind = $1 and h.ref_id = any($2::text[]) and h.ended_at is null and a.resolved_at is null group by h.ref_id`,
    [by, refIds],
  )
  return new Map(rows.map((row) => [row.ref_id, row.count]))
}

/** Firing alerts that are held by what is over for so long, whatever their rows say of its end: nothing that runs well leaves any. */
export async function countForgotten(tx: Tx, lateMs: number): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `with late as (select to_timestamp(($1::float8 - $2::float8) / 1000) as at)
     select count(*)::float8 as count from late, alert_hold h join alert a on a.id = h.alert_id
     where h.ended_at is null and a.resolved_at is null and a.incident_id is null and h.held_at < late.at and (
       h.due_at < late.at
       or (h.due_at is null and h.by_kind not in ('inhibition', 'observe'))
       or case h.by_kind
         when 'silence' then not exists (select from silence s where s.id::text = h.ref_id and s.ends_at >= late.at)
         when 'snooze' then not exists (select from snooze s where s.id::text = h.ref_id and s.until >= late.at)
         when 'maintenance' then not exists (
           select from maintenance m where m.id::text = h.ref_id and (m.updated_at >= late.at or (m.ended_at is null and m.version = h.version)))
         else false end)`,
    [tx.now, lateMs],
  )
  return rows[0]?.count ?? 0
}

/** To be tried again later: it could not be aimed. */
export async function postponeHolds(tx: Tx, alertIds: readonly string[], untilMs: Instant): Promise<void> {
  await tx.query('update alert_hold set due_at = to_timestamp($2::float8 / 1000) where alert_id = any($1::uuid[]) and ended_at is null', [
    alertIds,
    untilMs,
  ])
}
