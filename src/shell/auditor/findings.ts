/** What can be wrong with an open incident, judged from its state and its plan alone. Pure. */
import type { IncidentId } from '../../core/id.ts'
import type { Incident } from '../../core/incident/incident.ts'
import { isOpen } from '../../core/incident/incident.ts'
import { plan } from '../../core/incident/plan.ts'
import type { Roster } from '../../core/oncall/roster.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import type { Instant } from '../../core/time.ts'

/** A wake-up may be this late before it counts: the waker asks each second. */
export const LATE_MS = 30_000

export type FindingKind =
  /** The plan has a step that should have been done by now. */
  | 'step-due'
  /** The plan wants to be asked at a time that nobody has noted. */
  | 'no-wake-up'
  /** The noted time is past. */
  | 'wake-up-overdue'
  /** A duty is open, and nothing will happen about it. */
  | 'no-next-step'
  /** A page for which nothing was ever to be sent. */
  | 'page-without-effect'
  /** A message that should have been tried and was not. */
  | 'effect-waiting'
  /** Alerts are held by a silence, a window or a snooze that is over; of no one incident, and numbered 0. */
  | 'hold-over'
  /** It could not be looked at. */
  | 'unreadable'

export interface Finding {
  readonly incidentId: IncidentId
  readonly number: number
  readonly kind: FindingKind
  /** One sentence; no text from alerts. */
  readonly detail: string
}

export interface Examined {
  readonly state: Incident
  readonly wakeAt: Instant | null
  readonly playbook: Playbook
  readonly roster: Roster
  readonly now: Instant
}

/** At most one: the first that explains the others. */
export function examine({
  state,
  wakeAt,
  playbook,
  roster,
  now,
}: Examined): { readonly kind: FindingKind; readonly detail: string } | null {
  const planned = plan(state, playbook, roster, now)
  const isLate = wakeAt !== null && wakeAt < now - LATE_MS
  if (isLate) return { kind: 'wake-up-overdue', detail: `it should have been looked at ${seconds(now - wakeAt)} ago` }
  const willWake = wakeAt !== null && wakeAt <= now
  if (willWake) return null
  if (planned.steps.length > 0) {
    const kinds = [...new Set(planned.steps.map((step) => step.kind))].join(', ')
    return { kind: 'step-due', detail: `a step is due and was not carried out: ${kinds}` }
  }
  if (planned.wakeAt !== null && (wakeAt === null || wakeAt > planned.wakeAt + LATE_MS)) {
    return { kind: 'no-wake-up', detail: 'its next step is planned, but nothing would have woken it for it' }
  }
  if (planned.wakeAt === null && isOpen(state) && state.duties.some((duty) => duty.state === 'open')) {
    return { kind: 'no-next-step', detail: 'a duty is open and nothing more is planned for it' }
  }
  return null
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`
}
