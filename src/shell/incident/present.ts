/** Incidents as the API shows them, from rows and the playbook version they run by. */
import type { Clock, Incident, MeasuredImpact, Mitigation, Postmortem, RoleItem, SlaItem, TimelineEntry, Update } from '../../api/schema.ts'
import type { PersonId } from '../../core/id.ts'
import type { IncidentEvent } from '../../core/incident/event.ts'
import { type Incident as IncidentState, isOpen } from '../../core/incident/incident.ts'
import { flappingOf } from '../../core/incident/flapping.ts'
import { owedBy } from '../../core/incident/owed.ts'
import { lookAtSeverity } from '../../core/incident/severity.ts'
import type { SlaVerdict } from '../../core/incident/sla.ts'
import { verdictOf } from '../../core/playbook/impact.ts'
import { clauseText } from '../../core/playbook/clause.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { explainKey } from '../../core/playbook/service.ts'
import { formatQuantity } from '../../core/playbook/quantity.ts'
import type { Roster } from '../../core/oncall/roster.ts'
import { type Instant, SECOND_MS, toRfc3339 } from '../../core/time.ts'
import { nextPageOf } from '../../core/timeline/next-page.ts'
import { type Names, sentenceOf } from '../../core/timeline/sentence.ts'
import { actorOf } from './store.ts'
import type { ClockRow, EventRow, IncidentRow } from './list-store.ts'

/** Names and addresses of people by id. */
export type People = ReadonlyMap<PersonId, { readonly name: string; readonly email: string }>

export interface ShowContext {
  /** Of the version that it runs by. */
  readonly playbook: Playbook
  readonly people: People
  /** Of its team, now. */
  readonly roster: Roster
}

/** @param now for what only time decides, such as a threshold that must be met for a while */
export function showIncident(row: IncidentRow, context: ShowContext, now: Instant): Incident {
  const { state } = row
  const { playbook, people } = context
  return {
    id: row.id,
    number: Number(row.number),
    title: state.title,
    summary: state.summary,
    severity: state.severity,
    severity_rank: row.severity_rank,
    severity_reason: state.severityReason,
    severity_clause: state.severityClause,
    severity_sentence: clauseText(playbook, state.severityClause),
    severity_basis: state.severityBasis,
    severity_proposed: showProposed(state, playbook, now),
    impact: showImpact(state),
    phase: state.phase,
    open: row.open,
    type: state.incidentType,
    type_title: playbook.incidentTypes.find((type) => type.id === state.incidentType)?.title ?? null,
    service: state.service,
    team: state.team,
    team_reason: explainKey(playbook, state),
    first_step: state.firstStep,
    private: row.private,
    opened_at: toRfc3339(state.openedAt),
    acknowledged_at: time(state.acknowledgedAt),
    mitigating_at: time(state.mitigatingAt),
    resolved_at: time(state.resolvedAt),
    snoozed_until: time(state.snooze?.until ?? null),
    closed_at: time(state.closedAt),
    updated_at: toRfc3339(row.updated_at.getTime()),
    roles: showRoles(state, playbook, people),
    playbook_version: row.playbook_version,
    playbook_digest: row.playbook_digest,
    next_due: time(row.next_due_at),
    next_clock: row.next_clock === null ? null : showClock(row.next_clock),
    next_page: showNextPage(state, context, now),
    alerts_total: Number(row.alerts_total),
    alerts_firing: Number(row.alerts_firing),
    alerts_firing_at_resolution: state.firingAtResolution,
    monitored: state.monitored,
    resolution_proposed:
      state.proposal === null ? null : { at: toRfc3339(state.proposal.at), green_since: toRfc3339(state.proposal.since) },
    kept_open: showKeptOpen(state),
    flapping: showFlapping(state, playbook, now),
    merged_into: state.mergedInto === null ? null : { id: state.mergedInto.id, number: state.mergedInto.number },
    merged: state.merged.map((ref) => ({ ...ref })),
    links: state.links.map((ref) => ({ ...ref })),
    owed: owedBy(state, playbook, now, { firing: Number(row.alerts_firing), total: Number(row.alerts_total) }).map((owed) => ({
      ...owed,
      due: time(owed.due),
    })),
    source: row.source,
    version: row.version,
    paging_you: row.paging_you,
  }
}

function showNextPage(state: IncidentState, { playbook, roster }: ShowContext, now: Instant): Incident['next_page'] {
  const waiting = isOpen(state) ? state.duties.filter((duty) => duty.state === 'open').map((duty) => duty.id) : []
  const next = waiting.length === 0 ? null : nextPageOf(state, waiting, { playbook, roster }, now)
  if (next === null) return null
  return { at: toRfc3339(next.at), role: next.role, people: next.people.map((id) => roster.people[id]?.name ?? 'somebody') }
}

export function showProposed(state: IncidentState, playbook: Playbook, now: Instant): Incident['severity_proposed'] {
  const { proposed } = isOpen(state) ? lookAtSeverity(state, playbook, now) : { proposed: null }
  if (proposed === null) return null
  const { severity, rank, sentence, path } = verdictOf(proposed)
  return { severity, severity_rank: rank, reason: sentence, clause: path }
}

function showKeptOpen({ keptOpen }: IncidentState): Incident['kept_open'] {
  if (keptOpen === null) return null
  const { at, since, by, reason } = keptOpen
  return { at: toRfc3339(at), green_since: toRfc3339(since), by: { id: null, ...by }, reason }
}

function showFlapping(state: IncidentState, playbook: Playbook, now: Instant): Incident['flapping'] {
  const flapping = isOpen(state) ? flappingOf(state, playbook.resolution, now) : null
  return flapping === null ? null : { changes: flapping.changes, until: toRfc3339(flapping.until) }
}

