/** An alarm as the API gives it, in the form that all three ways share. */
import type { AlarmContributor, CompositeAlarm, LogAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import { toLabels } from '../../core/alert/build.ts'
import { isObject, parseJson } from '../../core/alert/json.ts'
import type { AlarmFacts } from '../../integration-cloudwatch.ts'
import { readComposite, readWatched } from '../../integration-metrics.ts'

export type SomeAlarm = MetricAlarm | CompositeAlarm | LogAlarm

export function toFacts(alarm: SomeAlarm): AlarmFacts {
  const rule = 'AlarmRule' in alarm ? (alarm.AlarmRule ?? null) : null
  return {
    name: alarm.AlarmName ?? null,
    arn: alarm.AlarmArn ?? null,
    description: alarm.AlarmDescription ?? null,
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    reason: alarm.StateReason ?? null,
    reasonData: alarm.StateReasonData ?? null,
    changedAt: textOf(alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp),
    account: null,
    region: null,
    contributor: null,
    tags: {},
    watched: { ...readWatched({ ...alarm }), ...readComposite(rule, rule === null ? undefined : triggeringOf(alarm.StateReasonData)) },
  }
}

export function toSeriesFacts(alarm: SomeAlarm, series: AlarmContributor): AlarmFacts {
  return {
    ...toFacts(alarm),
    state: 'ALARM',
    reason: series.StateReason ?? alarm.StateReason ?? null,
    reasonData: null,
    changedAt: textOf(series.StateTransitionedTimestamp),
    contributor: { id: series.ContributorId ?? '', attributes: toLabels(series.ContributorAttributes) },
  }
}

/** A query that groups, or one in a language whose answers are many. */
export function hasSeries(alarm: SomeAlarm): boolean {
  if ('EvaluationCriteria' in alarm && alarm.EvaluationCriteria !== undefined) return true
  const queries = 'Metrics' in alarm ? (alarm.Metrics ?? []) : []
  return queries.some((query) => /^\s*SELECT\b.*\bGROUP\s+BY\b/is.test(query.Expression ?? ''))
}

function textOf(at: Date | undefined): string | null {
  return at === undefined || Number.isNaN(at.getTime()) ? null : at.toISOString()
}

function triggeringOf(reasonData: string | undefined): unknown {
  const json = reasonData === undefined ? null : parseJson(Buffer.from(reasonData))
  return json?.kind === 'value' && isObject(json.value) ? json.value['triggeringAlarms'] : undefined
}
