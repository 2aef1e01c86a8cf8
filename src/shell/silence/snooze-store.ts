/** SQL of snoozes of single alerts. */
import type { Actor } from '../../core/incident/event.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export interface SnoozeRow {
  readonly id: string
  readonly fingerprint: string
  readonly alertId: string
  readonly startsAt: Instant
  readonly until: Instant
  readonly reason: string
  readonly author: Actor
}

const COLUMNS = `id, fingerprint, alert_id, (extract(epoch from starts_at) * 1000)::float8 as starts_at,
  (extract(epoch from until) * 1000)::float8 as until, reason, author`

interface Row {
  readonly id: string
  readonly fingerprint: string
  readonly alert_id: string
  readonly starts_at: number
  readonly until: number
  readonly reason: string
  readonly author: Actor
}

function toSnooze(row: Row): SnoozeRow {
  const { id, fingerprint, reason, author } = row
  return { id, fingerprint, reason, author, alertId: row.alert_id, startsAt: Math.round(row.starts_at), until: Math.round(row.until) }
}

/** Takes the place of an open one of the same alert, whose end then is nobody's business any more. */
export async function insertSnooze(tx: Tx, snooze: SnoozeRow): Promise<void> {
  await tx.query(
    `with before as (update snooze set woken_at = to_timestamp($8::float8 / 1000), until = least(until, to_timestamp($8::float8 / 1000))
       where fingerprint = $2 and woken_at is null)
     insert into snooze (id, fingerprint, alert_id, starts_at, until, reason, author)
     values ($1, $2, $3, to_timestamp($4::float8 / 1000), to_timestamp($5::float8 / 1000), $6, $7::jsonb)`,
    [snooze.id, snooze.fingerprint, snooze.alertId, snooze.startsAt, snooze.until, snooze.reason, JSON.stringify(snooze.author), tx.now],
  )
}

/** Ends the open one of that alert now. @returns it, undefined when there is none */
export async function endSnooze(tx: Tx, fingerprint: string): Promise<SnoozeRow | undefined> {
  const { rows } = await tx.query<Row>(
    `update snooze set until = to_timestamp($2::float8 / 1000)
     where fingerprint = $1 and woken_at is null and until > to_timestamp($2::float8 / 1000) returning ${COLUMNS}`,
    [fingerprint, tx.now],
  )
  return rows[0] === undefined ? undefined : toSnooze(rows[0])
}

export async function findOpenSnooze(tx: Tx, fingerprint: string): Promise<SnoozeRow | undefined> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from snooze where fingerprint = $1 and woken_at is null and until > to_timestamp($2::float8 / 1000)
     order by until desc limit 1`,
    [fingerprint, tx.now],
  )
  return rows[0] === undefined ? undefined : toSnooze(rows[0])
}

/** The one that ran at that instant, or will. */
export async function findSnoozeAt(tx: Tx, fingerprint: string, at: Instant): Promise<SnoozeRow | undefined> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from snooze where fingerprint = $1 and starts_at <= to_timestamp($2::float8 / 1000)
       and until > to_timestamp($2::float8 / 1000) order by until desc limit 1`,
    [fingerprint, at],
  )
  return rows[0] === undefined ? undefined : toSnooze(rows[0])
}

export async function loadOpenSnoozes(tx: Tx, limit: number): Promise<SnoozeRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from snooze where woken_at is null and until > to_timestamp($1::float8 / 1000) order by until limit $2`,
    [tx.now, limit],
  )
  return rows.map(toSnooze)
}

/** Of these, those that run; none of them can change before this transaction ends. */
export async function keepSnoozes(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const { rows } = await tx.query<{ id: string }>({
    name: 'keep-snoozes',
    text: `select id from snooze where id = any($1::uuid[]) and woken_at is null and until > to_timestamp($2::float8 / 1000)
           order by id for share`,
    values: [ids, tx.now],
  })
  return new Set(rows.map((row) => row.id))
}

/** Those whose end has come and was not acted upon, with the alert that fires under their fingerprint. */
export async function listDueSnoozes(tx: Tx, limit: number): Promise<{ readonly id: string; readonly alertId: string | null }[]> {
  const { rows } = await tx.query<{ id: string; alert_id: string | null }>(
    `select s.id, a.id as alert_id from snooze s left join alert a on a.fingerprint = s.fingerprint and a.resolved_at is null
     where s.woken_at is null and s.until <= to_timestamp($1::float8 / 1000) order by s.until limit $2`,
    [tx.now, limit],
  )
  return rows.map((row) => ({ id: row.id, alertId: row.alert_id }))
}

export async function markWoken(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.query('update snooze set woken_at = to_timestamp($2::float8 / 1000) where id = any($1::uuid[]) and woken_at is null', [
    ids,
    tx.now,
  ])
}
