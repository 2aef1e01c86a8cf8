/** A claimed effect on its way through this process: what the workers are handed. */
import type { IncidentId, PersonId } from '../../core/id.ts'
import type { EffectKind, Reservation } from './gate.ts'

export interface Claimed {
  readonly key: string
  readonly kind: EffectKind
  readonly incidentId: IncidentId
  readonly personId: PersonId
  readonly channel: string
  /** Proof of ownership: every later write asks for it. */
  readonly fence: number
  /** Number of this attempt, from 1. */
  readonly attempt: number
  /** An earlier attempt may have arrived. */
  readonly repeat: boolean
  readonly failedBefore: boolean
  /** Of the acknowledge link that was stored with the claim; null where the channel needs none. */
  readonly token: string | null
}

/**
 * How effects that were claimed in the transaction that made them reach this process' workers, so that a page costs
 * two commits. Where nobody listens nothing is reserved, and the effects wait for the poll.
 */
export interface Handoff {
  readonly reserve: (kind: EffectKind, channel: string) => Reservation | undefined
  readonly start: (claimed: Claimed) => void
  /** The outbox of this process; one at a time. @returns how to stop listening. */
  readonly listen: (worker: HandoffWorker) => () => void
}
export type HandoffWorker = Omit<Handoff, 'listen'>

export function makeHandoff(): Handoff {
  let worker: HandoffWorker | undefined
  return {
    reserve: (kind, channel) => worker?.reserve(kind, channel),
    // Without a worker (it stopped between claim and commit) the lease runs out and the effect is sent as a repeat.
    start: (claimed) => worker?.start(claimed),
    listen: (listener) => {
      worker = listener
      return () => {
        if (worker === listener) worker = undefined
      }
    },
  }
}

/** The console needs no link: whoever sees the page there can act there. */
export function needsLink(kind: EffectKind, channel: string): boolean {
  return kind === 'page' && channel !== 'console'
}
