/**
 * Which incident type a signal belongs to. Compiled once a playbook version: rules are indexed by the alarm's name, and
 * a condition runs only for signals whose name, source and threshold fit, so a signal that no rule knows costs a lookup.
 *
 * The first type in the document's order that matches wins. A signal whose value is short of a threshold of the rule
 * that names its alarm is `below`: explained, and not worth waking anybody.
 */
import type { Signal } from '../alert/signal.ts'
import { compileCondition, type Condition, type Subject, toSubject, withoutValue } from './condition.ts'
import { groupKeyOf } from './group-key.ts'
import type { DetectionRule, IncidentType, Playbook } from './playbook.ts'
import { formatThreshold, meetsThreshold } from './threshold.ts'

export type Match =
  | { readonly kind: 'type'; readonly type: IncidentType; readonly severity: string; readonly reason: string; readonly groupKey: string }
  /** The value alone kept it from matching: nothing opens, the signal's outcome says why. */
  | { readonly kind: 'below'; readonly typeId: string; readonly reason: string }
  /** A condition could not be decided: goes to triage and says why. */
  | { readonly kind: 'fault'; readonly typeId: string; readonly reason: string }
  | { readonly kind: 'none'; readonly reason: string }

export interface Matcher {
  /** Never throws. @param sourceKind the integration the signal came by, such as `sentry` */
  readonly match: (signal: Signal, sourceKind: string) => Match
}

interface Rule {
  readonly type: IncidentType
  readonly rule: DetectionRule
  readonly condition: Condition | null
}

const NO_RULE: Match = { kind: 'none', reason: 'No incident type of the playbook is detected by this alarm.' }

/** @throws when a condition does not compile: `parsePlaybook` has refused such a playbook */
export function compileMatcher(playbook: Playbook): Matcher {
  const rules = playbook.incidentTypes.flatMap((type) => type.detection.map((rule) => ({ type, rule, condition: compileRule(type, rule) })))
  const nameless = rules.filter(({ rule }) => rule.alarm === null)
  const names = new Set(rules.flatMap(({ rule }) => (rule.alarm === null ? [] : [rule.alarm])))
  const byAlarm = new Map([...names].map((name) => [name, rules.filter(({ rule }) => rule.alarm === null || rule.alarm === name)]))
  return {
    match: (signal, sourceKind) => {
      const candidates = byAlarm.get(signal.alarm) ?? nameless
      return candidates.length === 0 ? NO_RULE : matchAny(candidates, signal, sourceKind)
    },
  }
}

const compiled = new WeakMap<Playbook, Matcher>()

/** The matcher of a playbook version, compiled when it is first asked for. @throws as `compileMatcher` */
export function matcherOf(playbook: Playbook): Matcher {
  const known = compiled.get(playbook)
  if (known !== undefined) return known
  const matcher = compileMatcher(playbook)
  compiled.set(playbook, matcher)
  return matcher
}

function compileRule(type: IncidentType, rule: DetectionRule): Condition | null {
  if (rule.when === null) return null
  const result = compileCondition(rule.when)
  if (result.kind === 'condition') return result.condition
  throw new Error(`a condition of incident type ${type.id} does not compile: ${result.problems[0]?.message ?? ''}`)
}

/** A match beats all; then what could not be decided, since it may have been one; then a value too low. */
function matchAny(candidates: readonly Rule[], signal: Signal, sourceKind: string): Match {
  let second: Match = NO_RULE
  let subject: Subject | null = null
  for (const candidate of candidates) {
    const { sources } = candidate.rule
    if (sources.length > 0 && !sources.includes(sourceKind)) continue
    if (candidate.condition !== null) subject ??= toSubject(signal, sourceKind)
    const match = matchOne(candidate, signal, subject)
    if (match.kind === 'type') return match
    if (strength(match) > strength(second)) second = match
  }
  return second
}

function strength(match: Match): number {
  if (match.kind === 'fault') return 3
  if (match.kind === 'below') return 2
  return match === NO_RULE ? 0 : 1
}

function matchOne({ type, rule, condition }: Rule, signal: Signal, subject: Subject | null): Match {
  const reached = rule.threshold === null || signal.value === null || meetsThreshold(signal.value, rule.threshold)
  const verdict = condition === null || subject === null ? ({ kind: 'yes' } as const) : condition.evaluate(subject)
  if (verdict.kind === 'fault') {
    // Too low a value ends it whatever the condition would say.
    return reached
      ? { kind: 'fault', typeId: type.id, reason: `The condition of "${type.title}" could not be decided: ${verdict.reason}.` }
      : unmet(type, rule, signal)
  }
  if (verdict.kind === 'yes' && reached) {
    return { kind: 'type', type, severity: type.severity, reason: explain(type, rule, signal), groupKey: groupKeyOf(type, signal) }
  }
  const valueDecided = verdict.kind === 'yes' ? !reached : reached && decidedByValue(condition, subject, signal)
  return valueDecided ? unmet(type, rule, signal) : explainNo(type, rule)
}

/** A condition that says "no" to this value, and does not say "no" where there is none, was decided by the value. */
function decidedByValue(condition: Condition | null, subject: Subject | null, signal: Signal): boolean {
  if (condition === null || subject === null || signal.value === null || !condition.readsValue) return false
  return condition.evaluate(withoutValue(subject)).kind !== 'no'
}

/** Only a rule that names the alarm vouches for it: a rule for any alarm has no say over one it did not expect. */
function unmet(type: IncidentType, rule: DetectionRule, signal: Signal): Match {
  const wanted = rule.threshold === null ? rule.when : formatThreshold(rule.threshold)
  const reason = `"${type.title}" wants ${rule.alarm ?? 'a value'} ${wanted ?? ''}; the signal says ${signal.value}.`
  return rule.alarm === null ? { kind: 'none', reason } : { kind: 'below', typeId: type.id, reason }
}

function explainNo(type: IncidentType, rule: DetectionRule): Match {
  return rule.alarm === null
    ? NO_RULE
    : { kind: 'none', reason: `"${type.title}" is detected by ${rule.alarm}, but its condition was not met: ${rule.when ?? ''}` }
}

function explain(type: IncidentType, rule: DetectionRule, signal: Signal): string {
  const by = rule.alarm ?? (rule.sources.length > 0 ? `a signal of ${rule.sources.join(' or ')}` : 'its condition')
  const compared = rule.threshold === null || signal.value === null ? '' : ` (${signal.value} ${formatThreshold(rule.threshold)})`
  const unmeasured = rule.threshold !== null && signal.value === null ? ' (no value sent: its source has compared)' : ''
  return `Incident type "${type.title}", detected by ${by}${compared}${unmeasured}.`
}
