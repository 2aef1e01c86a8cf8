/**
 * Reading the feed: events in the order (transaction, position), strictly below the oldest transaction that still runs,
 * so that nothing can appear behind a reader, whatever order transactions commit in.
 */
import type { Tx } from '../database/database.ts'

/** Place in the feed: everything up to and with it has been read. Decimal texts, because an xid8 outgrows a number. */
export interface FeedPlace {
  readonly tx: string
  readonly position: string
}

export interface FeedRow extends FeedPlace {
  readonly incident_id: string
  readonly number: number
  readonly version: number
  readonly type: string
  readonly at: Date
  /** Null: for everybody; else the members of a private incident. */
  readonly members: string[] | null
  /** People paged by this event with the roles, for the sound in their consoles. */
  readonly paged: { readonly personId: string; readonly role: string }[] | null
}

/** Events after that place, oldest first, `limit` at most. */
export async function readFeed(tx: Tx, after: FeedPlace, limit: number): Promise<FeedRow[]> {
  const { rows } = await tx.query<FeedRow>({
    name: 'read-feed',
    text: `select e.tx::text as tx, e.position::text as position, e.stream_id as incident_id, i.number, e.version, e.type, e.at,
             case when i.private then array(select m.person_id::text from incident_member m where m.incident_id = i.id) end as members,
             case when e.type = 'incident.paged' then e.data -> 'pages' end as paged
           from event e join incident i on i.id = e.stream_id
           where (e.tx, e.position) > ($1::xid8, $2::bigint) and e.tx < pg_snapshot_xmin(pg_current_snapshot())
           order by e.tx, e.position limit $3`,
    values: [after.tx, after.position, limit],
  })
  return rows
}

/** The place where a reader starts who wants only what comes: just below the oldest running transaction. */
export async function findFeedEnd(tx: Tx): Promise<FeedPlace> {
  const { rows } = await tx.query<{ xmin: string }>(`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`)
  return { tx: String(BigInt(rows[0]?.xmin ?? '1') - 1n), position: '9223372036854775807' }
}

export function comparePlaces(one: FeedPlace, other: FeedPlace): number {
  const difference = BigInt(one.tx) - BigInt(other.tx) || BigInt(one.position) - BigInt(other.position)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
