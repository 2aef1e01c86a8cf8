/** Who is paged next if nobody acts: asked of `plan` itself, at the moments when it would look again. */
import type { DutyId, PersonId } from '../id.ts'
import type { Incident } from '../incident/incident.ts'
import { plan } from '../incident/plan.ts'
import type { Roster } from '../oncall/roster.ts'
import type { Playbook } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'

export interface NextPage {
  readonly at: Instant
  readonly role: string
  readonly people: readonly PersonId[]
}

/** A plan looks again at most this often before the next step of one duty; then the answer is "not known yet". */
const LOOKS_MAX = 12

/** The next page for one of these duties; null when none is left, or when it cannot be known yet (nothing handed over). */
export function nextPageOf(
  incident: Incident,
  duties: readonly DutyId[],
  context: { readonly playbook: Playbook; readonly roster: Roster },
  now: Instant,
): NextPage | null {
  let at: Instant = now
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const { steps, wakeAt } = plan(incident, context.playbook, context.roster, at)
    for (const step of steps) {
      if (step.kind === 'exhaust' && duties.includes(step.duty)) return null
      if (step.kind === 'page' && duties.includes(step.duty)) {
        return { at, role: step.role, people: step.people.map((page) => page.personId) }
      }
    }
    if (wakeAt === null || wakeAt <= at) return null
    at = wakeAt
  }
  return null
}
