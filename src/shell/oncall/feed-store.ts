/** SQL of calendars that people subscribe to. */
import type { PersonId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { hashToken } from '../person/token.ts'
import { instantOf, sqlInstant } from './sql-time.ts'

export interface FeedRow {
  readonly id: string
  readonly personId: PersonId
  readonly personName: string
  readonly personEmail: string
  readonly personRole: string
  /** Null: all that the person holds. */
  readonly schedule: string | null
  readonly createdAt: Instant
  readonly revokedAt: Instant | null
  readonly lastUsedAt: Instant | null
}

const SELECT = `
  select feed.id, feed.person_id as "personId", person.name as "personName", person.email as "personEmail", person.role as "personRole",
    feed.schedule, ${instantOf('feed.created_at', '"createdAt"')}, ${instantOf('feed.revoked_at', '"revokedAt"')},
    ${instantOf('feed.last_used_at', '"lastUsedAt"')}
  from calendar_feed feed join person on person.id = feed.person_id`

export async function insertFeed(
  tx: Tx,
  feed: { readonly id: string; readonly token: string; readonly personId: PersonId; readonly schedule: string | null },
): Promise<void> {
  await tx.query(`insert into calendar_feed (id, token_hash, person_id, schedule, created_at) values ($1, $2, $3, $4, ${sqlInstant(5)})`, [
    feed.id,
    hashToken(feed.token),
    feed.personId,
    feed.schedule,
    tx.now,
  ])
}

export async function findFeed(tx: Tx, id: string): Promise<FeedRow | undefined> {
  const { rows } = await tx.query<FeedRow>(`${SELECT} where feed.id = $1`, [id])
  return rows[0]
}

/** One that opens something: not revoked, and whoever made it is not disabled. Noted as used, at most once an hour. */
export async function useFeed(tx: Tx, token: string): Promise<FeedRow | undefined> {
  const hash = hashToken(token)
  await tx.query(
    `update calendar_feed set last_used_at = ${sqlInstant(2)}
     where token_hash = $1 and revoked_at is null and (last_used_at is null or last_used_at < ${sqlInstant(2)} - interval '1 hour')`,
    [hash, tx.now],
  )
  const { rows } = await tx.query<FeedRow>(
    `${SELECT} where feed.token_hash = $1 and feed.revoked_at is null and person.disabled_at is null`,
    [hash],
  )
  return rows[0]
}

/** Those that are not revoked, newest first. @param personId null: everybody's */
export async function listFeeds(tx: Tx, personId: PersonId | null, limit: number): Promise<FeedRow[]> {
  const { rows } = await tx.query<FeedRow>(
    `${SELECT} where feed.revoked_at is null and ($1::uuid is null or feed.person_id = $1) order by feed.created_at desc, feed.id limit $2`,
    [personId, limit],
  )
  return rows
}

export async function revokeFeed(tx: Tx, id: string): Promise<void> {
  await tx.query(`update calendar_feed set revoked_at = coalesce(revoked_at, ${sqlInstant(2)}) where id = $1`, [id, tx.now])
}
