/**
 * What an incident still owes in its phase: for whoever asks "what now?", each with the place of the playbook that asks
 * for it. Nothing here acts; clocks and pages are for `plan`.
 */
import { formatDuration } from '../playbook/duration.ts'
import { verdictOf } from '../playbook/impact.ts'
import { titleOfMeasure } from '../playbook/measure.ts'
import { findRow, findType, type Playbook } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'
import { COMMANDER_ROLE } from './decide.ts'
import type { Phase } from './event.ts'
import { type AlertTally, type Incident, isOpen } from './incident.ts'
import { flappingOf } from './flapping.ts'
import type { OwedCode } from './owed-code.ts'
import { lookAtSeverity } from './severity.ts'

export interface Owed {
  readonly code: OwedCode
  /** One sentence for people. */
  readonly text: string
  /** Null where the playbook names no time. */
  readonly due: Instant | null
  /** An incident role's id, else a duty role; null: anybody. */
  readonly role: string | null
  /** Keys from the top of the file, joined by dots; empty where the playbook does not say so itself. */
  readonly clause: string
}

/** A task of Tocsin's own has no impact, no audience and nothing to mitigate. */
const CHORE: Owed = { code: 'resolve', text: 'It is resolved by itself when what it asks for is done.', due: null, role: null, clause: '' }

/** In the order in which one would do it. @param alerts the exact counts, where the reader has them */
export function owedBy(
  incident: Incident,
  playbook: Playbook,
  now: Instant,
  alerts: Pick<AlertTally, 'firing' | 'total'> = incident.alerts,
): readonly Owed[] {
  if (incident.id === null || incident.mergedInto !== null) return []
  if (incident.chore && isOpen(incident)) return [...owedAnswers(incident, playbook), CHORE]
  const monitors = owedByMonitors(playbook, alerts)
  if (!isOpen(incident)) return [...(incident.phase === 'closed' ? [] : monitors), ...owedAfterwards(incident, playbook)]
  return [
    ...owedAnswers(incident, playbook),
    ...owedTriage(incident, playbook, now),
    ...owedMitigation(incident, playbook),
    ...owedUpdates(incident, playbook),
    ...monitors,
    ...owedResolution(incident, playbook, alerts, now),
  ]
}

function owedAnswers(incident: Incident, playbook: Playbook): Owed[] {
  const response = incident.responses.at(-1)
  const row = findRow(playbook, incident.severity)
  const due = response?.metAt === null ? response.dueAt : null
  const clause = row === undefined ? '' : `severities.${row.rank}.response_time`
  const duties = incident.duties.filter((duty) => duty.state === 'open' || duty.state === 'exhausted')
  const answers = duties.map(({ role }): Owed => ({ code: 'acknowledge', text: `${role} has not acknowledged.`, due, role, clause }))
  if (duties.length === 0 && due !== null) answers.push({ code: 'acknowledge', text: 'Nobody has acknowledged.', due, role: null, clause })
  const place = playbook.roles.findIndex((role) => role.id === COMMANDER_ROLE)
  if (place === -1 || incident.roles[COMMANDER_ROLE] !== undefined) return answers
  const text = `Nobody is ${playbook.roles[place]?.title ?? COMMANDER_ROLE}.`
  return [...answers, { code: 'take-command', text, due: null, role: COMMANDER_ROLE, clause: `roles.${place}` }]
}

function owedTriage(incident: Incident, playbook: Playbook, now: Instant): Owed[] {
  const role = commanderOf(playbook)
  const owed: Owed[] = []
  if (incident.phase === 'detected') {
    const text = incident.incidentType === null ? 'Nobody has said what it is.' : 'Nobody has confirmed what it is.'
    owed.push({ code: 'classify', text, due: null, role, clause: stepOf(playbook, 'triaged') })
  }
  if (playbook.services.length > 0 && incident.service === null)
    owed.push({ code: 'name-service', text: 'Nobody has said which service is hit.', due: null, role, clause: 'services' })
  const measures = [...new Set(playbook.severities.flatMap((row) => row.thresholds.map((threshold) => threshold.measure)))]
  const isKnown = Object.keys(incident.impact).length > 0 || incident.severityBasis === 'person'
  if (measures.length > 0 && !isKnown) {
    const text = `Nobody has measured how bad it is: ${measures.map((measure) => titleOfMeasure(measure).toLowerCase()).join(', ')}.`
    owed.push({ code: 'measure-impact', text, due: null, role, clause: 'severities' })
  }
  const { proposed } = lookAtSeverity(incident, playbook, now)
  if (proposed !== null) {
    const { sentence, path } = verdictOf(proposed)
    owed.push({ code: 'consider-severity', text: sentence, due: null, role, clause: path })
  }
  return owed
}

