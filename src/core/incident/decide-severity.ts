/** What may happen to the severity of an incident: at its opening, by triage, by hand, and by what is measured. */
import { crosses, severityOfImpact, unitOfMeasure } from '../playbook/impact.ts'
import { isImpossible, titleOfMeasure } from '../playbook/measure.ts'
import { findRow, findType, type IncidentType, type Playbook, type SeverityRow } from '../playbook/playbook.ts'
import { teamOf } from '../playbook/service.ts'
import type { Instant } from '../time.ts'
import { accept, type CommandOf, type Decision, type Measurement, refuse } from './command.ts'
import type { IncidentEvent, SeverityBasis } from './event.ts'
import { evolve } from './evolve.ts'
import { type Incident, isOpen } from './incident.ts'
import { lookAtSeverity, severityChange } from './severity.ts'

/** So many measurements of sources stand in the record; after that only those that raise the severity do. */
export const SOURCE_READINGS_MAX = 100

/** A row, and whose word it is. */
export interface ChosenSeverity {
  readonly row: SeverityRow
  readonly reason: string
  readonly clause: string
  readonly basis: SeverityBasis
}

/**
 * The row asked for, else the type's, else the default. A type whose signals measure its impact and whose signal sent
 * nothing is of unknown impact: the default's row where that is more severe. What was sent only raises. Undefined where
 * the playbook has no such row.
 */
export function openingSeverity(
  command: CommandOf<'open'>,
  type: IncidentType | null,
  playbook: Playbook,
  now: Instant,
): ChosenSeverity | undefined {
  const start = startingRow(command, type, playbook)
  const measured = usable(command, playbook)
  if (start === undefined || measured === null) return start
  const verdict = severityOfImpact(playbook, { [measured.measure]: { readings: [{ at: now, value: measured.value }] } }, now)
  const row = verdict === null ? undefined : playbook.severities[verdict.rank]
  if (verdict === null || row === undefined || row.rank >= start.row.rank) return start
  return { row, reason: `${start.reason} ${verdict.sentence}`.trim(), clause: verdict.path, basis: 'impact' }
}

/** Null also where the unit is another than the playbook's, or the value cannot be: then it is as if nothing was sent. */
function usable({ measured }: CommandOf<'open'>, playbook: Playbook): Measurement | null {
  return measured === undefined || refusalOf(measured, playbook) !== null ? null : measured
}

function startingRow(command: CommandOf<'open'>, type: IncidentType | null, playbook: Playbook): ChosenSeverity | undefined {
  const reason = command.severityReason
  if (command.severity !== null) {
    const row = findRow(playbook, command.severity)
    return row && { row, reason, clause: `severities.${row.rank}`, basis: 'playbook' }
  }
  const fallback = findRow(playbook, playbook.defaultSeverity)
  if (type === null) return fallback && { row: fallback, reason, clause: 'default_severity', basis: 'playbook' }
  const row = findRow(playbook, type.severity)
  if (row === undefined || fallback === undefined) return undefined
  if (type.measures === null || usable(command, playbook) !== null || row.rank <= fallback.rank)
    return { row, reason, clause: `incident_types.${playbook.incidentTypes.indexOf(type)}.severity`, basis: 'playbook' }
  const unknown = `${titleOfMeasure(type.measures.measure)} was not sent: until somebody knows better it is ${fallback.id}.`
  return { row: fallback, reason: `${reason} ${unknown}`.trim(), clause: 'default_severity', basis: 'playbook' }
}

/** What the signal that opens it measures. */
export function openingImpact(command: CommandOf<'open'>, playbook: Playbook, now: Instant): IncidentEvent[] {
  const measured = usable(command, playbook)
  if (measured === null) return []
  const { measure, value, unit } = measured
  return [{ type: 'incident.impact-measured', at: now, by: command.by, measure, value, unit, reason: '' }]
}

/**
 * A person names the type or the row. A row that is named is chosen by hand. The type's own row is the playbook's word:
 * it gives way to a choice by hand and to what a person has measured, and to anything measured that is more severe.
 */
