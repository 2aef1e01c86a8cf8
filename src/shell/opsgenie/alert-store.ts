/**
 * SQL of alerts as Opsgenie's clients see them: the alert, its overlay, and what its incident says of an acknowledgement.
 * An alert gets its overlay when it is first asked for, made from the receipt that opened it: nothing of this is on the way in.
 */
import { isObject, parseJson } from '../../core/alert/json.ts'
import { PLAIN_ALARM } from '../../core/alert/build.ts'
import { type Overlay, overlayOf, speaker } from '../../core/opsgenie/overlay.ts'
import { type AlertPayload, readAlert, readPriority } from '../../core/opsgenie/payload.ts'
import { UUID } from '../../core/opsgenie/to-signal.ts'
import type { Instant } from '../../core/time.ts'
import { fingerprintOf } from '../alert/fingerprint.ts'
import { FRESH_ID_HEADER } from '../alert/door-table.ts'
import { RECEIPT_COLUMNS, toReceipt } from '../alert/receipt-store.ts'
import type { Tx } from '../database/database.ts'

/** Doors whose receipts hold what an overlay is made from. */
const CREATE_DOORS = ['opsgenie', 'opsgenie-jsm']

export interface Identifier {
  readonly type: 'id' | 'tiny' | 'alias'
  readonly value: string
}

export interface OpsgenieAlert {
  readonly id: string
  readonly tinyId: number
  readonly sourceId: string
  readonly alias: string
  readonly dedupKey: string | null
  readonly alarm: string
  readonly title: string
  readonly labels: Readonly<Record<string, string>>
  readonly count: number
  readonly firstAt: Instant
  readonly lastAt: Instant
  readonly updatedAt: Instant
  readonly resolvedAt: Instant | null
  readonly incidentId: string | null
  readonly incidentAcknowledgedAt: Instant | null
  /** Of the open incident; null: it has none. */
  readonly severity: string | null
  readonly fingerprint: string
  readonly overlay: Overlay
}

/** The one that is meant, with its overlay; an alias means the open alert, else the latest. @returns undefined also for deleted ones */
export async function findAlert(
  tx: Tx,
  sourceId: string,
  identifier: Identifier,
  options?: { lock: boolean },
): Promise<OpsgenieAlert | undefined> {
  const id = await findAlertId(tx, sourceId, identifier)
  if (id === undefined) return undefined
  await adopt(tx, sourceId, [id])
  const { rows } = await tx.query<AlertRow>(
    `${SELECT} where o.alert_id = $1 and o.overlay ->> 'deletedAt' is null ${options?.lock === true ? 'for update of o' : ''}`,
    [id],
  )
  return rows[0] === undefined ? undefined : toAlert(rows[0])
}

async function findAlertId(tx: Tx, sourceId: string, { type, value }: Identifier): Promise<string | undefined> {
  const query = (text: string, values: readonly unknown[]) => tx.query<{ id: string }>(text, values)
  if (type === 'tiny') {
    if (!/^\d{1,15}$/.test(value)) return undefined
    const { rows } = await query('select alert_id as id from opsgenie_alert where tiny_id = $1 and source_id = $2', [
      Number(value),
      sourceId,
    ])
    return rows[0]?.id
  }
  if (type === 'id') {
    if (!UUID.test(value)) return undefined
    const { rows } = await query('select id from alert where id = $1 and source_id = $2', [value, sourceId])
    return rows[0]?.id
  }
  const fingerprint = fingerprintOfAlias(sourceId, value)
  const { rows } = await query('select id from alert where fingerprint = $1 order by resolved_at desc nulls first limit 1', [fingerprint])
  return rows[0]?.id
}

export function fingerprintOfAlias(sourceId: string, alias: string): string {
  return fingerprintOf(sourceId, { ...NAMELESS, dedupKey: alias })
}
const NAMELESS = {
  alarm: '',
  status: 'firing',
  title: '',
  summary: null,
  dedupKey: null,
  severityHint: null,
  value: null,
  labels: {},
  links: [],
  startsAt: null,
  endsAt: null,
} as const

