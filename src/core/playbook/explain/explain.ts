/**
 * What the playbook would do about a signal at an instant, and by which of its lines: which type and severity, who is
 * paged when on which channel if nobody answers, what is owed to whom, what is offered. Nothing happens by asking.
 */
import { PLAIN_ALARM } from '../../alert/build.ts'
import type { Signal } from '../../alert/signal.ts'
import type { Actor } from '../../incident/event.ts'
import { asId, type IncidentId } from '../../id.ts'
import type { Roster } from '../../oncall/roster.ts'
import type { Instant } from '../../time.ts'
import { withOwner } from '../group-key.ts'
import { matcherOf, type Match } from '../match.ts'
import type { IncidentType, Playbook, SeverityRow } from '../playbook.ts'
import { explainKey, serviceOf, teamByKey } from '../service.ts'
import type { Clause, Clauses } from './clause.ts'
import { type Considered, listConsidered } from './considered.ts'
import { explainPaging, type ExplainedEnd, type ExplainedNotice, type ExplainedPage } from './paging.ts'
import { explainOwed, type ExplainedClock, type ExplainedUpdate } from './owed.ts'
import { simulate } from './simulate.ts'

export interface ExplainInput {
  readonly playbook: Playbook
  readonly clauses: Clauses
  /** Of a team where the incident is one's; else the organisation's. */
  readonly rosterAt: (instant: Instant, team?: string | null) => Roster
  readonly signal: Signal
  /** Integration that it comes by, such as `prometheus`. */
  readonly sourceKind: string
  /** Tells one source's triage from another's. */
  readonly sourceId: string
  /** The team that its source is bound to. */
  readonly sourceTeam: string | null
  readonly at: Instant
  /** A message that nobody understood goes to triage past the rules. */
  readonly plain?: boolean
}

export interface Explanation {
  readonly signal: Signal
  readonly sourceKind: string
  readonly at: Instant
  /** `nothing`: a message that ends or acknowledges an alert opens nothing. */
  readonly verdict: 'type' | 'triage' | 'below' | 'nothing'
  readonly sentence: string
  readonly considered: readonly Considered[]
  readonly consideredMore: number
  /** Null where nothing is opened. */
  readonly incident: ExplainedIncident | null
}

export interface ExplainedIncident {
  readonly type: { readonly type: IncidentType; readonly clause: Clause } | null
  readonly severity: { readonly row: SeverityRow; readonly reason: string; readonly clause: Clause }
  /** What is hit, and whose people hold the roles; null: no service is known, and the organisation's do. */
  readonly service: Named | null
  readonly team: Named | null
  /** Why it is whose it is, where its key has a say; else empty. */
  readonly teamReason: string
  /** Alerts with this key share one open incident. */
  readonly groupKey: string
  readonly pages: readonly ExplainedPage[]
  readonly pagesCut: boolean
  readonly notices: readonly ExplainedNotice[]
  readonly end: ExplainedEnd | null
  readonly clocks: readonly ExplainedClock[]
  readonly updates: readonly ExplainedUpdate[]
  readonly firstStep: { readonly text: string; readonly clause: Clause } | null
  readonly mitigation: readonly { readonly title: string; readonly action: string | null; readonly clause: Clause }[]
  readonly followUps: readonly { readonly title: string; readonly clause: Clause }[]
}

interface Named {
  readonly name: string
  readonly clause: Clause
}

const IMAGINED = asId<IncidentId>('00000000-0000-7000-8000-000000000000')
const SOMEBODY: Actor = { kind: 'source', id: null, name: 'an imagined source' }
const PLAIN: Match = { kind: 'none', reason: 'The message could not be understood.' }

/** Never throws for what a signal holds. */
export function explain(input: ExplainInput): Explanation {
  const { playbook, signal, sourceKind, at } = input
  const isPlain = input.plain === true || signal.alarm === PLAIN_ALARM
  const match = isPlain ? PLAIN : matcherOf(playbook).match(signal, sourceKind)
  const considered = isPlain ? { items: [], more: 0 } : listConsidered({ ...input, match })
  const base = { signal, sourceKind, at, considered: considered.items, consideredMore: considered.more }
  if (signal.status !== 'firing') return { ...base, verdict: 'nothing', sentence: notFiring(signal), incident: null }
  if (match.kind === 'below')
    return { ...base, verdict: 'below', sentence: `${match.reason} It is kept, and opens nothing.`, incident: null }
  const incident = explainIncident(input, match)
  const { row } = incident.severity
  const sentence = match.kind === 'type' ? match.reason : `${match.reason} People classify it; until then it is ${row.id}.`
  return { ...base, verdict: match.kind === 'type' ? 'type' : 'triage', sentence, incident }
}

function notFiring({ status }: Signal): string {
  return status === 'resolved'
    ? 'It says that an alert has ended: it opens nothing. When every alert of an incident has ended, the incident turns green.'
    : 'It says that somebody works on an alert already: it acknowledges the incident of that alert, and opens nothing.'
}

