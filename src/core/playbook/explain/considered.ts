/** Which incident types were considered for a signal, the nearest miss first: each detection part by part, with its lines. */
import type { Signal } from '../../alert/signal.ts'
import { shown } from '../diff/words.ts'
import { compileCondition, type Condition, type Subject, toSubject } from '../condition.ts'
import type { Match } from '../match.ts'
import type { DetectionRule, IncidentType, Playbook } from '../playbook.ts'
import { findNearest } from '../text.ts'
import { formatThreshold, meetsThreshold } from '../threshold.ts'
import type { Clause, Clauses } from './clause.ts'

/** `met`: it is this one. `later`: it would be, and another comes first. `below`, `fault`: as the matcher says. */
export type ConsideredVerdict = 'met' | 'later' | 'below' | 'fault' | 'missed'

export interface Check {
  readonly part: 'alarm' | 'sources' | 'threshold' | 'when'
  readonly ok: boolean
  readonly sentence: string
  readonly clause: Clause
}

export interface Considered {
  readonly type: IncidentType
  readonly verdict: ConsideredVerdict
  readonly detections: readonly { readonly clause: Clause; readonly checks: readonly Check[] }[]
  readonly sentence: string
}

export interface ConsideredList {
  readonly items: readonly Considered[]
  /** Types that are not listed: nothing of the signal comes near them. */
  readonly more: number
}

const LISTED_MAX = 20
const CONDITION_CHARS_MAX = 160

export interface Asked {
  readonly playbook: Playbook
  readonly clauses: Clauses
  readonly signal: Signal
  readonly sourceKind: string
  readonly match: Match
}

export function listConsidered(asked: Asked): ConsideredList {
  const subject = toSubject(asked.signal, asked.sourceKind)
  const ranked = asked.playbook.incidentTypes
    .map((type, index) => rank(type, index, asked, subject))
    .sort((one, other) => other.score - one.score || one.index - other.index)
  const near = ranked.filter(({ score }, place) => score > 0 && place < LISTED_MAX)
  // Where nothing comes near, the first few are shown all the same: they say what would have been listened to.
  const shownRows = near.length > 0 ? near : ranked.slice(0, LISTED_MAX)
  return { items: shownRows.map((row) => consider(row, asked, subject)), more: ranked.length - shownRows.length }
}

interface Ranked {
  readonly type: IncidentType
  readonly index: number
  readonly score: number
}

const SCORE = { met: 1_000, later: 900, fault: 800, below: 700, alarm: 100, nearAlarm: 50, anyAlarm: 10, sources: 4, threshold: 2, when: 1 }

/** Cheap for types whose alarm is another: their conditions are not compiled. */
function rank(type: IncidentType, index: number, asked: Asked, subject: Subject): Ranked {
  const verdict = verdictOf(type, asked, subject)
  const verdictScore = verdict === 'missed' ? 0 : SCORE[verdict]
  return { type, index, score: verdictScore + Math.max(0, ...type.detection.map((rule) => scoreOf(rule, asked, subject))) }
}

function scoreOf(rule: DetectionRule, { signal, sourceKind }: Asked, subject: Subject): number {
  if (rule.alarm !== null && rule.alarm !== signal.alarm) return isNearAlarm(rule.alarm, signal.alarm) ? SCORE.nearAlarm : 0
  const alarm = rule.alarm === null ? 0 : SCORE.alarm
  const sources = rule.sources.length > 0 && rule.sources.includes(sourceKind) ? SCORE.sources : 0
  if (alarm === 0 && sources === 0) return 0
  return alarm + sources + (isReached(rule, signal) ? SCORE.threshold : 0) + (holds(rule, subject).kind === 'yes' ? SCORE.when : 0)
}

function isNearAlarm(wanted: string, given: string): boolean {
  return wanted.toLowerCase() === given.toLowerCase() || findNearest(given, [wanted]) !== null
}

function verdictOf(type: IncidentType, { match, signal, sourceKind }: Asked, subject: Subject): ConsideredVerdict {
  if (match.kind === 'type' && match.type.id === type.id) return 'met'
  if ((match.kind === 'below' || match.kind === 'fault') && match.typeId === type.id) return match.kind
  const meets = type.detection.some(
    (rule) => fits(rule, signal, sourceKind) && isReached(rule, signal) && holds(rule, subject).kind === 'yes',
  )
  return meets ? 'later' : 'missed'
}

function fits(rule: DetectionRule, signal: Signal, sourceKind: string): boolean {
  return (rule.alarm === null || rule.alarm === signal.alarm) && (rule.sources.length === 0 || rule.sources.includes(sourceKind))
}