interface UnadoptedRow {
  readonly id: string
  readonly dedup_key: string | null
  readonly title: string
  readonly labels: Record<string, string>
  readonly severity_hint: string | null
  readonly first_at: Date
}

/** Makes the overlays that are missing of these alerts. */
export async function adopt(tx: Tx, sourceId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const { rows } = await tx.query<UnadoptedRow>(
    `select a.id, a.dedup_key, a.title, a.labels, a.severity_hint, a.first_at from alert a
     where a.id = any($1::uuid[]) and not exists (select from opsgenie_alert o where o.alert_id = a.id) order by a.id`,
    [ids],
  )
  if (rows.length === 0) return
  const created = await findCreates(
    tx,
    sourceId,
    rows.map((row) => row.first_at),
  )
  const payloads = new Map(rows.map((row) => [row.id, created.get(keyOf(row.first_at, row.dedup_key)) ?? fromLabels(row)]))
  const { rows: adopted } = await tx.query<{ id: string; at: Date }>(
    `insert into opsgenie_alert (alert_id, source_id, overlay, updated_at)
     select new.id, $2, new.overlay, new.at from unnest($1::uuid[], $3::jsonb[], $4::timestamptz[]) as new (id, overlay, at)
     on conflict do nothing returning alert_id as id, updated_at as at`,
    [
      rows.map((row) => row.id),
      sourceId,
      [...payloads.values()].map((payload) => JSON.stringify(overlayOf(payload))),
      rows.map((row) => row.first_at),
    ],
  )
  const entries = adopted.flatMap(({ id, at }) => {
    const payload = payloads.get(id)
    return payload === undefined ? [] : beginnings(payload).map((entry) => ({ ...entry, alertId: id, at: at.getTime() }))
  })
  await insertEntries(tx, entries)
}

/** What the log of an alert begins with. */
function beginnings(payload: AlertPayload): NewEntry[] {
  const owner = speaker(payload)
  return [
    { kind: 'log', text: 'Alert created', owner },
    ...(payload.note === null ? [] : [{ kind: 'note' as const, text: payload.note, owner }]),
  ]
}

/** An alert begins at the very millisecond at which the receipt that opened it came. */
async function findCreates(tx: Tx, sourceId: string, moments: readonly Date[]): Promise<Map<string, AlertPayload>> {
  const { rows } = await tx.query<Parameters<typeof toReceipt>[0]>(
    `select ${RECEIPT_COLUMNS} from receipt r left join source s on s.id = r.source_id
     where r.received_at = any($1::timestamptz[]) and r.source_id = $2 and r.door = any($3::text[]) and r.refused is null
     order by r.id desc`,
    [moments, sourceId, CREATE_DOORS],
  )
  const created = new Map<string, AlertPayload>()
  for (const row of rows) {
    const receipt = toReceipt(row)
    const alert = payloadOf(receipt.body)
    const key = alert?.alias ?? withDashes(receipt.headers[FRESH_ID_HEADER] ?? '')
    if (alert !== null) created.set(keyOf(row.received_at, key), alert)
  }
  return created
}

export function payloadOf(body: Buffer): AlertPayload | null {
  const json = parseJson(body)
  return json.kind === 'value' && isObject(json.value) ? readAlert(json.value) : null
}

function keyOf(at: Date, alias: string | null): string {
  return `${at.getTime()} ${alias ?? ''}`
}