function explainIncident(input: ExplainInput, match: Match): ExplainedIncident {
  const { playbook, clauses, at, rosterAt } = input
  const type = match.kind === 'type' ? match.type : null
  const simulated = simulate(toOpening(input, match, type), { playbook, rosterAt, at })
  const row = playbook.severities.find((candidate) => candidate.id === simulated.opened.severity)
  if (row === undefined) throw new Error('an imagined incident has no severity')
  const place = type === null ? -1 : playbook.incidentTypes.indexOf(type)
  const asked = { playbook, clauses, row, at, simulated }
  return {
    type: type === null ? null : { type, clause: clauses.find(['incident_types', place]) },
    severity: { row, reason: simulated.opened.severityReason, clause: severityClause(input, type, place, simulated.opened) },
    ...ownersOf(input, place, simulated.opened),
    groupKey: withOwner(match.kind === 'type' ? match.groupKey : `triage:${input.sourceId}`, ownerByKey(input, simulated.opened)),
    ...explainPaging(asked),
    ...explainOwed(asked),
    firstStep: firstStepOf(type, place, clauses),
    mitigation: (type?.mitigation ?? []).map((step, index) => ({
      ...step,
      clause: listClause(clauses, place, 'immediate_mitigation', index),
    })),
    followUps: (type?.followUp ?? []).map((title, index) => ({ title, clause: listClause(clauses, place, 'follow_up', index) })),
  }
}

function ownerByKey({ playbook, sourceTeam }: ExplainInput, { service = null }: { readonly service?: string | null }) {
  return { service, team: teamByKey(playbook, { service, sourceTeam }) }
}

/** As apply opens it: the core finds the row, and what was measured may raise it. */
function toOpening(input: ExplainInput, match: Match, type: IncidentType | null) {
  const { playbook, signal, sourceTeam } = input
  const service = input.plain === true ? null : (serviceOf(playbook, signal.labels)?.name ?? null)
  const measured = type === null ? undefined : measurementOf(signal, type)
  return {
    type: 'open',
    id: IMAGINED,
    by: SOMEBODY,
    title: signal.title,
    summary: signal.summary ?? '',
    incidentType: type?.id ?? null,
    severity: null,
    severityReason:
      match.kind === 'type' ? match.reason : `${match.reason} It is triaged at the default severity ${playbook.defaultSeverity}.`,
    private: false,
    service,
    sourceTeam,
    ...(measured === undefined ? {} : { measured }),
  } as const
}

function measurementOf({ value }: Signal, { measures }: IncidentType) {
  if (measures === null || value === null) return undefined
  return { measure: measures.measure, unit: measures.unit, value: value * measures.factor }
}

function severityClause(
  { clauses }: ExplainInput,
  type: IncidentType | null,
  place: number,
  opened: { readonly severityClause?: string },
): Clause {
  const usual = type === null ? (['default_severity'] as const) : (['incident_types', place, 'severity'] as const)
  if (opened.severityClause === undefined || opened.severityClause === '') return clauses.find(usual)
  return clauses.find(toPath(opened.severityClause), usual)
}

/** The team of the service counts first, then that of the key, then the type's. */
function ownersOf(
  { playbook, clauses, sourceTeam }: ExplainInput,
  place: number,
  { service, team }: { readonly service?: string; readonly team?: string },
): Pick<ExplainedIncident, 'service' | 'team' | 'teamReason'> {
  const index = playbook.services.findIndex(({ name }) => name === service)
  const own = ['services', index, 'team'] as const
  const byKey = teamByKey(playbook, { service: service ?? null, sourceTeam })
  const ofType =
    byKey === null
      ? (['incident_types', place, 'team'] as const)
      : (['teams', playbook.teams.findIndex(({ name }) => name === byKey)] as const)
  const clause = playbook.services[index]?.team === team ? clauses.find(own) : clauses.find(ofType, own)
  return {
    service: service === undefined ? null : { name: service, clause: clauses.find(['services', index]) },
    team: team === undefined ? null : { name: team, clause },
    teamReason: explainKey(playbook, {
      service: service ?? null,
      sourceTeam,
      incidentType: playbook.incidentTypes[place]?.id ?? null,
    }),
  }
}

function toPath(path: string): readonly (string | number)[] {
  return path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

function firstStepOf(type: IncidentType | null, place: number, clauses: Clauses): ExplainedIncident['firstStep'] {
  if (type === null || type.firstStep === '') return null
  return {
    text: type.firstStep,
    clause: clauses.find(['incident_types', place, 'first_step'], ['incident_types', place, 'immediate_mitigation']),
  }
}

/** A list of one may be written without a list. */
function listClause(clauses: Clauses, place: number, key: string, index: number): Clause {
  return clauses.find(['incident_types', place, key, index], ['incident_types', place, key])
}
