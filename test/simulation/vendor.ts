/** Fake vendors: each accepts or not by a mood that the fault plan sets, and remembers every request it accepted. */
import type { Delivery } from '../../src/integration.ts'

export type Mood = 'well' | 'slow' | 'throttling' | 'failing' | 'resetting' | 'hanging'
export const MOODS: readonly Mood[] = ['well', 'slow', 'throttling', 'failing', 'resetting', 'hanging']

export interface VendorRequest {
  readonly key: string
  readonly attempt: number
  readonly repeat: boolean
  readonly at: number
  readonly accepted: boolean
}

export interface VendorReply {
  readonly afterMs: number
  readonly delivery: Delivery
  readonly accepted: boolean
}

/** The call's own time-out, as the channels have it. */
const TIMEOUT_MS = 10_000

/** What a vendor in this mood answers, how late, and whether it took the message. */
export function answer(mood: Mood, roll: number): VendorReply {
  switch (mood) {
    case 'well':
      return { afterMs: 50 + roll * 400, delivery: { kind: 'delivered', externalId: null, evidence: '' }, accepted: true }
    case 'slow':
      return { afterMs: 4_000 + roll * 5_000, delivery: { kind: 'delivered', externalId: null, evidence: '' }, accepted: true }
    case 'throttling':
      return {
        afterMs: 100,
        delivery: { kind: 'retry', afterMs: roll < 0.5 ? null : 5_000 + roll * 20_000, reason: '429' },
        accepted: false,
      }
    case 'failing':
      return { afterMs: 200, delivery: { kind: 'retry', afterMs: null, reason: '500' }, accepted: false }
    case 'resetting':
      return { afterMs: 300, delivery: { kind: 'unknown', reason: 'reset' }, accepted: true }
    case 'hanging':
      return { afterMs: TIMEOUT_MS, delivery: { kind: 'unknown', reason: 'time-out' }, accepted: roll < 0.5 }
  }
}
