/** SQL of swaps and of covers that are asked for: asked, answered, never rewritten. */
import type { Actor } from '../../core/incident/event.ts'
import type { PersonId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { instantOf, sqlInstant } from './sql-time.ts'

export interface ShiftSpan {
  readonly schedule: string
  readonly startsAt: Instant
  readonly endsAt: Instant
}

export interface NewRequest extends ShiftSpan {
  readonly id: string
  /** Whose shift it is. */
  readonly personId: PersonId
  /** Empty: whoever may. */
  readonly asked: readonly PersonId[]
  /** What the person holds in return; null: nothing, it is a cover. */
  readonly inReturn: ShiftSpan | null
  readonly note: string
  readonly expiresAt: Instant
  readonly author: Actor
}

export interface RequestAnswer {
  readonly personId: PersonId
  readonly answer: 'accepted' | 'declined' | 'withdrawn'
  readonly author: Actor
  readonly at: Instant
}

export interface RequestRow extends NewRequest {
  readonly createdAt: Instant
  readonly answers: readonly RequestAnswer[]
}

export type RequestState = 'open' | 'accepted' | 'declined' | 'withdrawn' | 'expired'

/** What came first counts; it is declined once all who were asked by name have declined. */
export function stateOf({ answers, asked, expiresAt }: RequestRow, now: Instant): RequestState {
  const final = answers.find(({ answer }) => answer !== 'declined')
  if (final !== undefined) return final.answer
  const declined = new Set(answers.map(({ personId }) => personId))
  if (asked.length > 0 && asked.every((id) => declined.has(id))) return 'declined'
  return now >= expiresAt ? 'expired' : 'open'
}

export async function insertRequest(tx: Tx, made: NewRequest): Promise<void> {
  const { inReturn } = made
  await tx.query(
    `insert into oncall_request (id, schedule, person_id, starts_at, ends_at, asked, return_schedule, return_starts_at, return_ends_at,
       note, expires_at, author, created_at)
     values ($1, $2, $3, ${sqlInstant(4)}, ${sqlInstant(5)}, $6::uuid[], $7, ${sqlInstant(8)}, ${sqlInstant(9)}, $10, ${sqlInstant(11)},
       $12::jsonb, ${sqlInstant(13)})`,
    [
      made.id,
      made.schedule,
      made.personId,
      made.startsAt,
      made.endsAt,
      made.asked,
      inReturn?.schedule ?? null,
      inReturn?.startsAt ?? null,
      inReturn?.endsAt ?? null,
      made.note,
      made.expiresAt,
      JSON.stringify(made.author),
      tx.now,
    ],
  )
}

/** @returns false where it was accepted or withdrawn before, or the person has said so already */
export async function insertAnswer(tx: Tx, requestId: string, { personId, answer, author }: Omit<RequestAnswer, 'at'>): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into oncall_request_answer (request_id, person_id, answer, author, created_at)
     values ($1, $2, $3, $4::jsonb, ${sqlInstant(5)}) on conflict do nothing`,
    [requestId, personId, answer, JSON.stringify(author), tx.now],
  )
  return rowCount > 0
}

const SELECT = `
  select id, schedule, person_id, ${instantOf('starts_at', 'starts_at')}, ${instantOf('ends_at', 'ends_at')}, asked, return_schedule,
    ${instantOf('return_starts_at', 'return_starts_at')}, ${instantOf('return_ends_at', 'return_ends_at')}, note,
    ${instantOf('expires_at', 'expires_at')}, author, ${instantOf('created_at', 'created_at')},
    coalesce((select jsonb_agg(jsonb_build_object('personId', answer.person_id, 'answer', answer.answer, 'author', answer.author,
        'at', round(extract(epoch from answer.created_at) * 1000)) order by answer.created_at)
      from oncall_request_answer answer where answer.request_id = oncall_request.id), '[]') as answers
  from oncall_request`

interface Row {
  readonly id: string
  readonly schedule: string
  readonly person_id: PersonId
  readonly starts_at: number
  readonly ends_at: number
  readonly asked: readonly PersonId[]
  readonly return_schedule: string | null
  readonly return_starts_at: number | null
  readonly return_ends_at: number | null
  readonly note: string
  readonly expires_at: number
  readonly author: Actor
  readonly created_at: number
  readonly answers: readonly RequestAnswer[]
}

function toRequest(row: Row): RequestRow {
  const { return_schedule: schedule, return_starts_at: startsAt, return_ends_at: endsAt } = row
  return {
    id: row.id,
    schedule: row.schedule,
    personId: row.person_id,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    asked: row.asked,
    inReturn: schedule === null || startsAt === null || endsAt === null ? null : { schedule, startsAt, endsAt },
    note: row.note,
    expiresAt: row.expires_at,
    author: row.author,
    createdAt: row.created_at,
    answers: row.answers,
  }
}

export async function findRequest(tx: Tx, id: string): Promise<RequestRow | undefined> {
  const { rows } = await tx.query<Row>(`${SELECT} where id = $1`, [id])
  return rows[0] === undefined ? undefined : toRequest(rows[0])
}

/** Whose shift is not over, or who were asked since; newest first. */
export async function listRequests(tx: Tx, since: Instant, limit: number): Promise<RequestRow[]> {
  const { rows } = await tx.query<Row>(
    `${SELECT} where ends_at > ${sqlInstant(1)} or created_at > ${sqlInstant(1)} order by created_at desc, id desc limit $2`,
    [since, limit],
  )
  return rows.map(toRequest)
}

export async function countOpenRequests(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `select count(*)::float8 as count from oncall_request where ends_at > ${sqlInstant(1)}`,
    [tx.now],
  )
  return rows[0]?.count ?? 0
}
