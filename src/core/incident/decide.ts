/** What may happen to an incident. Accepts with events or refuses with a fixed code; it never throws for what people ask. */
import { dutyRolesOf, findRow, findType, type Playbook } from '../playbook/playbook.ts'
import { findService, teamOf } from '../playbook/service.ts'
import type { Instant } from '../time.ts'
import { accept, type CommandOf, type Decision, type IncidentCommand, refuse } from './command.ts'
import { movePlaybook } from './decide-move.ts'
import { changeSeverity, openingImpact, openingSeverity, recordImpact, triage } from './decide-severity.ts'
import { alertEvents, giveBack, link, merge, takeIn, unlink, unmerge, WHILE_MERGED } from './decide-merge.ts'
import type { IncidentEvent } from './event.ts'
import { snooze, wakeUp } from './snooze.ts'
import { type Duty, type Incident, isOpen } from './incident.ts'

/** The role a first acknowledgement takes, until it is handed over. */
export const COMMANDER_ROLE = 'incident-commander'

export function decide(incident: Incident, command: IncidentCommand, playbook: Playbook, now: Instant): Decision {
  if (command.type === 'open') return open(incident, command, playbook, now)
  if (incident.id === null) return refuse('incident-not-opened')
  if (incident.mergedInto !== null && !WHILE_MERGED.has(command.type)) return refuse('incident-merged')
  switch (command.type) {
    case 'attach-alerts':
      return attachAlerts(incident, command, now)
    case 'acknowledge':
      return acknowledge(incident, command, playbook, now)
    case 'snooze': {
      const { by, personId, via } = command
      const acknowledged = acknowledge(incident, { type: 'acknowledge', by, personId, via }, playbook, now)
      return snooze(incident, command, acknowledged, { playbook, now })
    }
    case 'wake-up':
      return wakeUp(incident, command, now)
    case 'decline':
      return decline(incident, command, now)
    case 'summon':
      return summon(incident, command, playbook, now)
    case 'release':
      return release(incident, command, now)
    case 'triage':
      return triage(incident, command, playbook, now)
    case 'change-severity':
      return changeSeverity(incident, command, playbook, now)
    case 'record-impact':
      return recordImpact(incident, command, playbook, now)
    case 'mitigate':
      if (!isOpen(incident)) return refuse('incident-already-resolved')
      return incident.phase === 'mitigating' ? accept() : accept({ type: 'incident.mitigation-started', at: now, by: command.by })
    case 'resolve':
      if (incident.phase === 'closed') return refuse('incident-closed')
      if (!isOpen(incident)) return refuse('incident-already-resolved')
      return resolve(incident, command, now)
    case 'decline-resolution':
      return declineResolution(incident, command, now)
    case 'go-back':
      return goBack(incident, command, now)
    case 'reopen':
      return reopen(incident, command, playbook, now)
    case 'close':
      if (incident.phase === 'closed') return accept()
      return isOpen(incident)
        ? refuse('incident-not-resolved')
        : accept({ type: 'incident.closed', at: now, by: command.by, reason: command.reason })
    case 'merge':
      return merge(incident, command, now)
    case 'unmerge':
      return unmerge(incident, command, playbook, now)
    case 'take-in':
      return takeIn(incident, command, playbook, now)
    case 'give-back':
      return giveBack(incident, command, now)
    case 'link':
      return link(incident, command, now)
    case 'unlink':
      return unlink(incident, command, now)
    case 'name-service':
      return nameService(incident, command, playbook, now)
    case 'move-playbook':
      return movePlaybook(incident, command, playbook, now)
    case 'note':
      return accept({ type: 'incident.noted', at: now, by: command.by, text: command.text })
    case 'record-fact':
      return command.reason.trim() === '' && incident.facts[command.fact] !== undefined
        ? refuse('reason-required')
        : accept({
            type: 'incident.fact-recorded',
            at: now,
            by: command.by,
            fact: command.fact,
            factAt: command.factAt,
            reason: command.reason,
          })
    case 'assign-role':
      return assignRole(incident, command, playbook, now)
    case 'record-hand-over':
      return accept({ type: 'incident.page-handed-over', at: now, pages: command.pages, channel: command.channel })
    case 'record-failure':
      return recordFailure(incident, command, now)
    case 'wake':
      return accept()
  }
}

