/**
 * The rules as CloudWatch alarms in a CloudFormation template. CloudFormation rather than Terraform: it needs no state or
 * tool of its own, and a parameter without a default makes a person say what the playbook cannot know before anything is
 * made. JSON has no comments; descriptions of parameters are where a person reads what to fill in.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html (read 2026-11-24).
 */
import { MINUTE_MS, SECOND_MS } from '../../time.ts'
import type { CloudWatchMetric, Playbook, Threshold } from '../playbook.ts'
import { type AlertRule, alertRulesOf } from './alert-rule.ts'
import type { RenderedRules } from './prometheus-rules.ts'

const OPERATORS: Readonly<Record<Threshold['comparison'], string>> = {
  '>': 'GreaterThanThreshold',
  '>=': 'GreaterThanOrEqualToThreshold',
  '<': 'LessThanThreshold',
  '<=': 'LessThanOrEqualToThreshold',
}
const STATISTICS = ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount']
const DESCRIPTION_CHARS_MAX = 1_024
/** Periods that an alarm may have: 10, 20 and 30 s, and whole minutes. */
const SHORT_PERIODS_S = [10, 20, 30]

interface Parameter {
  readonly Type: 'String' | 'Number'
  readonly Description: string
  readonly AllowedPattern?: string
}

export function renderCloudWatchAlarms(playbook: Playbook): RenderedRules {
  const { rules, without } = alertRulesOf(playbook, 'cloudwatch')
  const parameters: Record<string, Parameter> = {
    TocsinTopicArn: {
      Type: 'String',
      Description: 'SNS topic that Tocsin is subscribed to: alarms go there when they fire and when they end.',
      AllowedPattern: 'arn:[a-z-]+:sns:.+',
    },
  }
  const toDo: string[] = []
  const resources: Record<string, unknown> = {}
  for (const rule of rules) {
    const id = freshName(resources, logicalId(rule.alarm))
    const asked = (suffix: string, type: Parameter['Type'], description: string): { readonly Ref: string } => {
      const name = `${id}${suffix}`
      parameters[name] = { Type: type, Description: description }
      toDo.push(`${rule.alarm}: parameter ${name}: ${description}`)
      return { Ref: name }
    }
    if (rule.guessed) toDo.push(`${rule.alarm}: the metric is the usual one; check it, or give the detection a metric.cloudwatch`)
    resources[id] = { Type: 'AWS::CloudWatch::Alarm', Properties: alarmOf(rule, asked), Metadata: metadataOf(rule) }
  }
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description:
      `CloudWatch alarms that the playbook ${playbook.metadata.id} needs, written by "tocsin render --cloudwatch-alarms". Change thresholds in playbook.yaml.`.slice(
        0,
        DESCRIPTION_CHARS_MAX,
      ),
    Metadata: { WithoutAlarm: without.map(({ title, reason }) => `${title}: ${reason}`) },
    Parameters: parameters,
    Resources: resources,
  }
  return { text: `${JSON.stringify(template, null, 2)}\n`, toDo }
}

type Ask = (suffix: string, type: Parameter['Type'], description: string) => { readonly Ref: string }

function alarmOf(rule: AlertRule, ask: Ask): Record<string, unknown> {
  const { bounds, type } = rule
  const [bound] = bounds
  const given = rule.metric?.cloudwatch ?? null
  const periodS = periodOf(given)
  const points = Math.max(1, Math.ceil(rule.forMs / (periodS * SECOND_MS)))
  const topic = [{ Ref: 'TocsinTopicArn' }]
  return {
    AlarmName: rule.alarm,
    AlarmDescription: `${type.severity} ${type.title}.${type.firstStep === '' ? '' : ` First: ${type.firstStep}.`}`.slice(
      0,
      DESCRIPTION_CHARS_MAX,
    ),
    ...metricOf(given, ask),
    Period: periodS,
    EvaluationPeriods: points,
    DatapointsToAlarm: points,
    ComparisonOperator: OPERATORS[bound?.comparison ?? '>'],
    Threshold: bound?.bound ?? ask('Threshold', 'Number', 'From which value on it is bad; the playbook does not say.'),
    // No data is not health: the alarm keeps its state instead of ending.
    TreatMissingData: 'ignore',
    ActionsEnabled: true,
    AlarmActions: topic,
    OKActions: topic,
  }
}

function metricOf(given: CloudWatchMetric | null, ask: Ask): Record<string, unknown> {
  if (given === null) {
    return {
      Namespace: ask('Namespace', 'String', 'Namespace of the metric that tells of this; the playbook does not say.'),
      MetricName: ask('Metric', 'String', 'Name of that metric.'),
      Statistic: 'Average',
    }
  }
  const dimensions = Object.entries(given.dimensions).map(([name, value], index) => ({
    Name: name,
    Value: value === '' ? ask(`Dimension${index + 1}`, 'String', `Value of the dimension ${name}.`) : value,
  }))
  return {
    Namespace: given.namespace,
    MetricName: given.name,
    ...(STATISTICS.includes(given.statistic) ? { Statistic: given.statistic } : { ExtendedStatistic: given.statistic }),
    ...(dimensions.length === 0 ? {} : { Dimensions: dimensions }),
  }
}

function periodOf(given: CloudWatchMetric | null): number {
  const seconds = Math.round((given?.periodMs ?? MINUTE_MS) / SECOND_MS)
  return SHORT_PERIODS_S.includes(seconds) ? seconds : Math.max(60, Math.ceil(seconds / 60) * 60)
}

function metadataOf({ boundsFrom, bounds, when, guessed }: AlertRule): Record<string, unknown> {
  return {
    Bound: boundsFrom ?? 'a parameter of the stack',
    ...(guessed ? { Metric: 'the playbook does not name one; this is the usual one. Give the detection a metric.cloudwatch.' } : {}),
    ...(bounds.length > 1
      ? { SecondBound: `an alarm compares once: ${bounds[1]?.comparison ?? ''} ${bounds[1]?.bound ?? ''} is left to the playbook` }
      : {}),
    ...(when === null ? {} : { Condition: `the playbook takes it only when ${when}` }),
  }
}

/** Letters and digits only. */
function logicalId(alarm: string): string {
  const words = alarm.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  return (
    words
      .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
      .join('')
      .slice(0, 200) || 'Alarm'
  )
}

function freshName(taken: Readonly<Record<string, unknown>>, name: string): string {
  if (!Object.hasOwn(taken, name)) return name
  for (let count = 2; ; count += 1) if (!Object.hasOwn(taken, `${name}${count}`)) return `${name}${count}`
}
