/** What an SLA allows, and what an incident has done to it: facts and their limits, no blame. */
import type { Sla } from './playbook.ts'

/** Time that may be lost in the window; null where nothing is promised about that. */
export function allowedMsOf(sla: Sla): number | null {
  // Per cent of a per mille: rounding to the millisecond takes away what binary fractions add.
  return sla.objective === null ? null : Math.round(((100 - sla.objective.percent) / 100) * sla.objective.windowMs)
}