function withDashes(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Of an alert that came by another door, or whose receipt is gone. */
function fromLabels({ title, labels, severity_hint }: UnadoptedRow): AlertPayload {
  const { tags, entity, source, priority: _, ...details } = labels
  return {
    message: title,
    alias: null,
    description: null,
    responders: [],
    visibleTo: [],
    actions: [],
    tags: tags === undefined ? [] : tags.split(','),
    details,
    entity: entity ?? null,
    source: source ?? null,
    priority: readPriority(severity_hint),
    user: null,
    note: null,
  }
}

/** Alerts that one page looks at. */
export const ADOPTED_PAGE = 5_000
const ADOPTED_AT_ONCE = 500

export interface AdoptedPage {
  /** The oldest that was looked at: the next page begins below it. Null: there is none older. */
  readonly last: string | null
  /** The oldest was not adopted before: what is older may not be either. */
  readonly lastWasNew: boolean
}

/** A page of a source's alerts, newest first, below the id that is given or from the newest on. */
export async function adoptPage(tx: Tx, sourceId: string, below: string | null): Promise<AdoptedPage> {
  const { rows } = await tx.query<{ ids: string[] | null; last: string | null; looked: number }>(
    `with page as (
       select id, alarm from alert where source_id = $1 and ($2::uuid is null or id < $2) order by id desc limit ${ADOPTED_PAGE})
     select (array_agg(id order by id))[1] as last, count(*) as looked,
       array_agg(id order by id desc) filter (
         where alarm <> $3 and not exists (select from opsgenie_alert o where o.alert_id = page.id)) as ids
     from page`,
    [sourceId, below, PLAIN_ALARM],
  )
  const { ids, last = null, looked = 0 } = rows[0] ?? {}
  const missing = ids ?? []
  for (let at = 0; at < missing.length; at += ADOPTED_AT_ONCE) await adopt(tx, sourceId, missing.slice(at, at + ADOPTED_AT_ONCE))
  return { last: looked < ADOPTED_PAGE ? null : last, lastWasNew: last !== null && missing.at(-1) === last }
}

export interface AlertRow {
  readonly id: string
  readonly tiny_id: number
  readonly source_id: string
  readonly fingerprint: string
  readonly dedup_key: string | null
  readonly alarm: string
  readonly title: string
  readonly labels: Record<string, string>
  readonly count: number
  readonly first_at: Date
  readonly last_at: Date
  readonly resolved_at: Date | null
  readonly incident_id: string | null
  readonly acknowledged_at: Date | null
  readonly severity: string | null
  readonly overlay: Overlay
  readonly updated_at: Date
}

export const SELECT = `
  select a.id, o.tiny_id, a.source_id, a.fingerprint, a.dedup_key, a.alarm, a.title, a.labels, a.count, a.first_at, a.last_at,
    a.resolved_at, a.incident_id, i.acknowledged_at, case when i.open then i.severity end as severity, o.overlay, o.updated_at
  from opsgenie_alert o join alert a on a.id = o.alert_id left join incident i on i.id = a.incident_id`

export function toAlert(row: AlertRow): OpsgenieAlert {
  return {
    id: row.id,
    tinyId: row.tiny_id,
    sourceId: row.source_id,
    alias: row.dedup_key ?? row.fingerprint,
    dedupKey: row.dedup_key,
    alarm: row.alarm,
    title: row.title,
    labels: row.labels,
    count: row.count,
    firstAt: row.first_at.getTime(),
    lastAt: row.last_at.getTime(),
    updatedAt: Math.max(row.updated_at.getTime(), row.last_at.getTime(), row.resolved_at?.getTime() ?? 0),
    resolvedAt: row.resolved_at?.getTime() ?? null,
    incidentId: row.incident_id,
    incidentAcknowledgedAt: row.acknowledged_at?.getTime() ?? null,
    severity: row.severity,
    fingerprint: row.fingerprint,
    overlay: row.overlay,
  }
}

export async function updateOverlay(tx: Tx, id: string, overlay: Overlay): Promise<void> {
  await tx.query(
    `update opsgenie_alert set overlay = $2, snoozed_until = to_timestamp($3::float8 / 1000), updated_at = to_timestamp($4::float8 / 1000)
     where alert_id = $1`,
    [id, JSON.stringify(overlay), overlay.snoozedUntil, tx.now],
  )
}

export interface Entry {
  readonly id: number
  readonly text: string
  readonly owner: string
  readonly at: Instant
}

export interface NewEntry {
  readonly kind: 'note' | 'log'
  readonly text: string
  readonly owner: string
}

export async function appendEntries(tx: Tx, alertId: string, entries: readonly NewEntry[], at: Instant = tx.now): Promise<void> {
  await insertEntries(
    tx,
    entries.map((entry) => ({ ...entry, alertId, at })),
  )
}

async function insertEntries(tx: Tx, entries: readonly (NewEntry & { readonly alertId: string; readonly at: Instant })[]): Promise<void> {
  if (entries.length === 0) return
  await tx.query(
    `insert into opsgenie_entry (alert_id, kind, text, owner, at)
     select new.alert_id, new.kind, new.text, new.owner, to_timestamp(new.at / 1000)
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::float8[]) with ordinality as new (alert_id, kind, text, owner, at, place)
     order by new.place`,
    [
      entries.map(({ alertId }) => alertId),
      entries.map(({ kind }) => kind),
      entries.map(({ text }) => text),
      entries.map(({ owner }) => owner),
      entries.map(({ at }) => at),
    ],
  )
}

export interface EntryPage {
  readonly kind: 'note' | 'log'
  /** Entries after this one in the order; null: from the start. */
  readonly after: number | null
  readonly order: 'asc' | 'desc'
  /** `prev`: the page that ends before that entry. */
  readonly direction: 'next' | 'prev'
  readonly limit: number
}

/** In the order that was asked for. */
export async function listEntries(tx: Tx, alertId: string, { kind, after, order, direction, limit }: EntryPage): Promise<Entry[]> {
  const rises = (order === 'asc') === (direction === 'next')
  const { rows } = await tx.query<{ id: number; text: string; owner: string; at: Date }>(
    `select id, text, owner, at from opsgenie_entry
     where alert_id = $1 and kind = $2 and ($3::bigint is null or id ${rises ? '>' : '<'} $3)
     order by id ${rises ? 'asc' : 'desc'} limit $4`,
    [alertId, kind, after, limit],
  )
  const entries = rows.map((row) => ({ id: row.id, text: row.text, owner: row.owner, at: row.at.getTime() }))
  return direction === 'next' ? entries : entries.toReversed()
}

/** Snoozes that are over, by their time or because somebody woke the alert; locked for whoever ends them. */
export async function lockWokenAlerts(tx: Tx, limit: number): Promise<OpsgenieAlert[]> {
  const { rows } = await tx.query<AlertRow>(
    `${SELECT} where o.snoozed_until is not null and (o.snoozed_until <= to_timestamp($1::float8 / 1000) or not exists (
         select from snooze s where s.fingerprint = a.fingerprint and s.woken_at is null and s.until > to_timestamp($1::float8 / 1000)))
     order by o.alert_id limit $2 for update of o skip locked`,
    [tx.now, limit],
  )
  return rows.map(toAlert)
}

/** How many other alerts of the incident fire. */
export async function countOthersFiring(tx: Tx, alert: Pick<OpsgenieAlert, 'id' | 'incidentId'>): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    'select count(*) as count from alert where incident_id = $1 and id <> $2 and resolved_at is null',
    [alert.incidentId, alert.id],
  )
  return rows[0]?.count ?? 0
}

/** The roles that an alert's incident has paged, with how each page stands; people's names are not for senders. */
export async function listPaged(
  tx: Tx,
  incidentId: string,
): Promise<{ id: string; role: string; state: string; createdAt: Instant; updatedAt: Instant }[]> {
  const { rows } = await tx.query<{ person_id: string; role: string; state: string; created_at: Date; acknowledged_at: Date | null }>(
    `select p.person_id, p.role, p.state, p.created_at, p.acknowledged_at from page p join incident i on i.id = p.incident_id
     where p.incident_id = $1 and not i.private order by p.created_at limit 100`,
    [incidentId],
  )
  return rows.map((row) => ({
    id: row.person_id,
    role: row.role,
    state: row.state,
    createdAt: row.created_at.getTime(),
    updatedAt: (row.acknowledged_at ?? row.created_at).getTime(),
  }))
}