function isReached({ threshold }: DetectionRule, { value }: Signal): boolean {
  return threshold === null || value === null || meetsThreshold(value, threshold)
}

type Verdict = ReturnType<Condition['evaluate']>
const ALWAYS: Verdict = { kind: 'yes' }
const compiled = new WeakMap<DetectionRule, Condition | null>()

/** Compiled when first asked for; the parser has refused what does not compile. */
function holds(rule: DetectionRule, subject: Subject): Verdict {
  if (rule.when === null) return ALWAYS
  let condition = compiled.get(rule)
  if (condition === undefined) {
    const result = compileCondition(rule.when)
    condition = result.kind === 'condition' ? result.condition : null
    compiled.set(rule, condition)
  }
  return condition?.evaluate(subject) ?? { kind: 'fault', reason: 'the condition does not compile' }
}

function consider({ type, index }: Ranked, asked: Asked, subject: Subject): Considered {
  const detections = type.detection.map((rule, place) => {
    const path = ['incident_types', index, 'detection', place]
    return { clause: asked.clauses.find(path), checks: checksOf(rule, path, asked, subject) }
  })
  const verdict = verdictOf(type, asked, subject)
  return { type, verdict, detections, sentence: sentenceOf(type, verdict, asked, detections) }
}

type At = readonly (string | number)[]

function checksOf(rule: DetectionRule, path: At, asked: Asked, subject: Subject): Check[] {
  const { signal, sourceKind, clauses } = asked
  const check = (part: Check['part'], ok: boolean, sentence: string): Check => ({
    part,
    ok,
    sentence,
    clause: clauses.find([...path, part], path),
  })
  const checks: Check[] = []
  if (rule.alarm !== null) checks.push(check('alarm', rule.alarm === signal.alarm, alarmSentence(rule.alarm, signal.alarm)))
  if (rule.sources.length > 0) {
    const ok = rule.sources.includes(sourceKind)
    checks.push(
      check('sources', ok, `It listens to ${rule.sources.map((kind) => shown(kind)).join(' and ')}; this comes by ${shown(sourceKind)}`),
    )
  }
  if (rule.threshold !== null) checks.push(check('threshold', isReached(rule, signal), thresholdSentence(rule.threshold, signal)))
  if (rule.when !== null && fits(rule, signal, sourceKind)) {
    const verdict = holds(rule, subject)
    checks.push(check('when', verdict.kind === 'yes', conditionSentence(rule.when, verdict)))
  }
  return checks
}

function alarmSentence(wanted: string, given: string): string {
  if (wanted === given) return `The alarm is ${shown(wanted)}`
  const near = isNearAlarm(wanted, given) ? ': almost the same name, and names are compared letter by letter' : ''
  return `It wants the alarm ${shown(wanted)}; this one is ${shown(given)}${near}`
}

function thresholdSentence(threshold: NonNullable<DetectionRule['threshold']>, { value }: Signal): string {
  const wanted = formatThreshold(threshold)
  if (value === null) return `It wants ${wanted}; no value was sent, so its source has compared`
  return meetsThreshold(value, threshold) ? `${value} is ${wanted}` : `It wants ${wanted}; the value is ${value}`
}

function conditionSentence(when: string, verdict: Verdict): string {
  const condition = shown(when, CONDITION_CHARS_MAX)
  if (verdict.kind === 'yes') return `Its condition holds: ${condition}`
  return verdict.kind === 'no'
    ? `Its condition does not hold: ${condition}`
    : `Its condition could not be decided, ${verdict.reason}: ${condition}`
}

function sentenceOf(type: IncidentType, verdict: ConsideredVerdict, { match }: Asked, detections: Considered['detections']): string {
  const title = `"${shown(type.title)}"`
  if (verdict === 'met' && match.kind === 'type') return match.reason
  if (verdict === 'later') return `${title} fits as well; the first type of the file that fits takes the signal`
  if ((verdict === 'below' || verdict === 'fault') && match.kind !== 'type') return match.reason
  if (detections.length === 0) return `${title} has no detection: people open it`
  const nearest = [...detections].sort((one, other) => okOf(other.checks) - okOf(one.checks))[0]
  const missing = nearest?.checks.find((one) => !one.ok)
  return missing === undefined
    ? `${title} was not met`
    : `${title}: ${missing.sentence.charAt(0).toLowerCase()}${missing.sentence.slice(1)}`
}

function okOf(checks: readonly Check[]): number {
  return checks.filter((check) => check.ok).length
}
