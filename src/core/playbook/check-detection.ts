/** Checks of how incident types are detected: conditions that cannot be read or decided, and types that take each other's signals. */
import { ALARM_CHARS_MAX } from '../alert/build.ts'
import type { Signal } from '../alert/signal.ts'
import { toLine } from '../alert/text.ts'
import { compileCondition, toSubject } from './condition.ts'
import type { Path, Report } from './finding.ts'
import type { DetectionRule, Playbook, Threshold } from './playbook.ts'
import { SOURCE_KINDS } from './source-kind.ts'
import { normalizeName, suggest } from './text.ts'
import { formatThreshold } from './threshold.ts'

interface Rule {
  readonly rule: DetectionRule
  readonly title: string
  readonly typeIndex: number
  readonly path: Path
}

function rulesOf(playbook: Playbook): Rule[] {
  return playbook.incidentTypes.flatMap((type, typeIndex) =>
    type.detection.map((rule, index) => ({ rule, title: type.title, typeIndex, path: ['incident_types', typeIndex, 'detection', index] })),
  )
}

export function checkDetections(playbook: Playbook, report: Report): void {
  for (const [index, type] of playbook.incidentTypes.entries()) {
    if (type.detection.length > 0) continue
    const message = `No signal opens "${type.title}": only people can.`
    report({ code: 'type-never-detected', severity: 'warning', path: ['incident_types', index], message, fix: 'Add a detection.' })
  }
  const earlierOnes = new Map<string, Rule[]>()
  for (const found of rulesOf(playbook)) {
    const { rule, path, title } = found
    if (rule.alarm === null && rule.sources.length === 0 && rule.threshold === null && rule.when === null) {
      const message = `This detection of "${title}" matches every signal.`
      report({ code: 'matches-everything', severity: 'error', path, message, fix: 'Name an alarm, a source, a threshold or a condition.' })
    }
    checkNames(found, report)
    const key = rule.alarm ?? ''
    const before = earlierOnes.get(key) ?? []
    const earlier = before.find((other) => hides(other, found))
    if (earlier !== undefined) {
      const what = rule.alarm === null ? 'the signals of these sources' : `the alarm "${rule.alarm}"`
      const message = `"${earlier.title}" takes ${what} already, ${limitsOf(earlier.rule)}, so this detection is never reached.`
      const fix = 'Remove one of the two, or give both a condition that the other excludes.'
      report({ code: 'alarm-taken', severity: 'error', path, message, fix })
    }
    if (before.length < COMPARED_MAX) earlierOnes.set(key, [...before, found])
  }
}

/** So many detections of one alarm are compared with each other. */
const COMPARED_MAX = 50

function limitsOf({ threshold, when }: DetectionRule): string {
  if (threshold === null && when === null) return 'without a condition'
  return threshold === null ? 'by the same condition' : `wherever its value is ${formatThreshold(threshold)}`
}

/** Everything that the second one takes, the first one takes. Within one type it does no harm. */
function hides(first: Rule, second: Rule): boolean {
  if (first.typeIndex === second.typeIndex) return false
  const { sources, when, threshold } = first.rule
  const heard = sources.length === 0 || (second.rule.sources.length > 0 && second.rule.sources.every((source) => sources.includes(source)))
  return heard && (when === null || when === second.rule.when) && includes(threshold, second.rule.threshold)
}

/** Signals without a value meet both. */
function includes(wide: Threshold | null, narrow: Threshold | null): boolean {
  if (wide === null) return true
  if (narrow === null || wide.comparison.charAt(0) !== narrow.comparison.charAt(0)) return false
  const slack = (narrow.bound - wide.bound) * (wide.comparison.startsWith('>') ? 1 : -1)
  return slack > 0 || (slack === 0 && (wide.comparison.endsWith('=') || !narrow.comparison.endsWith('=')))
}

/** Names of alarms as sources send them, and kinds of source that there are. */
function checkNames({ rule, path }: Rule, report: Report): void {
  if (rule.alarm !== null && rule.alarm !== normalizeName(toLine(rule.alarm, ALARM_CHARS_MAX))) {
    const tooLong = rule.alarm.length > ALARM_CHARS_MAX
    const message = tooLong
      ? `No alarm has a name of more than ${ALARM_CHARS_MAX} characters, so this detects nothing.`
      : 'The name of the alarm holds spaces, hyphens or marks as word processors make them, which no monitoring sends.'
    const fix = tooLong ? 'Copy the name from the monitoring.' : `Write "${normalizeName(toLine(rule.alarm, ALARM_CHARS_MAX))}".`
    report({ code: 'alarm-unsendable', severity: 'warning', path: [...path, 'alarm'], message, fix })
  }
  for (const [index, kind] of rule.sources.entries()) {
    if (SOURCE_KINDS.includes(kind)) continue
    const message = `No source is of the kind "${kind}", so this detects nothing by it.`
    report({ code: 'unknown-source', severity: 'warning', path: [...path, 'sources', index], message, fix: suggest(kind, SOURCE_KINDS) })
  }
}

export function checkConditions(playbook: Playbook, report: Report): void {
  for (const { rule, path } of rulesOf(playbook)) {
    if (rule.when === null) continue
    const at = [...path, 'when']
    const compiled = compileCondition(rule.when)
    if (compiled.kind === 'problems') {
      for (const { message, fix, offset } of compiled.problems)
        report({ code: 'bad-condition', severity: 'error', path: at, message, fix, offset })
      continue
    }
    const verdict = compiled.condition.evaluate(toSubject(BARE, rule.sources[0] ?? 'any'))
    if (verdict.kind !== 'fault') continue
    const fix = 'Guard it: "name" in signal.labels && …, or has(signal.value) && …'
    const severity = 'warning'
    const message = `This cannot be decided for a signal that lacks what it reads (${verdict.reason}); such signals go to triage.`
    report({ code: 'condition-unguarded', severity, path: at, message, fix })
  }
}

/** A signal with nothing but what every signal has. */
const BARE: Signal = {
  alarm: 'bare',
  status: 'firing',
  title: 'bare',
  summary: null,
  dedupKey: null,
  severityHint: null,
  value: null,
  labels: {},
  links: [],
  startsAt: null,
  endsAt: null,
}
