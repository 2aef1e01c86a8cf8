/** One transaction: begun together with its `now`, committed for certain or not at all, its hints held until then. */
import type { PoolClient } from 'pg'
import { isDatabaseAway } from './errors.ts'
import type { Instant } from '../../core/time.ts'
import type { Query, Result, Tx } from './database.ts'

/** Both statements travel in one message: a round trip less for every transaction. */
const BEGIN = 'begin; select floor(extract(epoch from now()) * 1000)::float8 as now'

/**
 * Begins on `client`; `offsetMs` is the test clock's. @throws when the connection is broken.
 */
export async function begin(client: PoolClient, offsetMs: number): Promise<Instant> {
  // pg answers several statements with an array of results, which its types do not know.
  const results = (await client.query(BEGIN)) as unknown as [unknown, Result<{ now: number }>]
  const row = results[1].rows[0]
  if (row === undefined) throw new Error('the database told no time')
  return row.now + offsetMs
}

/**
 * Runs `work` in the transaction that `client` is in, and commits. The hints run after the commit, in order.
 * @throws what `work` throws, or when the commit failed or silently rolled back; the caller then calls `rollBack`.
 */
export async function runToCommit<T>(client: PoolClient, now: Instant, work: (tx: Tx) => Promise<T>): Promise<T> {
  const hints: (() => void)[] = []
  const value = await work(makeTx(client, now, hints))
  const { command } = await client.query('commit')
  // Postgres answers the commit of a failed transaction with a roll-back and no error.
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back: a statement in it failed and its error was swallowed')
  for (const hint of hints) hint()
  return value
}

/** Rolls back after `failure`. Answers whether the connection can be used again; where not, Postgres rolls back itself. */
export async function rollBack(client: PoolClient, failure: unknown): Promise<boolean> {
  if (isDatabaseAway(failure)) return false
  try {
    await client.query('rollback')
    return true
  } catch {
    return false
  }
}

function makeTx(client: PoolClient, now: Instant, hints: (() => void)[]): Tx {
  let savepoints = 0
  const query: Tx['query'] = <Row>(asked: Query | string, values?: readonly unknown[]) => runQuery<Row>(client, asked, values)
  return {
    now,
    query,
    afterCommit: (hint) => void hints.push(hint),
    savepoint: async (work) => {
      savepoints += 1
      const name = `savepoint_${savepoints}`
      const heldHints = hints.length
      await client.query(`savepoint ${name}`)
      try {
        const value = await work()
        await client.query(`release savepoint ${name}`)
        return value
      } catch (error) {
        if (isDatabaseAway(error)) throw error
        hints.length = heldHints
        await client.query(`rollback to savepoint ${name}; release savepoint ${name}`)
        throw error
      }
    },
  }
}

/** Runs one statement, prepared by name where the query has one. */
export async function runQuery<Row>(
  client: Pick<PoolClient, 'query'>,
  asked: Query | string,
  values: readonly unknown[] = [],
): Promise<Result<Row>> {
  const query = typeof asked === 'string' ? { text: asked, values } : { values, ...asked }
  const result = await client.query({ ...query, values: [...query.values] })
  return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 }
}
