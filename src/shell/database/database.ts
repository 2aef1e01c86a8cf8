/** The one door to Postgres: pools by purpose, transactions with one `now`, and hints that wait for the commit. */
import type { Instant } from '../../core/time.ts'

/** `pages` is for the outbox alone: nothing else can delay a page. `ingest` is for receipts. */
export type PoolName = 'main' | 'pages' | 'ingest'

export interface Query {
  /** Set for hot statements: prepared once a connection. */
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
}

export interface Result<Row> {
  readonly rows: Row[]
  readonly rowCount: number
}

export interface Tx {
  /** The transaction's one `now`: the database's clock, moved by the test clock where there is one. */
  readonly now: Instant
  readonly query: <Row = Record<string, unknown>>(query: Query | string, values?: readonly unknown[]) => Promise<Result<Row>>
  /** Runs after the commit, never after a rollback. */
  readonly afterCommit: (hint: () => void) => void
  /** Runs `work` under a savepoint: what it throws undoes only it. */
  readonly savepoint: <T>(work: () => Promise<T>) => Promise<T>
}

export interface Database {
  readonly inTransaction: <T>(pool: PoolName, work: (tx: Tx) => Promise<T>) => Promise<T>
  /** One statement in a transaction of its own, in one round trip; on the main pool unless another is named. */
  readonly query: <Row = Record<string, unknown>>(
    query: Query | string,
    values?: readonly unknown[],
    pool?: PoolName,
  ) => Promise<Result<Row>>
  readonly close: () => Promise<void>
}