function open(incident: Incident, command: CommandOf<'open'>, playbook: Playbook, now: Instant): Decision {
  if (incident.id !== null) return refuse('incident-already-opened')
  const type = command.incidentType === null ? null : findType(playbook, command.incidentType)
  if (type === undefined) return refuse('type-unknown')
  const service = command.service ?? null
  if (service !== null && findService(playbook, service) === undefined) return refuse('service-unknown')
  const sourceTeam = command.sourceTeam ?? null
  const team = teamOf(playbook, { service, sourceTeam, incidentType: type?.id ?? null })
  const severity = openingSeverity(command, type, playbook, now)
  if (severity === undefined) return refuse('severity-unknown')
  const { row, reason, clause, basis } = severity
  const opened: IncidentEvent = {
    type: 'incident.opened',
    at: now,
    by: command.by,
    id: command.id,
    title: command.title,
    summary: command.summary,
    firstStep: type?.firstStep ?? '',
    incidentType: type?.id ?? null,
    severity: row.id,
    severityReason: reason,
    severityClause: clause,
    severityBasis: basis,
    responseMs: row.responseMs,
    roles: command.chore === true ? [] : row.roles,
    playbook: playbook.digest,
    private: command.private,
    ...(service === null ? {} : { service }),
    ...(team === null ? {} : { team }),
    ...(sourceTeam === null ? {} : { sourceTeam }),
    ...(command.chore === true ? { chore: true as const } : {}),
    ...(command.turns === undefined || command.turns.length === 0 ? {} : { turns: command.turns }),
  }
  return accept(opened, ...openingImpact(command, playbook, now))
}

function attachAlerts(incident: Incident, command: CommandOf<'attach-alerts'>, now: Instant): Decision {
  const events = alertEvents(incident, command, now)
  if (command.opened === 0 || command.firing > 0 || incident.greenSince === null) return accept(...events)
  // One came and went between two looks: it has been quiet since now, not since before.
  return accept(...events, { type: 'incident.turned-red', at: now }, { type: 'incident.turned-green', at: now })
}

/** Acknowledging twice is accepted without a new event: buttons get pressed twice. */
function acknowledge(incident: Incident, command: CommandOf<'acknowledge'>, playbook: Playbook, now: Instant): Decision {
  if (incident.phase === 'closed') return refuse('incident-closed')
  if (!isOpen(incident)) return refuse('incident-already-resolved')
  const { personId } = command
  const anyone = personId === null || findRow(playbook, incident.severity)?.acknowledgement === 'any'
  // Somebody who first said that they cannot may still do it.
  const pages = incident.pages.filter(
    (page) => (page.state === 'paging' || page.state === 'declined') && (page.personId === personId || personId === null),
  )
  const mine = new Set(pages.map((page) => page.duty))
  const duties = incident.duties.filter((duty) => awaits(duty) && (anyone || mine.has(duty.id)))
  const response = incident.responses.at(-1)
  if (duties.length === 0 && pages.length === 0 && incident.acknowledgedAt !== null && response?.metAt !== null) return accept()
  const events: IncidentEvent[] = [
    {
      type: 'incident.acknowledged',
      at: now,
      by: command.by,
      via: command.via,
      personId,
      ...(command.others === undefined || command.others === 0 ? {} : { others: command.others }),
      pages: pages.map((page) => page.key),
      duties: duties.map((duty) => duty.id),
    },
  ]
  const leads = playbook.roles.some((role) => role.id === COMMANDER_ROLE)
  if (leads && personId !== null && command.by.kind === 'person' && incident.roles[COMMANDER_ROLE] === undefined) {
    events.push({
      type: 'incident.role-assigned',
      at: now,
      by: { kind: 'system', name: 'Tocsin' },
      role: COMMANDER_ROLE,
      personId,
      personName: command.by.name,
    })
  }
  return accept(...events)
}

function decline(incident: Incident, command: CommandOf<'decline'>, now: Instant): Decision {
  if (!isOpen(incident)) return refuse('incident-already-resolved')
  const pages = incident.pages.filter((page) => page.state === 'paging' && page.personId === command.personId)
  if (pages.length === 0) return refuse('not-paged')
  const ids = new Set(pages.map((page) => page.duty))
  return accept({
    type: 'incident.page-declined',
    at: now,
    by: command.by,
    personId: command.personId,
    pages: pages.map((page) => page.key),
    duties: incident.duties.filter((duty) => duty.state === 'open' && ids.has(duty.id)).map((duty) => duty.id),
  })
}

/** Who is being paged already is not paged twice. */
function summon(incident: Incident, command: CommandOf<'summon'>, playbook: Playbook, now: Instant): Decision {
  const { by, wanted, reason } = command
  if (!isOpen(incident)) return refuse('incident-already-resolved')
  if (wanted.kind === 'role' && !dutyRolesOf(playbook).includes(wanted.role)) return refuse('role-unknown')
  const paging = incident.duties.some(
    (duty) => duty.state === 'open' && (wanted.kind === 'role' ? duty.role === wanted.role : duty.personId === wanted.personId),
  )
  return paging ? accept() : accept({ type: 'incident.summoned', at: now, by, wanted, reason })
}

