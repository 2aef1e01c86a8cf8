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
}

export function heldBy(hold: Hold): HeldAim {
  return { kind: 'held', ...hold }
}
