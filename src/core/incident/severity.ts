/**
 * How severe an incident is: what is measured, whose word counts, and what that changes. A person's choice by hand
 * stands; what a person measures sets the row; what a source measures only raises it; what is unknown lowers nothing.
 */
import type { PersonId } from '../id.ts'
import { lookAtImpact, type ImpactMet } from '../playbook/impact.ts'
import type { Playbook, SeverityRow } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'
import type { Actor, IncidentEvent, SeverityBasis } from './event.ts'
import type { Incident } from './incident.ts'

export type SeverityChanged = Extract<IncidentEvent, { type: 'incident.severity-changed' }>

export interface SeverityLook {
  /** The row that what is measured makes it now; null: the one it has, or none. */
  readonly change: ImpactMet | null
  /** What is measured asks for another row, and is not to be obeyed by itself: for people to look at. */
  readonly proposed: ImpactMet | null
  readonly wakeAt: Instant | null
}

const NOTHING: SeverityLook = { change: null, proposed: null, wakeAt: null }

/** A fold over facts: asked again after the change it answers that there is none. */
export function lookAtSeverity(incident: Incident, playbook: Playbook, now: Instant): SeverityLook {
  if (Object.keys(incident.impact).length === 0) return NOTHING
  const { met, risesAt } = lookAtImpact(playbook, incident.impact, now)
  const wakeAt = risesAt !== null && mayRiseLater(incident) ? risesAt : null
  const rank = playbook.severities.find((row) => row.id === incident.severity)?.rank ?? Number.POSITIVE_INFINITY
  if (met === null || met.row.rank === rank) return { change: null, proposed: null, wakeAt }
  if (incident.severityBasis === 'person') return { change: null, proposed: met, wakeAt }
  if (met.row.rank < rank) return { change: met, proposed: null, wakeAt: null }
  // A row above may yet be met: until that is known, nothing is lowered.
  const isSettled = incident.mayLower && risesAt === null
  return isSettled ? { change: met, proposed: null, wakeAt: null } : { change: null, proposed: met, wakeAt }
}

/** Where a person has chosen, time alone changes nothing but what is proposed. */
function mayRiseLater(incident: Incident): boolean {
  return incident.severityBasis !== 'person'
}

interface NewSeverity {
  readonly row: SeverityRow
  readonly by: Actor
  readonly reason: string
  readonly clause: string
  readonly basis: SeverityBasis
  readonly now: Instant
}

/** The event of a change of severity, whoever or whatever decided it. */
export function severityChange(incident: Incident, playbook: Playbook, to: NewSeverity): SeverityChanged {
  const from = playbook.severities.find((row) => row.id === incident.severity)
  return {
    type: 'incident.severity-changed',
    at: to.now,
    by: to.by,
    from: incident.severity,
    to: to.row.id,
    raised: from === undefined || to.row.rank < from.rank,
    reason: to.reason,
    clause: to.clause,
    basis: to.basis,
    responseMs: to.row.responseMs,
    roles: to.row.roles,
    carriedBy: to.by.kind === 'person' && hasAcknowledged(incident, to.by.id) ? to.by.id : null,
  }
}

function hasAcknowledged(incident: Incident, personId: PersonId): boolean {
  return incident.duties.some((duty) => duty.acknowledgedBy === personId)
}

/** Who measured at this very instant decided by it; else time did, and that is Tocsin. */
export function deciderOf(incident: Incident, now: Instant, system: Actor): Actor {
  return Object.values(incident.impact).find((measured) => measured.at === now)?.by ?? system
}
