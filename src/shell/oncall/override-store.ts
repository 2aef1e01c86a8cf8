/** SQL of overrides: made and ended, never rewritten. */
import type { Actor } from '../../core/incident/event.ts'
import type { PersonId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { instantOf, sqlInstant } from './sql-time.ts'

export type OverrideKind = 'override' | 'take' | 'swap' | 'cover'

export interface NewOverride {
  readonly id: string
  readonly schedule: string
  readonly personId: PersonId
  /** Null: instead of whoever would hold it. */
  readonly insteadOf: PersonId | null
  readonly startsAt: Instant
  readonly endsAt: Instant
  readonly kind: OverrideKind
  readonly requestId: string | null
  readonly reason: string
  readonly author: Actor
}

export interface OverrideRow extends NewOverride {
  readonly createdAt: Instant
  /** Before its time; else null. */
  readonly endedAt: Instant | null
  readonly endedBy: Actor | null
}

export async function insertOverride(tx: Tx, made: NewOverride): Promise<void> {
  await tx.query(
    `insert into oncall_override (id, schedule, person_id, instead_of, starts_at, ends_at, kind, request_id, reason, author, created_at)
     values ($1, $2, $3, $4, ${sqlInstant(5)}, ${sqlInstant(6)}, $7, $8, $9, $10::jsonb, ${sqlInstant(11)})`,
    [
      made.id,
      made.schedule,
      made.personId,
      made.insteadOf,
      made.startsAt,
      made.endsAt,
      made.kind,
      made.requestId,
      made.reason,
      JSON.stringify(made.author),
      tx.now,
    ],
  )
}

/** @returns false where it was ended before */
export async function insertOverrideEnd(tx: Tx, id: string, endsAt: Instant, author: Actor): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into oncall_override_end (override_id, ends_at, author, created_at)
     values ($1, ${sqlInstant(2)}, $3::jsonb, ${sqlInstant(4)}) on conflict do nothing`,
    [id, endsAt, JSON.stringify(author), tx.now],
  )
  return rowCount > 0
}

const SELECT = `
  select made.id, made.schedule, made.person_id, made.instead_of, ${instantOf('made.starts_at', 'starts_at')},
    ${instantOf('coalesce(ended.ends_at, made.ends_at)', 'ends_at')}, made.kind, made.request_id, made.reason, made.author,
    ${instantOf('made.created_at', 'created_at')}, ${instantOf('ended.created_at', 'ended_at')}, ended.author as ended_by
  from oncall_override made left join oncall_override_end ended on ended.override_id = made.id`

interface Row {
  readonly id: string
  readonly schedule: string
  readonly person_id: PersonId
  readonly instead_of: PersonId | null
  readonly starts_at: number
  readonly ends_at: number
  readonly kind: OverrideKind
  readonly request_id: string | null
  readonly reason: string
  readonly author: Actor
  readonly created_at: number
  readonly ended_at: number | null
  readonly ended_by: Actor | null
}

function toOverride(row: Row): OverrideRow {
  return {
    id: row.id,
    schedule: row.schedule,
    personId: row.person_id,
    insteadOf: row.instead_of,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    kind: row.kind,
    requestId: row.request_id,
    reason: row.reason,
    author: row.author,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
  }
}

export async function findOverride(tx: Tx, id: string): Promise<OverrideRow | undefined> {
  const { rows } = await tx.query<Row>(`${SELECT} where made.id = $1`, [id])
  return rows[0] === undefined ? undefined : toOverride(rows[0])
}

export interface OverrideFilter {
  readonly from: Instant
  readonly until: Instant
  readonly schedule: string | null
  readonly limit: number
}

/** Those that hold some time between the two instants, and those that were ended before they held; in the order in which they were made. */
export async function listOverrides(tx: Tx, { from, until, schedule, limit }: OverrideFilter): Promise<OverrideRow[]> {
  const { rows } = await tx.query<Row>(
    `${SELECT} where made.ends_at > ${sqlInstant(1)} and made.starts_at < ${sqlInstant(2)} and ($3::text is null or made.schedule = $3)
     order by made.position limit $4`,
    [from, until, schedule, limit],
  )
  return rows.map(toOverride)
}

export async function countOpenOverrides(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `select count(*)::float8 as count from oncall_override where ends_at > ${sqlInstant(1)}`,
    [tx.now],
  )
  return rows[0]?.count ?? 0
}
