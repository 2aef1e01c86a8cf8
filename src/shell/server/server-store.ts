/** The rows of the servers that share the database. All times are the database's own: a server's clock judges nobody. */
import type { Database, Tx } from '../database/database.ts'

/** A server that has not been seen for this long is dead: its leases have run out and its work is taken over. */
export const DEAD_AFTER_MS = 10_000

/** @param process its mark, see `markOfThisProcess` */
export async function registerServer(tx: Tx, serverId: string, process: string | null): Promise<void> {
  await tx.query(
    `insert into server (id, started_at, seen_at, process) values ($1, clock_timestamp(), clock_timestamp(), $2)
     on conflict (id) do update set process = excluded.process`,
    [serverId, process],
  )
}

/** Says "alive". Answers the database's time in milliseconds; false when the row is gone. */
export async function markSeen(tx: Tx, serverId: string): Promise<number | false> {
  const { rows } = await tx.query<{ now: number }>(
    `update server set seen_at = clock_timestamp() where id = $1
     returning (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
    [serverId],
  )
  return rows[0]?.now ?? false
}

/** A clean end: nothing of this server's is left to take over. Where receipts are left, its row stays open so that they are found. */
export async function markStopped(tx: Tx, serverId: string): Promise<void> {
  await tx.query(
    `update server set stopped_at = clock_timestamp(), seen_at = clock_timestamp()
     where id = $1
       and not exists (select from receipt where receipt.server_id = server.id and receipt.id > server.applied_receipt_id)`,
    [serverId],
  )
}

/** Servers that ended without saying so, oldest first. Their receipts may wait to be applied. */
export async function listDeadServers(tx: Tx): Promise<readonly { readonly id: string; readonly appliedReceiptId: number }[]> {
  const { rows } = await tx.query<{ id: string; appliedReceiptId: number }>(
    `select id, applied_receipt_id as "appliedReceiptId" from server
     where stopped_at is null and seen_at < clock_timestamp() - make_interval(secs => $1::float8 / 1000)
     order by seen_at`,
    [DEAD_AFTER_MS],
  )
  return rows
}

/** How many servers are alive, this one included. */
export async function countLiveServers(database: Database): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `select count(*) as count from server
     where stopped_at is null and seen_at >= clock_timestamp() - make_interval(secs => $1::float8 / 1000)`,
    [DEAD_AFTER_MS],
  )
  return rows[0]?.count ?? 0
}
