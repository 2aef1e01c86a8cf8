/** The order in which clocks are shown: what runs or is late, soonest due first; then what was met. */
import type { Clock } from '../../../src/api/schema.ts'

/** Those that have not begun stand in the phase bar, waived ones on the timeline. */
export function sortClocks(clocks: readonly Clock[]): readonly Clock[] {
  return clocks
    .filter((clock) => clock.state !== 'waived' && clock.state !== 'not_started')
    .sort((a, b) => rankOf(a) - rankOf(b) || dueOf(a) - dueOf(b))
}

/** What is still owed first, also when it is late; what is done after it. */
function rankOf(clock: Clock): number {
  return clock.ended_at === null ? 0 : 1
}

function dueOf(clock: Clock): number {
  return clock.due_at === null ? Number.POSITIVE_INFINITY : Date.parse(clock.due_at)
}