function showImpact(state: IncidentState): Incident['impact'] {
  return Object.fromEntries(Object.entries(state.impact).map(([measure, measured]) => [measure, showMeasured(measured)]))
}

export function showMeasured({ value, unit, at, by, reason }: IncidentState['impact'][string]): MeasuredImpact {
  return { value, unit, text: formatQuantity({ value, unit }), at: toRfc3339(at), by: { id: null, ...by }, reason }
}

/** Every incident role of the playbook, held or not, then those held that a changed playbook no longer names. */
export function showRoles(state: IncidentState, playbook: Playbook, people: People): RoleItem[] {
  const named = playbook.roles.map((role) => ({ ...role, id: role.id }))
  const others = Object.keys(state.roles)
    .filter((id) => !named.some((role) => role.id === id))
    .map((id) => ({ id, title: id, responsibility: '', checklist: [] }))
  return [...named, ...others].map((role) => {
    const held = state.roles[role.id]
    return {
      role: role.id,
      title: role.title,
      responsibility: role.responsibility,
      checklist: [...role.checklist],
      person: held === undefined ? null : showPerson(held.personId, held.personName, people),
      since: held === undefined ? null : toRfc3339(held.since),
    }
  })
}

export function showPerson(id: PersonId, fallback: string, people: People) {
  const known = people.get(id)
  return { id, name: known?.name ?? fallback, email: known?.email ?? '' }
}

/** The people that an incident's roles name. */
export function peopleIn(state: IncidentState): PersonId[] {
  return Object.values(state.roles).map((held) => held.personId)
}

export function showClock(row: ClockRow): Clock {
  return {
    id: row.id,
    kind: row.kind,
    audience: row.audience,
    clause: row.clause,
    started_at: time(row.started_at),
    due_at: time(row.due_at),
    state: row.state,
    ended_at: time(row.ended_at),
    reason: row.reason,
  }
}

export function showEntry(id: string, row: EventRow, names: Names): TimelineEntry {
  // Written by us and kept unchanged: the stored event is the event.
  const event = row.data as IncidentEvent
  const { type: _type, at: _at, ...fields } = event
  return {
    id: `${id}/${row.version}`,
    version: row.version,
    at: toRfc3339(row.at.getTime()),
    recorded_at: toRfc3339(row.recorded_at.getTime()),
    type: row.type,
    actor: { id: null, ...actorOf(event) },
    text: sentenceOf(event, names),
    data: toSnakeCase(fields),
  }
}

/** Names for sentences, from the people and the playbook known. */
export function namesFrom(people: People, playbook: Playbook): Names {
  return {
    person: (id) => people.get(id)?.name ?? 'somebody',
    role: (id) => playbook.roles.find((role) => role.id === id)?.title ?? id,
    type: (id) => playbook.incidentTypes.find((type) => type.id === id)?.title ?? id,
  }
}

/** What the playbook offers for this type. Tocsin runs none of it yet: nothing here claims to have happened. */
export function showMitigations(state: IncidentState, playbook: Playbook): Mitigation[] {
  const type = playbook.incidentTypes.find((candidate) => candidate.id === state.incidentType)
  if (type === undefined || type.mitigation.length === 0) return []
  const steps = type.mitigation.map((step, index) => ({
    id: `${type.id}/${index + 1}`,
    title: step.title,
    action: step.action,
    state: 'not_started' as const,
  }))
  return [{ id: type.id, title: type.title, state: 'offered', steps }]
}

/** The rows of the communication plan for this severity; none has been sent by Tocsin. */
export function showUpdates(state: IncidentState, playbook: Playbook): Update[] {
  return playbook.communication
    .filter((row) => row.severities.includes(state.severity))
    .map((row, index) => ({
      id: `${state.severity}/${index + 1}`,
      audience: row.audience,
      channels: [...row.channels],
      content: row.content,
      every_seconds: row.everyMs === null ? null : row.everyMs / SECOND_MS,
      state: 'not_started',
      sent_at: null,
      text: null,
    }))
}

/** What the playbook asks for; nobody can write it in Tocsin yet, so its sections are empty. */
export function showPostmortem(state: IncidentState, playbook: Playbook, clocks: readonly ClockRow[]): Postmortem {
  const asked = playbook.postMortem.severities.includes(state.severity)
  return {
    incident_id: state.id ?? '',
    state: asked ? 'not_started' : 'not_required',
    due_at: time(clocks.find((clock) => clock.kind === 'post-mortem')?.due_at ?? null),
    sections: asked ? playbook.postMortem.sections.map((section) => ({ ...section, text: '' })) : [],
  }
}

export function showSla({ sla, kind, severity, state, allowedMs, usedMs, overMs, violatedAt, sentence, unknown }: SlaVerdict): SlaItem {
  return {
    id: sla.id,
    title: sla.title,
    customer: sla.customer,
    services: [...sla.services],
    kind,
    severity,
    state,
    allowed_seconds: allowedMs / SECOND_MS,
    used_seconds: usedMs / SECOND_MS,
    over_seconds: overMs / SECOND_MS,
    violated_at: time(violatedAt),
    text: sentence,
    unknown: [...unknown],
  }
}

function time(instant: number | Date | string | null): string | null {
  return instant === null ? null : new Date(instant).toISOString()
}

/** Events are stored in the core's spelling; keys that are data (ids of people) have no capitals and stay as they are. */
function toSnakeCase(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), inner(value)]),
  )
}

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inner)
  return typeof value === 'object' && value !== null ? toSnakeCase(value as Record<string, unknown>) : value
}
