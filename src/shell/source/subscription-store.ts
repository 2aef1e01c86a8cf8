/** SQL of topics that asked to speak through a source, and what became of it. */
import { clean } from '../../core/alert/text.ts'
import { asId, type SourceId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export interface SubscriptionRow {
  readonly sourceId: SourceId
  readonly topic: string
  readonly state: 'asked' | 'confirmed' | 'failed' | 'ended'
  readonly url: string | null
  readonly askedAt: Instant
  readonly tries: number
  readonly confirmedAt: Instant | null
  readonly endedAt: Instant | null
  readonly reason: string | null
  /** When it is tried next; null: not at all. */
  readonly dueAt: Instant | null
  /** Its last message that was believed. */
  readonly lastMessageAt: Instant | null
}

interface SubscriptionSql {
  readonly source_id: string
  readonly topic: string
  readonly state: SubscriptionRow['state']
  readonly url: string | null
  readonly asked_at: Date
  readonly tries: number
  readonly confirmed_at: Date | null
  readonly ended_at: Date | null
  readonly reason: string | null
  readonly due_at: Date | null
  readonly last_message_at: Date | null
}

const SUBSCRIPTION = 'source_id, topic, state, url, asked_at, tries, confirmed_at, ended_at, reason, due_at, last_message_at'
/** Of one source; whoever has its key could make more. */
export const SUBSCRIPTIONS_MAX = 200

/** A topic asks to be confirmed. @returns false when the source has too many and this would be one more */
export async function askSubscription(tx: Tx, asked: { sourceId: SourceId; topic: string; url: string }): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into subscription (source_id, topic, state, url, asked_at, due_at)
     select $1, $2, 'asked', $3, $4, $4 where (select count(*) from subscription where source_id = $1 and topic <> $2) < ${SUBSCRIPTIONS_MAX}
     on conflict (source_id, topic) do update set state = 'asked', url = excluded.url, asked_at = excluded.asked_at, due_at = excluded.due_at,
       tries = 0, reason = null`,
    [asked.sourceId, asked.topic, asked.url, new Date(tx.now)],
  )
  return rowCount > 0
}

export async function endSubscription(tx: Tx, sourceId: SourceId, topic: string): Promise<void> {
  await tx.query(`update subscription set state = 'ended', ended_at = $3, due_at = null, url = null where source_id = $1 and topic = $2`, [
    sourceId,
    topic,
    new Date(tx.now),
  ])
}

/** Takes those that are due: whoever dies with one leaves it to be taken again after the lease. */
export async function claimSubscriptions(tx: Tx, bounds: { leaseMs: number; limit: number }): Promise<SubscriptionRow[]> {
  const { rows } = await tx.query<SubscriptionSql>(
    `update subscription set tries = tries + 1, due_at = $1::timestamptz + make_interval(secs => $2::float8 / 1000)
     where (source_id, topic) in (
       select source_id, topic from subscription where due_at <= $1 order by due_at limit $3 for update skip locked)
     returning ${SUBSCRIPTION}`,
    [new Date(tx.now), bounds.leaseMs, bounds.limit],
  )
  return rows.map(toSubscription)
}

export type SubscriptionOutcome =
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'again'; readonly afterMs: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

/** @param asked the row as it was claimed: a newer question of the same topic is not answered by an old one */
export async function finishSubscription(tx: Tx, asked: SubscriptionRow, outcome: SubscriptionOutcome): Promise<boolean> {
  const state = outcome.kind === 'again' ? 'asked' : outcome.kind
  const due = outcome.kind === 'again' ? new Date(tx.now + outcome.afterMs) : null
  const { rowCount } = await tx.query(
    `update subscription set state = $4, due_at = $5, reason = $6, url = case when $5::timestamptz is null then null else url end,
       confirmed_at = case when $4 = 'confirmed' then $7::timestamptz else confirmed_at end,
       ended_at = case when $4 = 'confirmed' then null else ended_at end
     where source_id = $1 and topic = $2 and asked_at = $3 and state = 'asked'`,
    [
      asked.sourceId,
      asked.topic,
      new Date(asked.askedAt),
      state,
      due,
      outcome.kind === 'confirmed' ? null : outcome.reason,
      new Date(tx.now),
    ],
  )
  return rowCount > 0
}

export async function listSubscriptions(tx: Tx, sourceId: SourceId): Promise<SubscriptionRow[]> {
  const { rows } = await tx.query<SubscriptionSql>(
    `select ${SUBSCRIPTION} from subscription where source_id = $1 order by topic limit ${SUBSCRIPTIONS_MAX + 1}`,
    [sourceId],
  )
  return rows.map(toSubscription)
}

function toSubscription(row: SubscriptionSql): SubscriptionRow {
  return {
    sourceId: asId<SourceId>(row.source_id),
    topic: row.topic,
    state: row.state,
    url: row.url,
    askedAt: row.asked_at.getTime(),
    tries: row.tries,
    confirmedAt: row.confirmed_at?.getTime() ?? null,
    endedAt: row.ended_at?.getTime() ?? null,
    reason: row.reason,
    dueAt: row.due_at?.getTime() ?? null,
    lastMessageAt: row.last_message_at?.getTime() ?? null,
  }
}

export interface TopicHeard {
  readonly sourceId: string
  readonly topic: string
  readonly at: Instant
}

/** Of topics that have asked to speak; rows are taken in one order, so that servers do not block each other crosswise. */
export async function noteTopics(tx: Tx, heard: readonly TopicHeard[]): Promise<void> {
  await tx.query(
    `update subscription s set last_message_at = greatest(s.last_message_at, h.at)
     from (select s.source_id, s.topic, to_timestamp(t.at / 1000) as at
           from subscription s join unnest($1::uuid[], $2::text[], $3::float8[]) as t (source_id, topic, at) using (source_id, topic)
           order by source_id, topic for update of s) h
     where s.source_id = h.source_id and s.topic = h.topic`,
    [heard.map((one) => one.sourceId), heard.map((one) => clean(one.topic)), heard.map((one) => one.at)],
  )
}
