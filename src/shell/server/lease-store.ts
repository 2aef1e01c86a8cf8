/**
 * Leases: work that one server at a time does. Only the database's clock judges them, and each change of hands raises
 * the fence, by which the writes of a holder that slept too long are refused.
 */
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'

export interface Lease {
  readonly name: string
  readonly holder: string
  /** Rises whenever the lease was not held without a gap. */
  readonly fence: number
}

/**
 * Takes the lease, or renews it where this server holds it, for `ttlMs` from now. Null when another server holds it.
 * Call it again well before it runs out; a fence that has risen since means that the lease was lost in between.
 */
export async function takeLease(ports: Ports, name: string, ttlMs: number): Promise<Lease | null> {
  return ports.database.inTransaction('main', (tx) => takeLeaseIn(tx, ports.serverId, name, ttlMs))
}

async function takeLeaseIn(tx: Tx, holder: string, name: string, ttlMs: number): Promise<Lease | null> {
  const { rows } = await tx.query<{ fence: number }>(
    `insert into lease (name, holder, until) values ($1, $2, clock_timestamp() + make_interval(secs => $3::float8 / 1000))
     on conflict (name) do update set
       holder = excluded.holder,
       until = clock_timestamp() + make_interval(secs => $3::float8 / 1000),
       fence = lease.fence + (lease.holder <> excluded.holder or lease.until <= clock_timestamp())::integer
     where lease.holder = excluded.holder or lease.until <= clock_timestamp()
     returning fence`,
    [name, holder, ttlMs],
  )
  const [row] = rows
  return row === undefined ? null : { name, holder, fence: row.fence }
}

/**
 * True when the lease is still held, and stays so until this transaction ends: nobody can take it over meanwhile. Ask
 * in the transaction that does the guarded work.
 */
export async function holdsLease(tx: Tx, lease: Lease): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select from lease where name = $1 and holder = $2 and fence = $3 and until > clock_timestamp() for update',
    [lease.name, lease.holder, lease.fence],
  )
  return rowCount === 1
}

/** Gives it up, so that another server need not wait for its end. */
export async function releaseLease(ports: Ports, lease: Lease): Promise<void> {
  await ports.database.query('update lease set until = clock_timestamp() where name = $1 and holder = $2 and fence = $3', [
    lease.name,
    lease.holder,
    lease.fence,
  ])
}
