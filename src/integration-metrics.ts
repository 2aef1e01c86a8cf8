/**
 * What a CloudWatch alarm watches, as labels: its metric and dimensions, the expression of metric math, the rule of a
 * composite alarm. SNS, EventBridge and the API write the same things with different letters; all are read alike.
 */
import { field, isObject, type JsonObject, textField } from './core/alert/json.ts'

/** `metricStat` or `MetricStat`: a field by its name in either case of the first letter. */
export function eitherField(object: JsonObject, name: string): unknown {
  return field(object, name) ?? field(object, `${name.charAt(0).toUpperCase()}${name.slice(1)}`)
}

export function eitherText(object: JsonObject, name: string): string | null {
  return textField(object, name) ?? textField(object, `${name.charAt(0).toUpperCase()}${name.slice(1)}`)
}

/** @param alarm the trigger of an SNS message, the configuration of an event, or an alarm as the API gives it */
export function readWatched(alarm: JsonObject): Record<string, string> {
  const queries = eitherField(alarm, 'metrics')
  return Array.isArray(queries) ? readQueries(queries.filter(isObject)) : readSingle(alarm)
}

function readSingle(trigger: JsonObject): Record<string, string> {
  return {
    ...readDimensions(eitherField(trigger, 'dimensions')),
    ...named({
      metric: eitherText(trigger, 'metricName'),
      namespace: eitherText(trigger, 'namespace'),
      statistic: eitherText(trigger, 'extendedStatistic') ?? eitherText(trigger, 'statistic'),
    }),
  }
}

/** Dimensions that all its metrics share; what they differ in would say something false of the whole. */
function readQueries(queries: readonly JsonObject[]): Record<string, string> {
  const stats = queries.flatMap((query) => eitherField(query, 'metricStat') ?? []).filter(isObject)
  const metrics = stats.map((stat) => eitherField(stat, 'metric')).filter(isObject)
  const expressions = queries.flatMap((query) => eitherText(query, 'expression') ?? [])
  return {
    ...sharedBy(metrics.map((metric) => readDimensions(eitherField(metric, 'dimensions')))),
    ...named({
      metric: joined(metrics.map((metric) => textField(metric, 'name') ?? eitherText(metric, 'metricName'))),
      namespace: joined(metrics.map((metric) => eitherText(metric, 'namespace'))),
      statistic: joined(stats.map((stat) => eitherText(stat, 'stat'))),
      expression: joined(expressions),
    }),
  }
}

/** `{ name: value }`, or `[{ name, value }]`. */
function readDimensions(dimensions: unknown): Record<string, string> {
  const pairs: [string, string][] = []
  if (Array.isArray(dimensions)) {
    for (const dimension of dimensions.filter(isObject)) {
      const name = eitherText(dimension, 'name')
      const value = eitherText(dimension, 'value')
      if (name !== null && value !== null) pairs.push([name, value])
    }
  } else if (isObject(dimensions)) {
    for (const name of Object.keys(dimensions)) {
      const value = textField(dimensions, name)
      if (value !== null) pairs.push([name, value])
    }
  }
  return Object.fromEntries(pairs)
}

function sharedBy(all: readonly Record<string, string>[]): Record<string, string> {
  const [first, ...others] = all
  if (first === undefined) return {}
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => others.every((other) => other[name] === value)))
}

function joined(texts: readonly (string | null)[]): string | null {
  const distinct = [...new Set(texts.filter((text) => text !== null))]
  return distinct.length === 0 ? null : distinct.join(', ')
}

function named(fields: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null))
}

/** The rule of a composite alarm, and which of its alarms made it change. */
export function readComposite(rule: string | null, triggering: unknown): Record<string, string> {
  const names = Array.isArray(triggering)
    ? triggering.filter(isObject).flatMap((child) => eitherText(child, 'arn')?.replace(/^.*?:alarm:/, '') ?? [])
    : []
  return named({ alarm_rule: rule, triggered_by: names.length === 0 ? null : names.join(', ') })
}
