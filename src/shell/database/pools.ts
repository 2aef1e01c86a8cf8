/** The pools of connections: how each connection is set up, watched and kept honest about its time limits. */
import { Pool, types } from 'pg'
import type { Logger } from 'pino'
import type { PoolName } from './database.ts'

export const POOL_NAMES: readonly PoolName[] = ['main', 'pages', 'ingest']

export interface PoolSettings {
  /** A `postgresql:` URL. */
  readonly url: string
  /** The role every connection takes on; null: that of the URL's user. */
  readonly role: string | null
  readonly sizes: Readonly<Record<PoolName, number>>
  readonly log: Logger
}

/** Connections a server opens at most: with the embedded Postgres's 60 there is room for a test, a doctor and a backup. */
export const POOL_SIZES: Readonly<Record<PoolName, number>> = { main: 12, pages: 6, ingest: 4 }

const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 10_000
/** Over the server's own limit: only an answer that the network swallowed runs into it. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000
const LOCK_TIMEOUT_MS = 5_000
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000
const KEEPALIVE_AFTER_MS = 10_000
const IDLE_CONNECTION_MS = 300_000

export function makePools(settings: PoolSettings): Record<PoolName, Pool> {
  return { main: makePool(settings, 'main'), pages: makePool(settings, 'pages'), ingest: makePool(settings, 'ingest') }
}

function makePool(settings: PoolSettings, name: PoolName): Pool {
  const pool = new Pool({
    connectionString: withOptions(settings.url, sessionOptions(settings.role)),
    application_name: `tocsin ${name}`,
    max: settings.sizes[name],
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
    types: { getTypeParser },
  })
  // A backend that dies under a client in use emits on the client, one that dies idle on the pool; unheard, either
  // ends the process. The query that was running rejects by itself, so there is nothing more to do than note it.
  const note = (error: Error) => {
    if (!pool.ending) settings.log.warn({ pool: name, reason: error.message }, 'a database connection broke')
  }
  pool.on('error', note)
  pool.on('connect', (client) => client.on('error', note))
  return pool
}

function sessionOptions(role: string | null): Record<string, string | number> {
  return {
    ...(role === null ? {} : { role }),
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    tcp_user_timeout: ANSWER_TIMEOUT_MS,
    timezone: 'UTC',
  }
}

/** Adds `-c name=value` pairs to a connection URL, after those it already carries. */
function withOptions(url: string, options: Readonly<Record<string, string | number>>): string {
  const changed = new URL(url)
  const pairs = Object.entries(options).map(([name, value]) => `-c ${name}=${value}`)
  const present = changed.searchParams.get('options')
  changed.searchParams.set('options', [...(present === null ? [] : [present]), ...pairs].join(' '))
  return changed.toString()
}

const INT8_OID = 20

/**
 * `int8` becomes a number: our identities and counts stay far below 2^53, and one that does not must be noticed
 * rather than rounded. All else as pg does it: `timestamptz` is a Date, `numeric` and `xid8` are text.
 */
function getTypeParser(oid: number): (value: string) => unknown {
  return oid === INT8_OID ? parseInt8 : types.getTypeParser(oid, 'text')
}

function parseInt8(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new RangeError(`an int8 from the database is too large for a number: ${text}`)
  return number
}