function release(incident: Incident, command: CommandOf<'release'>, now: Instant): Decision {
  const duties = incident.duties.filter((duty) => awaits(duty) && (command.role === null || duty.role === command.role))
  if (duties.length === 0) return refuse('nothing-to-release')
  return accept({
    type: 'incident.duties-released',
    at: now,
    by: command.by,
    duties: duties.map((duty) => duty.id),
    reason: command.reason,
  })
}

/** Also while alerts fire: whoever resolves may know better than the monitors, and the record says how many did. */
function resolve(incident: Incident, command: CommandOf<'resolve'>, now: Instant): Decision {
  if (command.reason.trim() === '') return refuse('reason-required')
  // No monitor says that it is over: somebody must stand behind it by name.
  if (!incident.monitored && command.by.kind !== 'person') return refuse('attestation-required')
  const firing = command.firing ?? incident.alerts.firing
  const attested = incident.monitored ? {} : { attested: true as const }
  return accept({ type: 'incident.resolved', at: now, by: command.by, reason: command.reason, firing, ...attested })
}

/** Also before it is proposed, so that a row which resolves by itself can be kept open in time. */
function declineResolution(incident: Incident, command: CommandOf<'decline-resolution'>, now: Instant): Decision {
  if (!isOpen(incident)) return refuse('incident-already-resolved')
  if (incident.greenSince === null) return refuse('nothing-proposed')
  if (command.reason.trim() === '') return refuse('reason-required')
  if (incident.keptOpen?.since === incident.greenSince) return accept()
  return accept({ type: 'incident.resolution-declined', at: now, by: command.by, since: incident.greenSince, reason: command.reason })
}

function goBack(incident: Incident, command: CommandOf<'go-back'>, now: Instant): Decision {
  if (!isOpen(incident)) return refuse('incident-already-resolved')
  if (incident.phase !== 'mitigating') return refuse('nothing-to-go-back-to')
  if (command.reason.trim() === '') return refuse('reason-required')
  return accept({ type: 'incident.went-back', at: now, by: command.by, from: 'mitigating', to: 'triaged', reason: command.reason })
}

function reopen(incident: Incident, command: CommandOf<'reopen'>, playbook: Playbook, now: Instant): Decision {
  if (isOpen(incident)) return refuse('incident-not-resolved')
  if (command.reason.trim() === '') return refuse('reason-required')
  const row = findRow(playbook, incident.severity)
  if (row === undefined) return refuse('severity-unknown')
  return accept({
    type: 'incident.reopened',
    at: now,
    by: command.by,
    reason: command.reason,
    responseMs: row.responseMs,
    roles: row.roles,
  })
}

/** Where it is another team's, that team's people are paged. */
function nameService(incident: Incident, command: CommandOf<'name-service'>, playbook: Playbook, now: Instant): Decision {
  const { by, service, reason } = command
  if (incident.phase === 'closed') return refuse('incident-closed')
  if (service !== null && findService(playbook, service) === undefined) return refuse('service-unknown')
  if (service === incident.service) return accept()
  const row = findRow(playbook, incident.severity)
  if (row === undefined) return refuse('severity-unknown')
  const team = teamOf(playbook, { ...incident, service })
  return accept({ type: 'incident.service-named', at: now, by, service, team, reason, roles: row.roles })
}

function assignRole(incident: Incident, command: CommandOf<'assign-role'>, playbook: Playbook, now: Instant): Decision {
  if (!playbook.roles.some((role) => role.id === command.role)) return refuse('role-unknown')
  if (incident.roles[command.role]?.personId === command.personId) return accept()
  const { by, role, personId, personName } = command
  return accept({ type: 'incident.role-assigned', at: now, by, role, personId, personName })
}

/** A channel that fails again and again is told once; only its end is news. */
function recordFailure(incident: Incident, command: CommandOf<'record-failure'>, now: Instant): Decision {
  const pages = incident.pages.filter((page) => command.pages.includes(page.key))
  const news = pages.some((page) => (command.final ? !page.deadChannels.includes(command.channel) : page.troubleAt === null))
  if (!news) return accept()
  const { channel, reason, final } = command
  return accept({ type: 'incident.page-failed', at: now, pages: pages.map((page) => page.key), channel, reason, final })
}

function awaits(duty: Duty): boolean {
  return duty.state === 'open' || duty.state === 'exhausted'
}
