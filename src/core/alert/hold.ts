/** What keeps a firing alert from opening an incident for a while. A held alert is stored and shown, and aimed again when the hold ends. */
import type { Instant } from '../time.ts'

export const HOLD_KINDS = ['silence', 'maintenance', 'inhibition', 'snooze', 'observe'] as const
export type HoldKind = (typeof HOLD_KINDS)[number]

export interface Hold {
  readonly by: HoldKind
  /** What holds it: id of the silence, window or snooze; name of the inhibition rule; id of the observed source. */
  readonly refId: string
  /** One sentence for people, such as `Silenced by Ann until 14:00: deploy of the checkout.` */
  readonly reason: string
  /** When it is to be aimed again at the latest; null: when what holds it says so. */
  readonly until: Instant | null
}

/** As an aim: the alert opens nothing and pages nobody. */
export interface HeldAim extends Hold {
  readonly kind: 'held'
  /** Of what can be edited: an alert that an earlier version holds is aimed again. */
  readonly version?: number
  /** Of an inhibition: the values of the rule's `equal` labels. */
  readonly key?: string
  /** Of an inhibition: the alert is on both sides of the rule. */
  readonly both?: boolean
}

export function heldBy(hold: Omit<HeldAim, 'kind'>): HeldAim {
  return { kind: 'held', ...hold }
}
