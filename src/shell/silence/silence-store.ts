/** SQL of silences. A silence never goes: what it held is explained by it for ever. */
import type { Actor } from '../../core/incident/event.ts'
import type { Matcher } from '../../core/silence/matcher.ts'
import type { Silence, SilenceState } from '../../core/silence/silence.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

const at = (column: string) => `(extract(epoch from ${column}) * 1000)::float8 as ${column}`
const COLUMNS = `id, matchers, ${at('starts_at')}, ${at('ends_at')}, reason, author, created_by, ${at('created_at')}, ${at('updated_at')},
  ${at('expired_at')}, expired_by`

interface Row {
  readonly id: string
  readonly matchers: readonly Matcher[]
  readonly starts_at: number
  readonly ends_at: number
  readonly reason: string
  readonly author: Actor
  readonly created_by: string
  readonly created_at: number
  readonly updated_at: number
  readonly expired_at: number | null
  readonly expired_by: Actor | null
}

function toSilence(row: Row): Silence {
  return {
    id: row.id,
    matchers: row.matchers,
    startsAt: Math.round(row.starts_at),
    endsAt: Math.round(row.ends_at),
    reason: row.reason,
    author: row.author,
    createdBy: row.created_by,
    createdAt: Math.round(row.created_at),
    updatedAt: Math.round(row.updated_at),
    expiredAt: row.expired_at === null ? null : Math.round(row.expired_at),
    expiredBy: row.expired_by,
  }
}

export async function insertSilence(tx: Tx, silence: Silence): Promise<void> {
  await tx.query(
    `insert into silence (id, matchers, starts_at, ends_at, reason, author, created_by, created_at, updated_at)
     values ($1, $2::jsonb, to_timestamp($3::float8 / 1000), to_timestamp($4::float8 / 1000), $5, $6::jsonb, $7,
       to_timestamp($8::float8 / 1000), to_timestamp($9::float8 / 1000))`,
    [
      silence.id,
      JSON.stringify(silence.matchers),
      silence.startsAt,
      silence.endsAt,
      silence.reason,
      JSON.stringify(silence.author),
      silence.createdBy,
      silence.createdAt,
      silence.updatedAt,
    ],
  )
}

/** Writes what may change; the matchers never do. */
export async function updateSilence(tx: Tx, silence: Silence): Promise<void> {
  await tx.query(
    `update silence set starts_at = to_timestamp($2::float8 / 1000), ends_at = to_timestamp($3::float8 / 1000), reason = $4,
       updated_at = to_timestamp($5::float8 / 1000), expired_at = to_timestamp($6::float8 / 1000), expired_by = $7::jsonb
     where id = $1`,
    [
      silence.id,
      silence.startsAt,
      silence.endsAt,
      silence.reason,
      silence.updatedAt,
      silence.expiredAt,
      silence.expiredBy === null ? null : JSON.stringify(silence.expiredBy),
    ],
  )
}

export async function findSilence(tx: Tx, id: string): Promise<Silence | undefined> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from silence where id = $1`, [id])
  return rows[0] === undefined ? undefined : toSilence(rows[0])
}

/** Whoever holds alerts by it meanwhile is waited for, and waits for the change. */
export async function lockSilence(tx: Tx, id: string): Promise<Silence | undefined> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from silence where id = $1 for update`, [id])
  return rows[0] === undefined ? undefined : toSilence(rows[0])
}

/** Those that run or will, soonest end first. */
export async function loadOpenSilences(tx: Tx, limit: number): Promise<Silence[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from silence where ends_at > to_timestamp($1::float8 / 1000) order by ends_at, id limit $2`,
    [tx.now, limit],
  )
  return rows.map(toSilence)
}

/** Those that ran at that instant, or will. */
export async function loadSilencesAt(tx: Tx, instant: Instant, limit: number): Promise<Silence[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from silence where starts_at <= to_timestamp($1::float8 / 1000) and ends_at > to_timestamp($1::float8 / 1000)
     order by ends_at desc, id limit $2`,
    [instant, limit],
  )
  return rows.map(toSilence)
}

export async function countOpenSilences(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    'select count(*)::float8 as count from silence where ends_at > to_timestamp($1::float8 / 1000)',
    [tx.now],
  )
  return rows[0]?.count ?? 0
}

/** Latest end first, so that what holds or will hold comes before what is over. */
export async function listSilences(tx: Tx, asked: { readonly state: SilenceState | null; readonly limit: number }): Promise<Silence[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from silence
     where case $2::text
         when 'expired' then ends_at <= to_timestamp($1::float8 / 1000)
         when 'pending' then ends_at > to_timestamp($1::float8 / 1000) and starts_at > to_timestamp($1::float8 / 1000)
         when 'active' then ends_at > to_timestamp($1::float8 / 1000) and starts_at <= to_timestamp($1::float8 / 1000)
         else true end
     order by ends_at desc, id desc limit $3`,
    [tx.now, asked.state, asked.limit],
  )
  return rows.map(toSilence)
}

/** Of these, those that hold now; none of them can change before this transaction ends. */
export async function keepActiveSilences(tx: Tx, ids: readonly string[], now: Instant): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const { rows } = await tx.query<{ id: string }>({
    name: 'keep-active-silences',
    text: `select id from silence where id = any($1::uuid[]) and starts_at <= to_timestamp($2::float8 / 1000)
             and ends_at > to_timestamp($2::float8 / 1000) order by id for share`,
    values: [ids, now],
  })
  return new Set(rows.map((row) => row.id))
}

export interface EndingSilence {
  readonly silence: Silence
  readonly email: string
  readonly name: string
  readonly zone: string
}

/** Those of people that end between the two instants. A person is who made it, else whose address a tool gave as its author. */
export async function listEnding(tx: Tx, until: Instant, limit: number): Promise<EndingSilence[]> {
  const { rows } = await tx.query<Row & { readonly email: string; readonly name: string; readonly zone: string }>(
    `select silence.*, person.email, person.name, person.zone from
       (select ${COLUMNS} from silence where ends_at > to_timestamp($1::float8 / 1000) and ends_at <= to_timestamp($2::float8 / 1000)
          and starts_at <= to_timestamp($1::float8 / 1000) and expired_at is null) silence
       join person on person.disabled_at is null and case when silence.author ->> 'kind' = 'person'
         then person.id::text = silence.author ->> 'id' else person.email = lower(silence.created_by) end
     order by silence.ends_at, silence.id limit $3`,
    [tx.now, until, limit],
  )
  return rows.map((row) => ({ silence: toSilence(row), email: row.email, name: row.name, zone: row.zone }))
}
