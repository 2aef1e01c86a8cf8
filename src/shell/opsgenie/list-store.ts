/** SQL of lists and counts of alerts, by a search query. Everything that a sender wrote is a parameter. */
import type { Condition, FlagField, NumberField, TextField } from '../../core/opsgenie/query.ts'
import type { Tx } from '../database/database.ts'
import { type AlertRow, type OpsgenieAlert, SELECT, toAlert } from './alert-store.ts'

export const SORTS = [
  'createdAt',
  'updatedAt',
  'tinyId',
  'alias',
  'message',
  'status',
  'acknowledged',
  'isSeen',
  'snoozed',
  'snoozedUntil',
  'count',
  'lastOccurredAt',
  'source',
  'owner',
  'integration.name',
  'integration.type',
  'report.ackTime',
  'report.closeTime',
  'report.acknowledgedBy',
  'report.closedBy',
] as const
export type Sort = (typeof SORTS)[number]

export interface AlertList {
  readonly sourceId: string
  readonly condition: Condition
  readonly sort: Sort
  readonly order: 'asc' | 'desc'
  readonly offset: number
  readonly limit: number
}

const ms = (column: string) => `extract(epoch from ${column}) * 1000`
/** An acknowledgement by this API or of the incident, unless it was taken back since. */
const ACKNOWLEDGED = `(a.resolved_at is null and (o.overlay ->> 'acknowledgedAt' is not null
  or (i.acknowledged_at is not null and o.overlay ->> 'unacknowledgedAt' is null)))`
const SNOOZED = '(a.resolved_at is null and o.snoozed_until > to_timestamp($2::float8 / 1000))'
const STATUS = `case when a.resolved_at is null then 'open' else 'closed' end`
const UPDATED = 'greatest(o.updated_at, a.last_at, a.resolved_at)'

const ORDER_BY: Readonly<Record<Sort, string>> = {
  createdAt: 'a.first_at',
  updatedAt: UPDATED,
  tinyId: 'o.tiny_id',
  alias: 'a.dedup_key',
  message: `o.overlay ->> 'message'`,
  status: STATUS,
  acknowledged: ACKNOWLEDGED,
  isSeen: ACKNOWLEDGED,
  snoozed: SNOOZED,
  snoozedUntil: 'o.snoozed_until',
  count: 'a.count',
  lastOccurredAt: 'a.last_at',
  source: `o.overlay ->> 'source'`,
  owner: `o.overlay ->> 'owner'`,
  // All alerts that a key sees are of one integration.
  'integration.name': 'a.id',
  'integration.type': 'a.id',
  'report.ackTime': `o.overlay ->> 'acknowledgedAt'`,
  'report.closeTime': 'a.resolved_at',
  'report.acknowledgedBy': `o.overlay ->> 'acknowledgedBy'`,
  'report.closedBy': `o.overlay ->> 'closedBy'`,
}

export async function listAlerts(tx: Tx, list: AlertList): Promise<OpsgenieAlert[]> {
  const values: unknown[] = [list.sourceId, tx.now, list.limit, list.offset]
  const where = toSql(list.condition, values)
  const { rows } = await tx.query<AlertRow>(
    `${SELECT} where o.source_id = $1 and $2::float8 is not null and o.overlay ->> 'deletedAt' is null and ${where}
     order by ${ORDER_BY[list.sort]} ${list.order} nulls last, a.id ${list.order} limit $3 offset $4`,
    values,
  )
  return rows.map(toAlert)
}

export async function countAlerts(tx: Tx, sourceId: string, condition: Condition): Promise<number> {
  const values: unknown[] = [sourceId, tx.now]
  const where = toSql(condition, values)
  const { rows } = await tx.query<{ count: number }>(
    `select count(*) as count from (${SELECT} where o.source_id = $1 and $2::float8 is not null and o.overlay ->> 'deletedAt' is null and ${where}) found`,
    values,
  )
  return rows[0]?.count ?? 0
}

/** A condition's SQL; its values are added to the parameters. */
function toSql(condition: Condition, values: unknown[]): string {
  switch (condition.kind) {
    case 'all':
      return condition.of.length === 0 ? 'true' : `(${condition.of.map((one) => toSql(one, values)).join(' and ')})`
    case 'any':
      return `(${condition.of.map((one) => toSql(one, values)).join(' or ')})`
    case 'not':
      return `not coalesce(${toSql(condition.of, values)}, false)`
    case 'flag':
      return `${FLAGS[condition.field]} = ${condition.value ? 'true' : 'false'}`
    case 'number':
      values.push(condition.value)
      return `${NUMBERS[condition.field]} ${condition.comparison === '!=' ? '<>' : condition.comparison} $${values.length}::float8`
    case 'text':
      return textSql(condition.field, condition.value, values)
  }
}

const FLAGS: Readonly<Record<FlagField, string>> = { acknowledged: ACKNOWLEDGED, snoozed: SNOOZED, isSeen: ACKNOWLEDGED }
const NUMBERS: Readonly<Record<NumberField, string>> = {
  createdAt: ms('a.first_at'),
  updatedAt: ms(UPDATED),
  lastOccurredAt: ms('a.last_at'),
  snoozedUntil: ms('o.snoozed_until'),
  count: 'a.count',
}

/** Names are compared whole; `message`, `description` and anything hold the words somewhere. */
function textSql(field: TextField, value: string, values: unknown[]): string {
  const isWords = field === 'message' || field === 'description' || field === 'anything'
  const pattern = escapeLike(value).replaceAll('*', '%')
  values.push(isWords ? `%${pattern}%` : pattern)
  const like = `ilike $${values.length}`
  switch (field) {
    case 'anything':
      return `(o.overlay ->> 'message' ${like} or a.dedup_key ${like} or o.overlay ->> 'description' ${like})`
    case 'status':
      return `${STATUS} ${like}`
    case 'alias':
      return `coalesce(a.dedup_key, a.fingerprint::text) ${like}`
    case 'id':
      return `a.id::text ${like}`
    case 'tinyId':
      return `o.tiny_id::text ${like}`
    case 'tag':
      return `exists (select from jsonb_array_elements_text(o.overlay -> 'tags') tag where tag ${like})`
    case 'detailKey':
      return `exists (select from jsonb_object_keys(o.overlay -> 'details') name where name ${like})`
    case 'detailValue':
      return `exists (select from jsonb_each_text(o.overlay -> 'details') detail where detail.value ${like})`
    case 'responder':
      return `exists (select from jsonb_array_elements(o.overlay -> 'responders') one where one ->> 'name' ${like} or one ->> 'id' ${like})`
    case 'message':
    case 'description':
    case 'entity':
    case 'source':
    case 'owner':
    case 'priority':
      return `o.overlay ->> '${field}' ${like}`
  }
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
