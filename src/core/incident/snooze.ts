/**
 * Snoozing an incident: whoever does it has it, as by acknowledging, and is to be reminded. At its end, unless it is
 * resolved by then, they are paged anew, and the escalation goes on from there. Roles that others hold are paged as ever:
 * nobody snoozes for somebody else.
 */
import type { PersonId } from '../id.ts'
import type { Playbook } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'
import { accept, type CommandOf, type Decision, refuse } from './command.ts'
import type { Actor, Summoned } from './event.ts'
import { type Incident, isOpen } from './incident.ts'

export interface IncidentSnooze {
  readonly until: Instant
  readonly by: Actor
  /** Who has it; null: a source, whose roles are paged then. */
  readonly personId: PersonId | null
}

/** @param acknowledged what acknowledging by the same person gives */
export function snooze(
  incident: Incident,
  command: CommandOf<'snooze'>,
  acknowledged: Decision,
  { playbook, now }: { readonly playbook: Playbook; readonly now: Instant },
): Decision {
  if (acknowledged.kind === 'refused') return acknowledged
  if (command.until <= now) return refuse('snooze-in-past')
  const { reasonRequired, maxMs } = playbook.muting
  const watched = reasonRequired.includes(incident.severity)
  if (watched && command.reason.trim() === '') return refuse('reason-required')
  const until = watched && maxMs !== null ? Math.min(command.until, now + maxMs) : command.until
  const { by, personId, reason } = command
  return accept(...acknowledged.events, { type: 'incident.snoozed', at: now, by, personId, until, reason })
}

/** Before its time. */
export function wakeUp(incident: Incident, command: CommandOf<'wake-up'>, now: Instant): Decision {
  if (!isOpen(incident)) return refuse('incident-already-resolved')
  if (incident.snooze === null) return refuse('not-snoozed')
  return accept({ type: 'incident.woken', at: now, by: command.by, wanted: wantedAt(incident, incident.snooze) })
}

/** Whom the end of a snooze pages: who snoozed it, else every role that was acknowledged. */
export function wantedAt(incident: Incident, { by, personId }: IncidentSnooze): readonly Summoned[] {
  if (personId !== null) return [{ kind: 'person', personId, personName: by.name }]
  const roles = new Set(incident.duties.filter((duty) => duty.state === 'acknowledged').map((duty) => duty.role))
  return [...roles].map((role) => ({ kind: 'role', role }))
}
