/**
 * What quiet hours do to an escalation, on rows that respect them: a page is held only where nobody is left in silence.
 * See docs/decisions for why.
 */
import type { PersonId } from '../id.ts'
import type { Roster } from '../oncall/roster.ts'
import type { EscalationStep, SeverityRow } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'
import type { Duty, Incident } from './incident.ts'

export type Quiet =
  /** Pages of whoever sleeps wait for the end of their quiet hours; somebody awake is paged with them. */
  | 'some-awake'
  /** The same, and the next step is due at once: it, or one after it in this round, reaches somebody awake. */
  | 'later-awake'
  /** Nobody is awake, and there is time to wait for the first of them: the whole step is held, and its wait with it. */
  | 'all-held'
  /** Nobody's quiet hours count. */
  | 'void'

export interface QuietScene {
  readonly incident: Incident
  readonly duty: Duty
  readonly row: SeverityRow
  readonly roster: Roster
  readonly now: Instant
  readonly reach: (step: EscalationStep) => readonly { readonly personId: PersonId }[]
}

export function quietAt(scene: QuietScene, step: number): Quiet {
  const { duty, row } = scene
  // Who is called in by hand is wanted now.
  if (row.quietHours !== 'respected' || duty.summoned === true) return 'void'
  const { steps } = row.escalation
  if (isSomebodyAwake(scene, steps.slice(groupStart(steps, step), step + 1))) return 'some-awake'
  if (isSomebodyAwake(scene, steps.slice(step + 1))) return 'later-awake'
  const ends = peopleOfSteps(scene, steps.slice(step, step + 1)).map((id) => endOf(scene, id) ?? scene.now)
  return Math.min(...ends) < answerBy(scene.incident) ? 'all-held' : 'void'
}

/** When the quiet hours of that person are over; null: they are awake. */
export function endOf({ roster, now }: Pick<QuietScene, 'roster' | 'now'>, id: PersonId): Instant | null {
  const until = roster.people[id]?.quietUntil ?? null
  return until !== null && until > now ? until : null
}

/** Steps that have no wait between them are one. */
function groupStart(steps: readonly EscalationStep[], step: number): number {
  let start = step
  while (start > 0 && steps[start - 1]?.waitMs === 0) start -= 1
  return start
}

function peopleOfSteps({ reach }: QuietScene, steps: readonly EscalationStep[]): readonly PersonId[] {
  return steps.flatMap((step) => reach(step).map(({ personId }) => personId))
}

function isSomebodyAwake(scene: QuietScene, steps: readonly EscalationStep[]): boolean {
  return peopleOfSteps(scene, steps).some((id) => endOf(scene, id) === null)
}

/** The response clock runs on; once somebody has answered, nothing presses. */
function answerBy({ responses }: Incident): Instant {
  const response = responses.at(-1)
  return response === undefined || response.metAt !== null || response.waivedAt !== null ? Number.POSITIVE_INFINITY : response.dueAt
}
