/** What may happen between incidents: one goes on in the place of another, or they belong together; and what alerts change. */
import { findRow, type Playbook } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'
import { accept, type CommandOf, type Decision, type IncidentCommand, refuse } from './command.ts'
import type { IncidentEvent } from './event.ts'
import { type Incident, isOpen } from './incident.ts'
import { severityChange } from './severity.ts'

/** What an incident still takes while another goes on in its place. */
export const WHILE_MERGED: ReadonlySet<IncidentCommand['type']> = new Set([
  'unmerge',
  'give-back',
  'attach-alerts',
  'note',
  'record-fact',
  'link',
  'unlink',
  'record-hand-over',
  'record-failure',
  'wake',
])

/** More than a person reads. */
export const LINKS_MAX = 100
/** So many reports of alerts stand in the record one by one; after that only each doubling does. */
export const ALERT_REPORTS_MAX = 50

interface AlertCounts {
  readonly opened: number
  readonly resolved: number
  readonly firing: number
  readonly total: number
  readonly sample: readonly string[]
  readonly monitored?: boolean
}

/** The record stays readable in a storm: the exact counts stand in the view, the events mark the turns. */
export function alertEvents(incident: Incident, counts: AlertCounts, now: Instant): IncidentEvent[] {
  const events: IncidentEvent[] = []
  const before = incident.alerts
  const { opened, resolved, firing, total, sample } = counts
  const monitored = incident.monitored || (opened > 0 && counts.monitored !== false)
  const worthTelling =
    before.reports < ALERT_REPORTS_MAX ||
    total >= 2 * before.total ||
    firing === 0 ||
    before.firing === 0 ||
    monitored !== incident.monitored
  if (worthTelling && (firing !== before.firing || total !== before.total || monitored !== incident.monitored)) {
    events.push({
      type: 'incident.alerts-changed',
      at: now,
      opened,
      resolved,
      firing,
      total,
      sample,
      ...(monitored ? {} : { monitored: false }),
    })
  }
  if (firing === 0 && total > 0 && incident.greenSince === null) events.push({ type: 'incident.turned-green', at: now })
  if (firing > 0 && incident.greenSince !== null) events.push({ type: 'incident.turned-red', at: now })
  return events
}

/** The one that ends: its alerts have moved to the other. */
export function merge(incident: Incident, command: CommandOf<'merge'>, now: Instant): Decision {
  const { by, into, reason } = command
  if (into.id === incident.id) return refuse('same-incident')
  if (incident.private) return refuse('incident-private')
  if (incident.phase === 'closed') return refuse('incident-closed')
  if (!isOpen(incident)) return refuse('incident-already-resolved')
  return accept({ type: 'incident.merged', at: now, by, into, reason })
}

/** Undone: whoever had not answered when it was merged is paged anew, as by an opening. */
export function unmerge(incident: Incident, command: CommandOf<'unmerge'>, playbook: Playbook, now: Instant): Decision {
  const { by, reason, total, firing } = command
  if (incident.mergedInto === null) return refuse('incident-not-merged')
  const row = findRow(playbook, incident.severity)
  if (row === undefined) return refuse('severity-unknown')
  const { id, number, roles } = incident.mergedInto
  return accept({
    type: 'incident.unmerged',
    at: now,
    by,
    from: { id, number },
    reason,
    total,
    firing,
    responseMs: row.responseMs,
    roles,
  })
}

/** It is as severe as the worst that it goes on for; giving back lowers nothing, a person may. */
export function takeIn(incident: Incident, command: CommandOf<'take-in'>, playbook: Playbook, now: Instant): Decision {
  const { by, from, reason, total, firing } = command
  if (from.id === incident.id) return refuse('same-incident')
  if (incident.private) return refuse('incident-private')
  if (!isOpen(incident)) return refuse('merge-target-not-open')
  const { id, number } = from
  const tookIn: IncidentEvent = { type: 'incident.took-in', at: now, by, from: { id, number }, reason }
  const opened = Math.max(0, total - incident.alerts.total)
  const counted = alertEvents(incident, { opened, resolved: 0, firing, total, sample: [], monitored: from.monitored }, now)
  const row = findRow(playbook, from.severity)
  const current = findRow(playbook, incident.severity)
  if (row === undefined || current === undefined || row.rank >= current.rank) return accept(tookIn, ...counted)
  const why = `Incident ${number}, which was merged into it, is ${row.id}.`
  const raised = severityChange(incident, playbook, { row, by, reason: why, clause: `severities.${row.rank}`, basis: 'person', now })
  return accept(tookIn, ...counted, raised)
}

export function giveBack(incident: Incident, command: CommandOf<'give-back'>, now: Instant): Decision {
  const { by, to, reason, total, firing } = command
  if (!incident.merged.some(({ id }) => id === to.id)) return refuse('incident-not-merged')
  const gave: IncidentEvent = { type: 'incident.gave-back', at: now, by, to, reason }
  return accept(gave, ...alertEvents(incident, { opened: 0, resolved: 0, firing, total, sample: [] }, now))
}

/** Linking twice is accepted without a new event. */
export function link(incident: Incident, command: CommandOf<'link'>, now: Instant): Decision {
  const { by, other, reason } = command
  if (other.id === incident.id) return refuse('same-incident')
  if (incident.private) return refuse('incident-private')
  if (incident.links.some(({ id }) => id === other.id)) return accept()
  if (incident.links.length >= LINKS_MAX) return refuse('too-many-links')
  return accept({ type: 'incident.linked', at: now, by, other, reason })
}

export function unlink(incident: Incident, command: CommandOf<'unlink'>, now: Instant): Decision {
  const { by, other, reason } = command
  if (!incident.links.some(({ id }) => id === other.id)) return accept()
  return accept({ type: 'incident.unlinked', at: now, by, other, reason })
}
