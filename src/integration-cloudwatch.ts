/**
 * CloudWatch alarms, whichever way they come: in an SNS message, an EventBridge event, or an answer of DescribeAlarms. All
 * three make the same signal of the same alarm, so that they are one alert here.
 *
 * ALARM fires and OK resolves. INSUFFICIENT_DATA does neither: that a monitor sees nothing is no health, so it is kept as
 * a change, and an alert that fires goes on firing.
 * Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html and
 * cloudwatch-and-eventbridge.html (read 2026-11-24).
 */
import { toLinks, toSignal } from './core/alert/build.ts'
import { field, isObject, parseJson, toNumber } from './core/alert/json.ts'
import type { ChangeReport, Signal } from './core/alert/signal.ts'
import { toLine } from './core/alert/text.ts'
import { toInstant } from './core/alert/time-text.ts'
import { alarmUrl, hintOfTags, joinLabels, linksInText, parseArn } from './integration-aws.ts'

/** An alarm's state, as any of the three ways tells it. */
export interface AlarmFacts {
  readonly name: string | null
  readonly arn: string | null
  readonly description: string | null
  /** `ALARM`, `OK`, `INSUFFICIENT_DATA`, or what AWS adds. */
  readonly state: string
  readonly reason: string | null
  /** JSON in a text. */
  readonly reasonData: string | null
  /** As written. */
  readonly changedAt: unknown
  readonly account: string | null
  /** Code or long name. */
  readonly region: string | null
  /** Which of its time series it is, where an alarm watches many. */
  readonly contributor: { readonly id: string; readonly attributes: Readonly<Record<string, string>> } | null
  readonly tags: Readonly<Record<string, string>>
  /** Of what it watches: metric, dimensions, expression, rule. */
  readonly watched: Readonly<Record<string, string>>
  /** The value, where the way says it in a field of its own. */
  readonly value?: number | null
}

export interface AlarmReport {
  readonly signals: readonly Signal[]
  readonly changes: readonly ChangeReport[]
}

/** Never empty: a signal, or a change where the state is neither good nor bad. */
export function toAlarmReport(facts: AlarmFacts): AlarmReport {
  const state = facts.state.trim().toUpperCase()
  if (state === 'INSUFFICIENT_DATA') return { signals: [], changes: [toChange(facts)] }
  return { signals: [toAlarmSignal(facts, state === 'OK' ? 'resolved' : 'firing')], changes: [] }
}

export function toAlarmSignal(facts: AlarmFacts, status: 'firing' | 'resolved'): Signal {
  const at = toInstant(facts.changedAt)
  const { region } = placeOf(facts)
  return toSignal({
    alarm: facts.name ?? nameOfArn(facts.arn),
    status,
    title: titleOf(facts),
    summary: facts.reason ?? facts.description,
    dedupKey: keyOf(facts),
    severityHint: hintOfTags(facts.tags),
    value: facts.value ?? valueOf(facts.reason, facts.reasonData),
    labels: labelsOf(facts),
    links: toLinks([...linksOf(facts, region), ...linksInText(facts.description)]),
    // Of the end too, so that an end that was overtaken on its way is seen to be older than what fires.
    startsAt: at,
    endsAt: status === 'resolved' ? at : null,
  })
}

/** The name, then what its owner wrote about it: whoever is woken reads this first. */
function titleOf({ name, arn, description }: AlarmFacts): string | null {
  const title = name ?? nameOfArn(arn)
  const [first = ''] = (description ?? '').trim().split(/[\r\n]/, 1)
  return first === '' || first === title ? title : `${title ?? 'CloudWatch alarm'}: ${first}`
}

function nameOfArn(arn: string | null): string | null {
  const resource = parseArn(arn)?.resource
  return resource?.startsWith('alarm:') === true ? resource.slice('alarm:'.length) : null
}

/** The alarm's resource name, which tells accounts and regions apart; each of many time series is an alert of its own. */
export function keyOf({ arn, name, account, region, contributor }: AlarmFacts): string | null {
  const alarm = arn ?? (name === null ? null : `cloudwatch:${region ?? ''}:${account ?? ''}:alarm:${name}`)
  return alarm === null || contributor === null ? alarm : `${alarm}#${contributor.id}`
}

function placeOf({ arn, region, account }: AlarmFacts): { readonly region: string; readonly account: string | null } {
  const parsed = parseArn(arn)
  return { region: parsed?.region || (region ?? ''), account: account ?? (parsed?.account || null) }
}

function labelsOf(facts: AlarmFacts): Signal['labels'] {
  return joinLabels(facts.contributor?.attributes ?? {}, facts.watched, placeOf(facts), facts.tags)
}

function linksOf({ name, arn }: AlarmFacts, region: string): (readonly [string | null, string])[] {
  const alarm = name ?? nameOfArn(arn)
  return alarm === null ? [] : [[alarmUrl(region, alarm), 'Alarm in CloudWatch']]
}

function toChange(facts: AlarmFacts): ChangeReport {
  const name = facts.name ?? nameOfArn(facts.arn) ?? 'without a name'
  return {
    title: toLine(`CloudWatch alarm ${name} has insufficient data${facts.reason === null ? '' : `: ${facts.reason}`}`, 1_024),
    source: 'aws.cloudwatch',
    at: toInstant(facts.changedAt),
    links: toLinks(linksOf(facts, placeOf(facts).region)),
    details: labelsOf(facts),
  }
}

/** `[99.5 (02/10/19 16:59:00), 3.1 (02/10/19 16:54:00)]`: the newest comes first. */
const DATAPOINT = /\[(-?\d+(?:\.\d+)?(?:E[+-]?\d+)?) \(\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d\)/i
const REASON_CHARS_MAX = 8_192

/** The newest measured number, where the reason or its data says one. */
export function valueOf(reason: string | null, reasonData: string | null): number | null {
  const written = DATAPOINT.exec((reason ?? '').slice(0, REASON_CHARS_MAX))?.[1]
  return written === undefined ? valueOfData(reasonData) : toNumber(written)
}

/** `recentDatapoints` is oldest first and may hold nulls; `evaluatedDatapoints` is newest first. */
function valueOfData(reasonData: string | null): number | null {
  if (reasonData === null) return null
  const json = parseJson(Buffer.from(reasonData))
  if (json.kind === 'fault' || !isObject(json.value)) return null
  const recent = field(json.value, 'recentDatapoints')
  if (Array.isArray(recent)) return toNumber(recent.findLast((point: unknown) => typeof point === 'number'))
  const evaluated = field(json.value, 'evaluatedDatapoints')
  const newest: unknown = Array.isArray(evaluated) ? evaluated.find((point: unknown) => isObject(point) && 'value' in point) : undefined
  return isObject(newest) ? toNumber(field(newest, 'value')) : null
}
