/** SQL of absences: made and ended, never rewritten. */
import type { Actor } from '../../core/incident/event.ts'
import type { PersonId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { instantOf, sqlInstant } from './sql-time.ts'

export interface NewAbsence {
  readonly id: string
  readonly personId: PersonId
  readonly startsAt: Instant
  readonly endsAt: Instant
  readonly reason: string
  readonly author: Actor
}

export interface AbsenceRow extends NewAbsence {
  readonly createdAt: Instant
  /** Before its time; else null. */
  readonly endedAt: Instant | null
}

export async function insertAbsence(tx: Tx, made: NewAbsence): Promise<void> {
  await tx.query(
    `insert into oncall_absence (id, person_id, starts_at, ends_at, reason, author, created_at)
     values ($1, $2, ${sqlInstant(3)}, ${sqlInstant(4)}, $5, $6::jsonb, ${sqlInstant(7)})`,
    [made.id, made.personId, made.startsAt, made.endsAt, made.reason, JSON.stringify(made.author), tx.now],
  )
}

/** @returns false where it was ended before */
export async function insertAbsenceEnd(tx: Tx, id: string, endsAt: Instant, author: Actor): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into oncall_absence_end (absence_id, ends_at, author, created_at)
     values ($1, ${sqlInstant(2)}, $3::jsonb, ${sqlInstant(4)}) on conflict do nothing`,
    [id, endsAt, JSON.stringify(author), tx.now],
  )
  return rowCount > 0
}

const SELECT = `
  select made.id, made.person_id, ${instantOf('made.starts_at', 'starts_at')},
    ${instantOf('coalesce(ended.ends_at, made.ends_at)', 'ends_at')}, made.reason, made.author,
    ${instantOf('made.created_at', 'created_at')}, ${instantOf('ended.created_at', 'ended_at')}
  from oncall_absence made left join oncall_absence_end ended on ended.absence_id = made.id`

interface Row {
  readonly id: string
  readonly person_id: PersonId
  readonly starts_at: number
  readonly ends_at: number
  readonly reason: string
  readonly author: Actor
  readonly created_at: number
  readonly ended_at: number | null
}

function toAbsence(row: Row): AbsenceRow {
  return {
    id: row.id,
    personId: row.person_id,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    reason: row.reason,
    author: row.author,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  }
}

export async function findAbsence(tx: Tx, id: string): Promise<AbsenceRow | undefined> {
  const { rows } = await tx.query<Row>(`${SELECT} where made.id = $1`, [id])
  return rows[0] === undefined ? undefined : toAbsence(rows[0])
}

/** Soonest first; those that were ended early end then. */
export async function listAbsences(tx: Tx, from: Instant, until: Instant, limit: number): Promise<AbsenceRow[]> {
  const { rows } = await tx.query<Row>(
    `${SELECT} where made.ends_at > ${sqlInstant(1)} and made.starts_at < ${sqlInstant(2)}
       and coalesce(ended.ends_at, made.ends_at) > made.starts_at
     order by made.starts_at, made.id limit $3`,
    [from, until, limit],
  )
  return rows.map(toAbsence)
}
