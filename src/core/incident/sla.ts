/**
 * What an incident has done to the SLAs: kept, at risk, violated, by how much, and what of that is not known. The time
 * from opening to resolution is the measure, since it is what there is; nothing here says whose fault it was.
 */
import { formatDuration } from '../playbook/duration.ts'
import type { Playbook, Sla } from '../playbook/playbook.ts'
import { allowedMsOf } from '../playbook/sla.ts'
import type { Instant } from '../time.ts'
import { spanOf } from '../timeline/sentence.ts'
import type { Incident, ResponseDuty } from './incident.ts'

/** `not_counted`: the SLA is not about it. `at_risk`: it goes on, and what is allowed is not used up. */
export type SlaState = 'not_counted' | 'kept' | 'at_risk' | 'violated' | 'unknown'

export interface SlaVerdict {
  readonly sla: Sla
  readonly kind: 'availability' | 'response'
  /** Of a response; null for availability. */
  readonly severity: string | null
  readonly state: SlaState
  readonly allowedMs: number
  /** Time lost in the window, or taken to answer so far. */
  readonly usedMs: number
  /** How much more than allowed; 0 while it is not. */
  readonly overMs: number
  /** Since when it is violated, or when it will be if this goes on; null where it will not be. */
  readonly violatedAt: Instant | null
  /** One sentence for people. */
  readonly sentence: string
  /** What the figures leave out, a sentence each. */
  readonly unknown: readonly string[]
}

/** Time that counts as down, of this incident or of another. */
export interface Span {
  readonly from: Instant
  /** Null: it goes on. */
  readonly until: Instant | null
}

/** Asked of one SLA: the other incidents that it counts, in its window. */
export type OthersOf = (sla: Sla) => readonly Span[]

export function judgeSlas(incident: Incident, playbook: Playbook, now: Instant, othersOf: OthersOf = () => []): readonly SlaVerdict[] {
  return playbook.slas.flatMap((sla): SlaVerdict[] => {
    if (!mayConcern(sla, incident)) return []
    const isUnsaid = sla.services.length > 0 && incident.service === null
    const verdicts = [judgeAvailability(incident, sla, now, othersOf), ...judgeResponses(incident, sla, now)].filter(
      (verdict) => verdict !== null,
    )
    return isUnsaid ? verdicts.map(asUnsaid) : verdicts
  })
}

/** False: it is about other services than the one that is hit. */
export function mayConcern(sla: Sla, { service }: Incident): boolean {
  return sla.services.length === 0 || service === null || sla.services.includes(service)
}

/** Whether it is about this incident depends on something that nobody has said. */
function asUnsaid(verdict: SlaVerdict): SlaVerdict {
  if (verdict.state === 'not_counted') return verdict
  const unknown = [`Nobody has said which service is hit; it is about ${verdict.sla.services.join(', ')}.`, ...verdict.unknown]
  return { ...verdict, state: 'unknown', unknown }
}

function judgeAvailability(incident: Incident, sla: Sla, now: Instant, othersOf: OthersOf): SlaVerdict | null {
  const allowedMs = allowedMsOf(sla)
  if (sla.objective === null || allowedMs === null) return null
  const { percent, windowMs } = sla.objective
  const base = { sla, kind: 'availability' as const, severity: null, allowedMs }
  const promise = `${sla.title}: ${percent} % in ${formatDuration(windowMs)} allows ${spanOf(allowedMs)}`
  if (!severitiesOf(incident).some((severity) => sla.severities.includes(severity))) {
    const sentence = `${promise}; ${incident.severity} does not count as down.`
    return { ...base, state: 'not_counted', usedMs: 0, overMs: 0, violatedAt: null, sentence, unknown: [] }
  }
  const own: Span = { from: incident.openedAt, until: incident.resolvedAt }
  const end = incident.resolvedAt ?? now
  const others = othersOf(sla)
  const usedMs = unionMs([own, ...others], end - windowMs, end)
  const overMs = Math.max(0, usedMs - allowedMs)
  const state = overMs > 0 ? 'violated' : incident.resolvedAt === null ? 'at_risk' : 'kept'
  const violatedAt = state === 'kept' ? null : end + (allowedMs - usedMs)
  const together = others.length === 0 ? '' : ` with ${others.length} other incident${others.length === 1 ? '' : 's'}`
  const left = overMs > 0 ? `${spanOf(overMs)} too much` : `${spanOf(allowedMs - usedMs)} left`
  const sentence = `${promise}; ${spanOf(usedMs)} lost${together}, ${left}.`
  return { ...base, state, usedMs, overMs, violatedAt, sentence, unknown: limitsOf(incident, sla, others) }
}

