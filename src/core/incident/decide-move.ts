/** Moving an incident to another version of the playbook. The severity stays; who is paged for it, and when, is the new version's. */
import { severityOfImpact } from '../playbook/impact.ts'
import { findRow, findType, type Playbook, type SeverityRow } from '../playbook/playbook.ts'
import { teamOf } from '../playbook/service.ts'
import type { Instant } from '../time.ts'
import { accept, type CommandOf, type Decision, refuse } from './command.ts'
import type { Incident } from './incident.ts'

/** @param playbook the version that it moves to */
export function movePlaybook(incident: Incident, command: CommandOf<'move-playbook'>, playbook: Playbook, now: Instant): Decision {
  if (playbook.digest !== command.playbook) throw new Error('an incident is to be moved to a version that was not given')
  if (incident.phase === 'closed') return refuse('incident-closed')
  if (incident.playbook === null || incident.playbook === playbook.digest) return refuse('playbook-unchanged')
  const row = findRow(playbook, incident.severity)
  if (row === undefined) return refuse('severity-unknown')
  const type = incident.incidentType === null ? null : findType(playbook, incident.incidentType)
  if (type === undefined) return refuse('type-unknown')
  if (command.reason.trim() === '') return refuse('reason-required')
  const team = teamOf(playbook, incident)
  return accept({
    type: 'incident.playbook-moved',
    at: now,
    by: command.by,
    from: incident.playbook,
    to: playbook.digest,
    reason: command.reason,
    firstStep: type?.firstStep ?? incident.firstStep,
    severityClause: clauseIn(playbook, incident, row, now),
    responseMs: row.responseMs,
    roles: row.roles,
    ...(team === incident.team ? {} : { handedTo: team }),
  })
}

/** Rows may stand elsewhere in the new version, and thresholds may be others: the place that now says the same, else the row. */
function clauseIn(playbook: Playbook, incident: Incident, row: SeverityRow, now: Instant): string {
  const byRow = `severities.${row.rank}`
  if (incident.severityBasis === 'person') return byRow
  if (incident.severityBasis === 'impact') {
    const verdict = severityOfImpact(playbook, incident.impact, now)
    return verdict?.severity === row.id ? verdict.path : byRow
  }
  const place = playbook.incidentTypes.findIndex((type) => type.id === incident.incidentType)
  if (playbook.incidentTypes[place]?.severity === row.id) return `incident_types.${place}.severity`
  return incident.incidentType === null && playbook.defaultSeverity === row.id ? 'default_severity' : byRow
}