export function triage(incident: Incident, command: CommandOf<'triage'>, playbook: Playbook, now: Instant): Decision {
  if (!isOpen(incident)) return refuse('incident-already-resolved')
  const type = command.incidentType === null ? null : findType(playbook, command.incidentType)
  if (type === undefined) return refuse('type-unknown')
  const chosen = command.severity === null ? rowByType(incident, type, playbook, now) : rowByHand(command.severity, playbook)
  if (chosen === undefined) return refuse('severity-unknown')
  const incidentType = type?.id ?? incident.incidentType
  const team = teamOf(playbook, { ...incident, incidentType })
  const triaged: IncidentEvent = {
    type: 'incident.triaged',
    at: now,
    by: command.by,
    incidentType,
    firstStep: type?.firstStep ?? incident.firstStep,
    ...(team === incident.team ? {} : { handedTo: { team, roles: chosen.row.roles } }),
  }
  if (chosen.row.id === incident.severity) return accept(triaged)
  const reason = command.reason.trim() === '' ? chosen.reason : command.reason
  return accept(triaged, severityChange(incident, playbook, { ...chosen, reason, by: command.by, now }))
}

function rowByHand(severity: string, playbook: Playbook): ChosenSeverity | undefined {
  const row = findRow(playbook, severity)
  return row && { row, reason: 'Classified at triage.', clause: `severities.${row.rank}`, basis: 'person' }
}

function rowByType(incident: Incident, type: IncidentType | null, playbook: Playbook, now: Instant): ChosenSeverity | undefined {
  const current = findRow(playbook, incident.severity)
  const kept = current && { row: current, reason: '', clause: incident.severityClause, basis: incident.severityBasis }
  if (type === null || incident.severityBasis === 'person') return kept
  const met = severityOfImpact(playbook, incident.impact, now)
  if (met !== null && isMeasuredByPerson(incident)) return kept
  const row = findRow(playbook, type.severity)
  const measured = met === null ? undefined : playbook.severities[met.rank]
  if (row === undefined) return undefined
  if (met !== null && measured !== undefined && measured.rank < row.rank)
    return { row: measured, reason: met.sentence, clause: met.path, basis: 'impact' }
  return {
    row,
    reason: `Incident type "${type.title}".`,
    clause: `incident_types.${playbook.incidentTypes.indexOf(type)}.severity`,
    basis: 'playbook',
  }
}

function isMeasuredByPerson(incident: Incident): boolean {
  return Object.values(incident.impact).some(({ readings }) => readings.some((reading) => reading.from === 'person'))
}

export function changeSeverity(incident: Incident, command: CommandOf<'change-severity'>, playbook: Playbook, now: Instant): Decision {
  if (!isOpen(incident)) return refuse('incident-already-resolved')
  const row = findRow(playbook, command.severity)
  if (row === undefined) return refuse('severity-unknown')
  if (row.id === incident.severity) return refuse('severity-unchanged')
  if (command.reason.trim() === '') return refuse('reason-required')
  const { by, reason } = command
  const basis = by.kind === 'person' ? 'person' : 'playbook'
  return accept(severityChange(incident, playbook, { row, by, reason, clause: `severities.${row.rank}`, basis, now }))
}

/** Taken down whatever the phase: the impact is asked for again in the post-mortem. What it changes is for `plan` to say. */
export function recordImpact(incident: Incident, command: CommandOf<'record-impact'>, playbook: Playbook, now: Instant): Decision {
  const refused = refusalOf(command, playbook)
  if (refused !== null) return refuse(refused)
  const { by, measure, value, unit, reason } = command
  const event: IncidentEvent = { type: 'incident.impact-measured', at: now, by, measure, value, unit, reason }
  return by.kind === 'source' && !isNews(incident, event, playbook, now) ? accept() : accept(event)
}

function refusalOf(
  { measure, value, unit }: Measurement,
  playbook: Playbook,
): 'measure-unknown' | 'unit-wrong' | 'value-impossible' | null {
  const expected = unitOfMeasure(playbook, measure)
  if (expected === null) return 'measure-unknown'
  if (expected !== unit) return 'unit-wrong'
  return !Number.isFinite(value) || isImpossible(measure, { value, unit }) ? 'value-impossible' : null
}

/** A source measures all the time: what counts is its first word, and each time it crosses a bound of the matrix. */
function isNews(
  incident: Incident,
  event: Extract<IncidentEvent, { type: 'incident.impact-measured' }>,
  playbook: Playbook,
  now: Instant,
): boolean {
  if (!isOpen(incident)) return false
  if (incident.sourceReadings >= SOURCE_READINGS_MAX) return lookAtSeverity(evolve(incident, event), playbook, now).change !== null
  const known = Object.hasOwn(incident.impact, event.measure) ? (incident.impact[event.measure]?.readings ?? []) : []
  const last = known.findLast((reading) => reading.from === 'source')
  return last === undefined || crosses(playbook, event.measure, last.value, event.value)
}
