/** Whether an incident goes back and forth: then its resolution waits, and never a page. */
import type { ResolutionRule } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'
import type { Incident } from './incident.ts'

export interface Flapping {
  /** Turns within the time of the rule. */
  readonly changes: number
  /** When so few are left of them that it counts as steady, if nothing turns again. */
  readonly until: Instant
}

/** Null: it is steady at `now`. */
export function flappingOf({ turns }: Pick<Incident, 'turns'>, { flapping }: ResolutionRule, now: Instant): Flapping | null {
  const oldest = turns.at(-flapping.changes)
  if (turns.length < flapping.changes || oldest === undefined) return null
  const until = oldest + flapping.withinMs
  if (until <= now) return null
  return { changes: turns.filter((turn) => turn > now - flapping.withinMs).length, until }
}
