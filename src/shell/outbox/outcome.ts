/** What an attempt's outcome means for its effect: whether and when it is tried again, and what the incident is told. Pure. */
import type { Delivery } from '../../integration.ts'
import type { OutboxBounds } from './bounds.ts'

export interface AttemptSoFar {
  /** Attempts begun, this one included. */
  readonly attempts: number
  /** An earlier attempt may have arrived. */
  readonly unsure: boolean
  /** The incident has been told of a failure of this effect before. */
  readonly failedBefore: boolean
}

export interface NextStep {
  readonly state: 'pending' | 'delivered' | 'rejected'
  /** Until the next attempt; 0 where there is none. */
  readonly waitMs: number
  readonly unsure: boolean
  readonly externalId: string | null
  readonly reason: string
  /** What the incident is told: `failed` once, so that its escalation does not wait on a dead channel. */
  readonly tell: 'handed-over' | 'failed' | 'given-up' | null
}

/** @param roll in [0, 1), for jitter. */
export function nextStep(delivery: Delivery, so: AttemptSoFar, bounds: OutboxBounds, roll: number): NextStep {
  switch (delivery.kind) {
    case 'delivered':
      return { ...ended('delivered', so, delivery.evidence), externalId: delivery.externalId, tell: 'handed-over' }
    case 'rejected':
      return { ...ended('rejected', so, delivery.reason), tell: 'given-up' }
    case 'retry':
      return again(so, bounds, { waitMs: retryWait(delivery.afterMs, so, bounds, roll), unsure: so.unsure, reason: delivery.reason })
    case 'unknown': {
      const waitMs = Math.max(bounds.repeatMs * (0.75 + roll / 2), so.unsure ? backoff(so.attempts, bounds, roll) : 0)
      return again(so, bounds, { waitMs, unsure: true, reason: delivery.reason })
    }
  }
}

function ended(state: 'delivered' | 'rejected', so: AttemptSoFar, reason: string): Omit<NextStep, 'tell'> {
  return { state, waitMs: 0, unsure: so.unsure, externalId: null, reason }
}

function again(so: AttemptSoFar, bounds: OutboxBounds, next: { waitMs: number; unsure: boolean; reason: string }): NextStep {
  if (so.attempts >= bounds.attemptsMax) {
    return {
      ...ended('rejected', { ...so, unsure: next.unsure }, `given up after ${so.attempts} attempts: ${next.reason}`),
      tell: 'given-up',
    }
  }
  return { state: 'pending', externalId: null, ...next, tell: so.failedBefore ? null : 'failed' }
}

/** The vendor's own wait where it names one, never shorter and a little longer, so that not all come back at once. */
function retryWait(afterMs: number | null, so: AttemptSoFar, bounds: OutboxBounds, roll: number): number {
  const own = backoff(so.attempts, bounds, roll)
  if (afterMs === null) return own
  return Math.max(Math.min(afterMs, bounds.retryAfterMaxMs) * (1 + roll / 10), bounds.backoffMs * roll)
}

/** Exponential, halved to whole by jitter, never over the cap. */
export function backoff(attempts: number, bounds: Pick<OutboxBounds, 'backoffMs' | 'backoffMaxMs'>, roll: number): number {
  const whole = Math.min(bounds.backoffMs * 2 ** Math.min(attempts - 1, 30), bounds.backoffMaxMs)
  return whole * (0.5 + roll / 2)
}
