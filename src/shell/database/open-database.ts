/** Opens the database: pools, transactions, and the test clock that moves their `now`. */
import { readFileSync } from 'node:fs'
import type { Pool, PoolClient } from 'pg'
import { isDatabaseAway } from './errors.ts'
import { makePools, POOL_NAMES, POOL_SIZES } from './pools.ts'
import { databasePoolWaitSeconds } from '../metrics/metrics.ts'
import { begin, rollBack, runQuery, runToCommit } from './transaction.ts'
import type { PoolSettings } from './pools.ts'
import type { Database } from './database.ts'
import type { Instant } from '../../core/time.ts'

export interface DatabaseSettings extends Omit<PoolSettings, 'sizes'> {
  readonly sizes?: PoolSettings['sizes']
  /** File with milliseconds to add to each transaction's `now`; a missing file means none. */
  readonly testClockFile?: string | null
}

/** Where the time that a transaction waited for its connection is noted. */
type Waits = ReturnType<typeof databasePoolWaitSeconds.labels>

/** Connects lazily: opening succeeds while Postgres is away, and each transaction tells. */
export function openDatabase(settings: DatabaseSettings): Database {
  const pools = makePools({ sizes: POOL_SIZES, ...settings })
  const offsetMs = () => readOffset(settings.testClockFile ?? null)
  return {
    inTransaction: (pool, work) => inTransaction(pools[pool], databasePoolWaitSeconds.labels(pool), offsetMs, work),
    query: (asked, values, pool = 'main') => runQuery(pools[pool], asked, values),
    close: async () => {
      await Promise.all(POOL_NAMES.map((name) => pools[name].end()))
    },
  }
}

async function inTransaction<T>(pool: Pool, waits: Waits, offsetMs: () => number, work: Parameters<typeof runToCommit<T>>[2]): Promise<T> {
  const { client, now } = await beginSomewhere(pool, waits, offsetMs)
  let usable = true
  try {
    return await runToCommit(client, now, work)
  } catch (error) {
    usable = await rollBack(client, error)
    throw error
  } finally {
    client.release(!usable)
  }
}

/**
 * A connection that broke while it was idle shows it only now; nothing has been done in it yet, so another one is
 * tried. As many as the pool may hold can be broken at once after a restart of Postgres.
 */
async function beginSomewhere(pool: Pool, waits: Waits, offsetMs: () => number): Promise<{ client: PoolClient; now: Instant }> {
  for (let broken = 0; ; broken += 1) {
    const askedMs = performance.now()
    const client = await pool.connect()
    waits.observe((performance.now() - askedMs) / 1_000)
    try {
      return { client, now: await begin(client, offsetMs()) }
    } catch (error) {
      client.release(true)
      if (!isDatabaseAway(error) || broken >= pool.options.max) throw error
    }
  }
}

/** Read at each transaction, so that a test moves a running server's time. Never set outside tests. */
function readOffset(file: string | null): number {
  if (file === null) return 0
  try {
    const offsetMs = Number(readFileSync(file, 'utf8').trim() || '0')
    return Number.isFinite(offsetMs) ? Math.trunc(offsetMs) : 0
  } catch {
    return 0
  }
}
