/** Which incident a new alert belongs to: that of its type and group, its source's triage, or its source's storm. */
import { PLAIN_ALARM } from '../../core/alert/build.ts'
import type { HeldAim } from '../../core/alert/hold.ts'
import { toLine } from '../../core/alert/text.ts'
import type { Matcher, Match } from '../../core/playbook/match.ts'
import { REVIEW_ALARM } from '../../core/playbook/review-alarm.ts'
import { withOwner } from '../../core/playbook/group-key.ts'
import { severityRow, type Playbook, type SignalMeasure } from '../../core/playbook/playbook.ts'
import { explainKey, serviceOf, teamByKey } from '../../core/playbook/service.ts'
import { INTERNAL_KIND } from '../source/source-store.ts'
import type { Unit } from './apply-item.ts'

/** The incident that is to be joined, or opened where none is open. */
export interface Target {
  readonly groupKey: string
  readonly kind: 'type' | 'triage' | 'storm' | 'chore'
  readonly sourceId: string
  readonly sourceName: string
  /** The signal it was aimed for; its words become the incident's. */
  readonly unit: Unit
  /** Incident type's title, when its signal does not say it. */
  readonly typeTitle: string | null
  readonly incidentType: string | null
  /** What is hit, as the playbook names it. */
  readonly service: string | null
  /** The team that its source is bound to. */
  readonly sourceTeam: string | null
  /** An alert joins when the last one came no longer ago; null: as long as it is open. */
  readonly windowMs: number | null
  /** What the values of its signals measure. */
  readonly measures: SignalMeasure | null
  readonly severity: string
  /** Why this severity, and why here. */
  readonly reason: string
  /** Why it is whose it is, where its key has a say; else empty. */
  readonly ownerReason: string
}

export type Aim =
  | { readonly kind: 'target'; readonly target: Target }
  | { readonly kind: 'below'; readonly reason: string }
  /** It says that its sender lives, see `shell/heartbeat`. */
  | { readonly kind: 'ping'; readonly reason: string }
  /** It would open or join an incident and is held: stored, shown, paged to nobody until the hold ends. */
  | HeldAim

/** Integration whose messages are numbers that nobody has compared yet. */
export const MEASURE_KIND = 'measure'

const TITLE_CHARS_MAX = 300
const SUMMARY_CHARS_MAX = 2_000

/** One open triage a source, and one for each service that its signals name: they may be of different teams. */
function triageKey(sourceId: string): string {
  return `triage:${sourceId}`
}

export function stormKey(sourceId: string): string {
  return `storm:${sourceId}`
}

/** Never throws: a matcher that does sends the signal to triage. @param sourceTeam the team that its source is bound to */
export function aimOf(unit: Unit, playbook: Playbook, matcher: Matcher, sourceTeam: string | null): Aim {
  if (isReview(unit)) return { kind: 'target', target: choreOf(unit, playbook) }
  const match = unit.plain || unit.signal.alarm === PLAIN_ALARM ? PLAIN : tryMatch(unit, matcher)
  if (match.kind === 'below') return { kind: 'below', reason: match.reason }
  // A number alone is no alarm: only a rule of the playbook makes it one.
  if (match.kind === 'none' && unit.item.kind === MEASURE_KIND && !unit.plain)
    return { kind: 'below', reason: `${match.reason} It is kept as a measurement.` }
  const { sourceId, sourceName } = unit.item
  const service = unit.plain ? null : (serviceOf(playbook, unit.signal.labels)?.name ?? null)
  const owner = { service, team: teamByKey(playbook, { service, sourceTeam }) }
  if (match.kind === 'type') {
    const { type, severity, reason, groupKey } = match
    const target: Target = {
      groupKey: withOwner(groupKey, owner),
      service,
      sourceTeam,
      kind: 'type',
      sourceId,
      sourceName,
      unit,
      typeTitle: type.title,
      incidentType: type.id,
      windowMs: type.windowMs,
      measures: type.measures,
      severity,
      reason,
      ownerReason: explainKey(playbook, { service, sourceTeam, incidentType: type.id }),
    }
    return { kind: 'target', target }
  }
  const target: Target = {
    groupKey: withOwner(triageKey(sourceId), owner),
    service,
    sourceTeam,
    kind: 'triage',
    sourceId,
    sourceName,
    unit,
    typeTitle: null,
    incidentType: null,
    windowMs: null,
    measures: null,
    severity: playbook.defaultSeverity,
    reason: `${match.reason} It is triaged at the default severity ${playbook.defaultSeverity}.`,
    ownerReason: explainKey(playbook, { service, sourceTeam, incidentType: null }),
  }
  return { kind: 'target', target }
}

/** Only Tocsin's own source may say it: a stranger's alarm of that name is an alarm like any other. */
function isReview({ item, signal, plain }: Unit): boolean {
  return !plain && item.kind === INTERNAL_KIND && signal.alarm === REVIEW_ALARM
}

/** A task for the queue: the least severe row, and of those that page somebody only where there is no other. */
function choreOf(unit: Unit, playbook: Playbook): Target {
  const { sourceId, sourceName } = unit.item
  const row = playbook.severities.findLast((candidate) => candidate.roles.length === 0) ?? playbook.severities.at(-1)
  return {
    groupKey: `chore:${REVIEW_ALARM}`,
    kind: 'chore',
    sourceId,
    sourceName,
    unit,
    typeTitle: null,
    service: null,
    sourceTeam: null,
    incidentType: null,
    windowMs: null,
    measures: null,
    severity: row?.id ?? playbook.defaultSeverity,
    reason: 'A task of Tocsin’s own: it pages nobody and waits in the queue.',
    ownerReason: '',
  }
}

/** The incident's title, one line. */
export function titleOf({ kind, unit, typeTitle, sourceName }: Target): string {
  const title = toLine(unit.signal.title, TITLE_CHARS_MAX)
  const whole = typeTitle === null || title.includes(typeTitle) ? title : `${typeTitle}: ${title}`
  return toLine(kind === 'storm' ? `Storm of alerts from ${sourceName}, among them ${whole}` : whole, TITLE_CHARS_MAX)
}

const PLAIN: Match = { kind: 'none', reason: 'The message could not be understood.' }

function tryMatch(unit: Unit, matcher: Matcher): Match {
  try {
    return matcher.match(unit.signal, unit.item.kind)
  } catch (error) {
    return { kind: 'fault', typeId: '', reason: `The playbook's rules failed on it (${error instanceof Error ? error.name : 'unknown'}).` }
  }
}

/** The storm incident that takes what would be one incident too many; as severe as the worst of what it takes. */
export function stormOf(target: Target, playbook: Playbook, limit: number): Target {
  return {
    ...target,
    groupKey: stormKey(target.sourceId),
    kind: 'storm',
    incidentType: null,
    windowMs: null,
    service: null,
    measures: null,
    reason: `${target.sourceName} opened ${limit} incidents within a minute; this one takes the rest. ${severityRow(playbook, target.severity).id} is the worst of them.`,
    ownerReason: explainKey(playbook, { service: null, sourceTeam: target.sourceTeam, incidentType: null }),
  }
}

export function summaryOf({ unit: { signal, item } }: Target): string {
  const labels = Object.entries(signal.labels)
    .slice(0, 12)
    .map(([name, value]) => `${name}=${toLine(value, 80)}`)
    .join(' ')
  const parts = [signal.summary, labels, `Source: ${item.sourceName}.`].filter((part) => part !== null && part !== '')
  return parts.join('\n').slice(0, SUMMARY_CHARS_MAX).toWellFormed()
}
