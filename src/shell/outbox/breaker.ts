/**
 * The circuit breaker of one channel: after some failures in a row nothing is sent for a while, then one attempt
 * tries, and its outcome closes or opens it again. Time is an argument, monotonic milliseconds.
 */
import type { Delivery } from '../../integration.ts'

export type BreakerState = 'closed' | 'trying' | 'open'

export interface Breaker {
  /** Open changes to trying when its time is over. */
  readonly stateAt: (nowMs: number) => BreakerState
  /** A send begins; in `trying` no other may until it ends. */
  readonly begin: (nowMs: number) => void
  readonly end: (outcome: Delivery['kind'] | 'withdrawn', nowMs: number) => void
  /** The vendor asked for quiet: nothing is sent for so long, whatever the breaker thinks. */
  readonly hold: (forMs: number, nowMs: number) => void
  readonly failures: () => number
  /** True when a send may begin now. */
  readonly lets: (nowMs: number) => boolean
}

export interface BreakerBounds {
  readonly breakerFailuresMax: number
  readonly breakerOpenMs: number
}

export function makeBreaker(bounds: BreakerBounds): Breaker {
  let failures = 0
  let openUntil = 0
  let heldUntil = 0
  let probes = 0
  const stateAt = (nowMs: number): BreakerState => {
    if (failures < bounds.breakerFailuresMax) return 'closed'
    return nowMs < openUntil ? 'open' : 'trying'
  }
  return {
    stateAt,
    failures: () => failures,
    lets: (nowMs) => {
      if (nowMs < heldUntil) return false
      const state = stateAt(nowMs)
      return state === 'closed' || (state === 'trying' && probes === 0)
    },
    begin: () => void (probes += 1),
    end: (outcome, nowMs) => {
      probes = Math.max(probes - 1, 0)
      if (outcome === 'withdrawn') return
      if (outcome === 'delivered' || outcome === 'rejected') {
        // A rejection is about one message: the vendor itself answers.
        failures = 0
        return
      }
      failures += 1
      if (failures >= bounds.breakerFailuresMax) openUntil = nowMs + bounds.breakerOpenMs
    },
    hold: (forMs, nowMs) => {
      heldUntil = Math.max(heldUntil, nowMs + forMs)
    },
  }
}