function owedMitigation(incident: Incident, playbook: Playbook): Owed[] {
  if (incident.phase === 'mitigating') return []
  const place = playbook.incidentTypes.findIndex((type) => type.id === incident.incidentType)
  const steps = playbook.incidentTypes[place]?.mitigation.map((step) => step.title) ?? []
  const text = steps.length === 0 ? 'Mitigation has not begun.' : `Mitigation has not begun: ${steps.join('; ')}.`
  const clause = steps.length === 0 ? stepOf(playbook, 'mitigating') : `incident_types.${place}.immediate_mitigation`
  return [{ code: 'start-mitigation', text, due: null, role: roleOr(playbook, 'operations-lead'), clause }]
}

/** Communication runs beside the other steps until the resolution. Tocsin sends none of it yet, so none has a time. */
function owedUpdates(incident: Incident, playbook: Playbook): Owed[] {
  return playbook.communication.flatMap((row, index): Owed[] => {
    if (!row.severities.includes(incident.severity)) return []
    const often = row.everyMs === null ? 'on every change' : `every ${formatDuration(row.everyMs)}`
    const what = row.content === '' ? '' : `: ${row.content}`
    const text = `Tell ${row.audience} ${often} by ${row.channels.join(', ')}${what}.`
    return [{ code: 'update', text, due: null, role: roleOr(playbook, 'communications-lead'), clause: `communication.${index}` }]
  })
}

function owedByMonitors(playbook: Playbook, { firing, total }: Pick<AlertTally, 'firing' | 'total'>): Owed[] {
  if (firing === 0) return []
  const text = `${firing} of ${total} alerts still ${firing === 1 ? 'fires' : 'fire'}.`
  return [{ code: 'monitors-not-green', text, due: null, role: null, clause: stepOf(playbook, 'resolved') }]
}

function owedResolution(
  incident: Incident,
  playbook: Playbook,
  { firing, total }: Pick<AlertTally, 'firing' | 'total'>,
  now: Instant,
): Owed[] {
  if (firing > 0) return []
  const clause = stepOf(playbook, 'resolved')
  const { keptOpen } = incident
  if (keptOpen !== null && keptOpen.since === incident.greenSince) {
    const text = `${keptOpen.by.name} keeps it open though all alerts are clear: ${keptOpen.reason.replace(/\.$/, '')}.`
    return [{ code: 'resolve', text, due: null, role: commanderOf(playbook), clause }]
  }
  const flapping = flappingOf(incident, playbook.resolution, now)
  const text =
    total === 0
      ? 'Somebody says when the service is restored.'
      : !incident.monitored
        ? 'Nothing monitors it: somebody attests that the service is restored.'
        : flapping === null
          ? 'All alerts are clear: it can be resolved.'
          : `All alerts are clear, but it has turned ${flapping.changes} times lately: its resolution waits.`
  const quietAt = incident.greenSince === null ? null : incident.greenSince + playbook.resolution.quietMs
  const due = quietAt === null ? null : Math.max(quietAt, flapping?.until ?? 0)
  return [{ code: 'resolve', text, due, role: commanderOf(playbook), clause }]
}

function owedAfterwards(incident: Incident, playbook: Playbook): Owed[] {
  const owed: Owed[] = []
  const isAsked = playbook.postMortem.severities.includes(incident.severity)
  if (isAsked && incident.reviewedAt === null) {
    const due = incident.firstResolvedAt === null ? null : incident.firstResolvedAt + playbook.postMortem.withinMs
    const text = `The post-mortem is due ${formatDuration(playbook.postMortem.withinMs)} after the resolution.`
    owed.push({ code: 'post-mortem', text, due, role: commanderOf(playbook), clause: 'post_mortem.within' })
  }
  if (incident.phase === 'closed') return owed
  const place = playbook.incidentTypes.findIndex((type) => type.id === incident.incidentType)
  for (const text of findType(playbook, incident.incidentType ?? '')?.followUp ?? [])
    owed.push({ code: 'follow-up', text: `${text}.`, due: null, role: null, clause: `incident_types.${place}.follow_up` })
  const text = isAsked && incident.reviewedAt === null ? 'It is closed once the post-mortem is done.' : 'It can be closed.'
  return [...owed, { code: 'close', text, due: null, role: commanderOf(playbook), clause: stepOf(playbook, 'closed') }]
}

function commanderOf(playbook: Playbook): string | null {
  return roleOr(playbook, COMMANDER_ROLE)
}

/** An incident role that the playbook has, else whoever leads, else anybody. */
function roleOr(playbook: Playbook, id: string): string | null {
  if (playbook.roles.some((role) => role.id === id)) return id
  return id === COMMANDER_ROLE ? null : commanderOf(playbook)
}

/** Where the document describes the step of that phase. */
function stepOf(playbook: Playbook, phase: Phase): string {
  const place = playbook.lifecycle.findIndex((step) => step.phase === phase)
  return place === -1 ? '' : `lifecycle.${place}`
}
