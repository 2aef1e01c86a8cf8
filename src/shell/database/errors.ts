/** What kind of trouble a database error is: the way it is answered depends on that, not on its text. */

/**
 * SQLSTATE classes that mean "Postgres cannot serve now, the same thing may work later".
 * Source: https://www.postgresql.org/docs/18/errcodes-appendix.html (read 2026-11-24)
 */
const AWAY_STATES = new Set([
  '57P01', // admin_shutdown: the backend was terminated
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: starting up, shutting down, in recovery
  '53000', // insufficient_resources
  '53100', // disk_full
  '53200', // out_of_memory
  '53300', // too_many_connections
  '25006', // read_only_sql_transaction: a standby took our address
  '58030', // io_error
  'XX000', // internal_error: seen when a file vanishes with the disk
])
const CONNECTION_EXCEPTION = '08'
const RETRYABLE_STATES = new Set(['40001', '40P01', '55P03']) // serialization failure, deadlock, lock not available

/** System errors of the socket to Postgres; ENOENT is a unix socket that is not there while it restarts. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** pg gives these no code. Source: pg 8.23.1 lib/client.js and pg-pool lib/index.js. */
const AWAY_MESSAGES =
  /Connection terminated|connection timeout|timeout exceeded when trying to connect|Query read timeout|not queryable|Client was closed|pool after calling end/i

/**
 * True when Postgres is away, overloaded or out of space: nothing is wrong with what was asked. Answer 503, wait, ask
 * again. After a commit it also means that the commit may or may not have happened.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = codeOf(error)
  if (code !== null) return AWAY_STATES.has(code) || code.startsWith(CONNECTION_EXCEPTION) || SOCKET_CODES.has(code)
  return AWAY_MESSAGES.test(error.message) || (error.cause !== undefined && isDatabaseAway(error.cause))
}

/** True when the whole transaction may simply be run again: a deadlock, a lost race, a lock that did not come. */
export function isRetryable(error: unknown): boolean {
  const code = error instanceof Error ? codeOf(error) : null
  return code !== null && RETRYABLE_STATES.has(code)
}

/** The constraint that a row broke (unique, foreign key, check), or null when the error is another one. */
export function brokenConstraint(error: unknown): string | null {
  if (!(error instanceof Error) || codeOf(error)?.startsWith('23') !== true) return null
  return 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : ''
}

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null
}
