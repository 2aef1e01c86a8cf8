/** The order in which clocks are shown: what runs or is late, soonest due first; then what was met. */
import type { Clock } from '../../../src/api/schema.ts'

const RANK: Readonly<Record<Clock['state'], number>> = { running: 0, breached: 0, met: 1, not_started: 2, waived: 3 }

/** Those that have not begun stand in the phase bar, waived ones on the timeline. */
export function sortClocks(clocks: readonly Clock[]): readonly Clock[] {
  return clocks
    .filter((clock) => clock.state !== 'waived' && clock.state !== 'not_started')
    .sort((a, b) => RANK[a.state] - RANK[b.state] || dueOf(a) - dueOf(b))
}

function dueOf(clock: Clock): number {
  return clock.due_at === null ? Number.POSITIVE_INFINITY : Date.parse(clock.due_at)
}