function limitsOf(incident: Incident, sla: Sla, others: readonly Span[]): string[] {
  const share = incident.impact['users_affected']
  return [
    'What was hit before it was opened is not known.',
    share === undefined
      ? 'How many users were hit is not known: all of the time counts in full.'
      : `All of the time counts in full, though ${share.value} % of the users were measured as hit.`,
    ...(sla.severities.includes(incident.severity) ? [] : [`All of it counts, though it is ${incident.severity} now, which does not.`]),
    ...(incident.resolvedAt !== null && incident.firstResolvedAt !== incident.resolvedAt
      ? ['It was reopened: the time in between counts too.']
      : []),
    ...(others.length === 0 ? [] : ['The others count by the severity they have now; those that you may not see are left out.']),
  ]
}

function judgeResponses(incident: Incident, sla: Sla, now: Instant): SlaVerdict[] {
  return sla.responses.flatMap(({ severity, withinMs }) => {
    const response = incident.responses.find((candidate) => candidate.severity === severity)
    return response === undefined ? [] : [judgeResponse(response, { sla, severity, withinMs, now })]
  })
}

interface Promised {
  readonly sla: Sla
  readonly severity: string
  readonly withinMs: number
  readonly now: Instant
}

function judgeResponse({ startedAt, metAt, waivedAt }: ResponseDuty, { sla, severity, withinMs, now }: Promised): SlaVerdict {
  const due = startedAt + withinMs
  const end = metAt ?? waivedAt ?? now
  const usedMs = end - startedAt
  const overMs = Math.max(0, usedMs - withinMs)
  const isOver = metAt !== null || waivedAt !== null
  const state = overMs > 0 ? 'violated' : metAt !== null ? 'kept' : isOver ? 'unknown' : 'at_risk'
  const promise = `${sla.title}: an answer to ${severity} within ${formatDuration(withinMs)}`
  const came = metAt === null ? `none came for ${spanOf(usedMs)}` : `it came after ${spanOf(usedMs)}`
  const sentence = overMs > 0 ? `${promise}; ${came}, ${spanOf(overMs)} too late.` : `${promise}; ${came}.`
  const unknown = metAt === null && isOver ? ['Another severity or the resolution came before an answer.'] : []
  const violatedAt = state === 'violated' || state === 'at_risk' ? due : null
  return { sla, kind: 'response', severity, state, allowedMs: withinMs, usedMs, overMs, violatedAt, sentence, unknown }
}

/** Every severity that it has had: a lower one later does not undo what was. */
function severitiesOf(incident: Incident): string[] {
  return [...new Set([...incident.responses.map((response) => response.severity), incident.severity])]
}

/** How much of a time is covered by any of the spans; what overlaps counts once. */
function unionMs(spans: readonly Span[], from: Instant, until: Instant): number {
  const inOrder = spans
    .map((span) => ({ from: span.from, until: Math.min(span.until ?? until, until) }))
    .toSorted((one, other) => one.from - other.from)
  let total = 0
  let reached = from
  for (const span of inOrder) {
    total += Math.max(0, span.until - Math.max(span.from, reached))
    reached = Math.max(reached, span.until)
  }
  return total
}
