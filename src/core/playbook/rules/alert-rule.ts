/**
 * The alert rules that a playbook needs in a monitoring system, before any system's own form: one for each detection with
 * an alarm, its bound from the detection, else from the severity matrix. So thresholds stand in the playbook alone.
 */
import type { DetectionMetric, DetectionRule, ImpactThreshold, IncidentType, Playbook, Threshold } from '../playbook.ts'
import { formatImpactThreshold } from '../impact-threshold.ts'
import { REPORT_ALARMS } from '../report.ts'
import { usualMetric } from './usual-metric.ts'

export interface AlertRule {
  /** Exactly the name that the playbook listens for. */
  readonly alarm: string
  readonly type: IncidentType
  readonly metric: DetectionMetric | null
  /** True: the metric is not the playbook's, but what usually measures such a thing. */
  readonly guessed: boolean
  /** All must hold, compared with the number as it is measured; empty: the expression says itself whether it is bad. */
  readonly bounds: readonly Threshold[]
  readonly forMs: number
  /** Where the bounds come from, for people; null where there are none. */
  readonly boundsFrom: string | null
  /** Sources that the detection listens to; empty: any. */
  readonly sources: readonly string[]
  readonly when: string | null
}

export interface AlertRules {
  readonly rules: readonly AlertRule[]
  /** What has no rule, with the reason: people must know that nothing here will tell of it. */
  readonly without: readonly { readonly title: string; readonly reason: string }[]
}

/** @param system whose rules they are: a detection that does not listen to it gets none */
export function alertRulesOf(playbook: Playbook, system: 'prometheus' | 'cloudwatch'): AlertRules {
  const rules: AlertRule[] = []
  const without: { title: string; reason: string }[] = []
  for (const type of playbook.incidentTypes) {
    if (type.detection.length === 0) without.push({ title: type.title, reason: 'it has no detection: people open it' })
    for (const detection of type.detection) {
      const reason = whyNone(playbook, detection, system)
      if (reason !== null) without.push({ title: type.title, reason })
      else if (detection.alarm !== null) rules.push(toRule(playbook, type, { ...detection, alarm: detection.alarm }, system))
    }
  }
  for (const { row, threshold } of undetected(playbook, rules)) {
    const reason = `no incident type detects ${threshold.measure} ${formatImpactThreshold(threshold)}, which the matrix names`
    without.push({ title: row, reason })
  }
  return { rules, without }
}

/** Kinds of source by which alerts of the system arrive. */
const KINDS: Readonly<Record<'prometheus' | 'cloudwatch', readonly string[]>> = {
  prometheus: ['prometheus', 'alertmanager', 'grafana', 'pagerduty', 'opsgenie', 'email'],
  cloudwatch: ['cloudwatch', 'sns', 'eventbridge', 'pagerduty', 'opsgenie', 'email'],
}

/** Alarms that no metric tells of: AWS raises findings by itself, people write reports. */
const FINDING = /finding/i

function whyNone(playbook: Playbook, { alarm, sources, metric }: DetectionRule, system: 'prometheus' | 'cloudwatch'): string | null {
  if (metric === undefined && playbook.reports?.some((way) => way.alarm === alarm) === true) return `${alarm ?? ''} is what people report`
  if (metric === undefined && Object.values(REPORT_ALARMS).some((name) => name === alarm)) return `${alarm ?? ''} is what people report`
  if (metric === undefined && alarm !== null && FINDING.test(alarm)) return `${alarm} is an event, which no metric tells of`
  const heard = sources.length === 0 || sources.some((kind) => KINDS[system].includes(kind))
  if (!heard) return `it listens to ${sources.join(', ')} alone`
  return alarm === null ? 'its detection names no alarm' : null
}

type NamedDetection = DetectionRule & { readonly alarm: string }

function toRule(playbook: Playbook, type: IncidentType, detection: NamedDetection, system: 'prometheus' | 'cloudwatch'): AlertRule {
  const { alarm, threshold, sources, when } = detection
  const usual = detection.metric === undefined && threshold === null ? usualMetric(alarm, type.title, system) : undefined
  const metric = detection.metric ?? usual ?? null
  const base = { alarm, type, metric, guessed: usual !== undefined, sources, when }
  if (threshold !== null) return { ...base, bounds: [threshold], forMs: metric?.forMs ?? 0, boundsFrom: 'the detection’s own threshold' }
  const measures = metric?.measures ?? type.measures
  const row = playbook.severities.find((candidate) => candidate.id === type.severity)
  const found = measures === null ? undefined : row?.thresholds.find((candidate) => candidate.measure === measures.measure)
  if (measures === null || found === undefined) return { ...base, bounds: [], forMs: metric?.forMs ?? 0, boundsFrom: null }
  return {
    ...base,
    bounds: found.bounds.map(({ comparison, bound }) => ({ comparison, bound: Number((bound / measures.factor).toPrecision(12)) })),
    forMs: metric?.forMs ?? found.forMs,
    boundsFrom: `${type.severity}: ${found.measure} ${formatImpactThreshold(found)}`,
  }
}

/** Measures of the matrix that a machine could watch and no rule does; how many people are hit is counted by people. */
function undetected(playbook: Playbook, rules: readonly AlertRule[]): { readonly row: string; readonly threshold: ImpactThreshold }[] {
  const watched = new Set(rules.map(({ type, metric }) => `${type.severity}/${(metric?.measures ?? type.measures)?.measure ?? ''}`))
  return playbook.severities.flatMap((row) =>
    row.thresholds
      .filter(({ measure }) => measure !== 'users_affected' && !watched.has(`${row.id}/${measure}`))
      .map((threshold) => ({ row: row.id, threshold })),
  )
}
