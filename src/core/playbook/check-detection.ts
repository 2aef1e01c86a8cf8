/** Checks of how incident types are detected: conditions that cannot be read or decided, and types that take each other's signals. */
import type { Signal } from '../alert/signal.ts'
import { compileCondition, toSubject } from './condition.ts'
import type { Path, Report } from './finding.ts'
import type { DetectionRule, Playbook } from './playbook.ts'

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
  const unconditional = new Map<string, Rule[]>()
  for (const found of rulesOf(playbook)) {
    const { rule, path, title } = found
    if (rule.alarm === null && rule.sources.length === 0 && rule.threshold === null && rule.when === null) {
      const message = `This detection of "${title}" matches every signal.`
      report({ code: 'matches-everything', severity: 'error', path, message, fix: 'Name an alarm, a source, a threshold or a condition.' })
    }
    const key = rule.alarm ?? ''
    const earlier = (unconditional.get(key) ?? []).find((other) => hides(other, found))
    if (earlier !== undefined) {
      const what = rule.alarm === null ? 'the signals of these sources' : `the alarm "${rule.alarm}"`
      const message = `"${earlier.title}" takes ${what} already, without a condition, so this detection is never reached.`
      report({ code: 'alarm-taken', severity: 'error', path, message, fix: 'Remove one of the two, or give both a condition.' })
    }
    if (rule.when === null && rule.threshold === null) unconditional.set(key, [...(unconditional.get(key) ?? []), found])
  }
}

/** The first one listens to every source that the second does. Within one type it does no harm. */
function hides(first: Rule, second: Rule): boolean {
  if (first.typeIndex === second.typeIndex) return false
  const { sources } = first.rule
  return sources.length === 0 || (second.rule.sources.length > 0 && second.rule.sources.every((source) => sources.includes(source)))
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
