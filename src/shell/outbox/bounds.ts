/** Every wait and limit of the outbox, with its reason; tests shorten the waits through `config.timing`. */
import type { Config } from '../../config.ts'

export interface OutboxBounds {
  /** A worker that stops renewing loses its effect after this. Pages resume within 20 s of a crash, start-up included. */
  readonly leaseMs: number
  /** How often the database is asked for due effects: hints only make it sooner. */
  readonly pollMs: number
  /** First wait after a failure; doubles with each, up to `backoffMaxMs`. */
  readonly backoffMs: number
  readonly backoffMaxMs: number
  /** A vendor's Retry-After is obeyed up to this. */
  readonly retryAfterMaxMs: number
  /** Wait before a page is repeated whose first message may have arrived. */
  readonly repeatMs: number
  /** At a back-off of a minute this is more than a day. */
  readonly attemptsMax: number
  /** Sends at a time, pages and notices apart. */
  readonly pageSendsMax: number
  readonly noticeSendsMax: number
  /** Sends at a time on one channel, so that a slow vendor cannot take all. */
  readonly channelSendsMax: number
  /** Failures in a row that open a channel's breaker, and for how long. */
  readonly breakerFailuresMax: number
  readonly breakerOpenMs: number
  /** A place kept for a transaction that has not committed; longer than any may take. */
  readonly reservationMs: number
  /** How long the outcome of a sent message is tried to be written while the database is away. */
  readonly recordPatienceMs: number
  /** How long a stop waits for running sends. */
  readonly stopMs: number
}

export const OUTBOX_BOUNDS: OutboxBounds = {
  leaseMs: 12_000,
  pollMs: 400,
  backoffMs: 1_000,
  backoffMaxMs: 60_000,
  retryAfterMaxMs: 900_000,
  repeatMs: 5_000,
  attemptsMax: 2_000,
  pageSendsMax: 64,
  noticeSendsMax: 8,
  channelSendsMax: 8,
  breakerFailuresMax: 5,
  breakerOpenMs: 10_000,
  reservationMs: 20_000,
  recordPatienceMs: 600_000,
  stopMs: 8_000,
}

/** @param timing from the configuration: names of `OutboxBounds`; others are left to their owners. */
export function boundsOf(timing: Config['timing']): OutboxBounds {
  const known = Object.entries(timing).filter(([name]) => name in OUTBOX_BOUNDS)
  return { ...OUTBOX_BOUNDS, ...Object.fromEntries(known) }
}
