/** The order in which clocks are shown: what runs or is late, soonest due first; then what was met. */
import type { Clock } from '../../../src/api/schema.ts'

/** Those that have not begun stand in the phase bar, waived ones on the timeline. */
export function sortClocks(clocks: readonly Clock[]): readonly Clock[] {
  return clocks
    .filter((clock) => clock.state !== 'waived' && clock.state !== 'not_started' && !isSuperseded(clock, clocks))
    .sort((a, b) => rankOf(a) - rankOf(b) || dueOf(a) - dueOf(b))
}

/** Met, and since then the same was owed again (the severity changed): the later one tells enough. */
function isSuperseded(clock: Clock, clocks: readonly Clock[]): boolean {
  if (clock.state !== 'met') return false
  const later = clocks.slice(clocks.indexOf(clock) + 1)
  return later.some((other) => other.kind === clock.kind && other.audience === clock.audience && other.state !== 'waived')
}

/** What is still owed first, also when it is late; what is done after it. */
function rankOf(clock: Clock): number {
  return clock.ended_at === null ? 0 : 1
}

function dueOf(clock: Clock): number {
  return clock.due_at === null ? Number.POSITIVE_INFINITY : Date.parse(clock.due_at)
}
