/** What the playbook says may be muted, for how long, and for what a reason must be given. */
import type { Playbook } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'
import type { CompiledMatcher } from './matcher.ts'

export interface MutingRule {
  /** Severities whose alerts nothing holds without a reason. */
  readonly reasonRequired: readonly string[]
  /** So long may one silence, window or snooze hold alerts of those severities; null: as long as it runs. */
  readonly maxMs: number | null
  /** Severities whose alerts nothing holds. */
  readonly never: readonly string[]
  /** The author of a silence is told so long before it ends. */
  readonly noticeBeforeMs: number
}

export interface Muter {
  readonly reason: string
  /** When it began to hold: a start, not the creation. */
  readonly startedAt: Instant
}

export type Judgement =
  /** Until: where the playbook ends it before its own time; null: it does not. */
  { readonly kind: 'may'; readonly until: Instant | null } | { readonly kind: 'may-not'; readonly why: string }

/** Whether it may hold an alert of that severity at that instant. */
export function judge(rule: MutingRule, severity: string, muter: Muter, now: Instant): Judgement {
  if (rule.never.includes(severity)) return { kind: 'may-not', why: `the playbook lets nothing mute ${severity}` }
  if (!rule.reasonRequired.includes(severity)) return { kind: 'may', until: null }
  if (muter.reason.trim() === '') return { kind: 'may-not', why: `the playbook mutes nothing at ${severity} without a reason` }
  if (rule.maxMs === null) return { kind: 'may', until: null }
  const until = muter.startedAt + rule.maxMs
  return now < until ? { kind: 'may', until } : { kind: 'may-not', why: `the playbook lets nothing mute ${severity} for so long` }
}

/**
 * Severities that it could come to hold by the playbook's own rules: those of incident types whose alarm the matchers
 * do not rule out, and the default's. What the matchers ask of other labels may always be so.
 */
export function severitiesWithin(
  playbook: Playbook,
  matchers: readonly CompiledMatcher[],
  types: readonly string[] = [],
): readonly string[] {
  const found = new Set<string>()
  const fits = (known: Readonly<Record<string, string>>) =>
    matchers.every((matcher) => !Object.hasOwn(known, matcher.name) || matcher.test(known[matcher.name] ?? ''))
  for (const type of playbook.incidentTypes) {
    if (types.length > 0 && !types.includes(type.id)) continue
    const reachable = type.detection.some((rule) => fits({ type: type.id, ...(rule.alarm === null ? {} : { alertname: rule.alarm }) }))
    if (reachable) found.add(type.severity)
  }
  const named = new Set(playbook.incidentTypes.flatMap((type) => type.detection.flatMap((rule) => rule.alarm ?? [])))
  const onlyNamed = matchers.some(
    (matcher) => matcher.name === 'alertname' && matcher.isEqual && !matcher.isRegex && named.has(matcher.value),
  )
  if (types.length === 0 && !onlyNamed && fits({ type: '' })) found.add(playbook.defaultSeverity)
  return playbook.severities.map((row) => row.id).filter((id) => found.has(id))
}
