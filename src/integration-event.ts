/**
 * Events of EventBridge, which come to its own door, and inside SNS messages where a rule's target is a topic. CloudWatch
 * alarms and what security services find are signals; deployments and other changes are changes; an event that nobody
 * here knows was sent on purpose by somebody's rule, so it is a plain signal.
 * Sources: https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html and the pages of each service there
 * (read 2026-11-24).
 */
import { toLabels, toLinks, toSignal } from './core/alert/build.ts'
import { field, isObject, type JsonObject, parseJson, textField } from './core/alert/json.ts'
import type { ChangeReport, Signal } from './core/alert/signal.ts'
import { toLine } from './core/alert/text.ts'
import { toInstant } from './core/alert/time-text.ts'
import { joinLabels, parseArn, readTags } from './integration-aws.ts'
import { type AlarmFacts, type AlarmReport, toAlarmReport } from './integration-cloudwatch.ts'
import { readFinding, readHealth, readSecurityHub } from './integration-finding.ts'
import { readComposite, readWatched } from './integration-metrics.ts'

/** What every event has, as read. */
export interface AwsEvent {
  readonly detailType: string
  /** Such as `aws.cloudwatch`. */
  readonly source: string
  readonly account: string | null
  readonly region: string | null
  readonly at: unknown
  readonly resources: readonly string[]
  readonly detail: JsonObject
  readonly id: string | null
}

const NOTHING: JsonObject = {}
const RESOURCES_MAX = 32

/** @returns null when the object is no event of EventBridge */
export function readEvent(object: JsonObject): AwsEvent | null {
  const detailType = textField(object, 'detail-type')
  const source = textField(object, 'source')
  if (detailType === null || source === null) return null
  const resources = field(object, 'resources')
  const detail = field(object, 'detail')
  return {
    detailType,
    source,
    account: textField(object, 'account'),
    region: textField(object, 'region'),
    at: field(object, 'time'),
    resources: Array.isArray(resources) ? resources.filter((one) => typeof one === 'string').slice(0, RESOURCES_MAX) : [],
    detail: isObject(detail) ? detail : NOTHING,
    id: textField(object, 'id'),
  }
}

/** Never empty. */
export function toEventReport(event: AwsEvent): AlarmReport {
  switch (event.detailType) {
    case 'CloudWatch Alarm State Change':
    case 'CloudWatch Alarm Contributor State Change': {
      const facts = readAlarmEvent(event)
      return facts === null ? plainly(event) : toAlarmReport(facts)
    }
    case 'GuardDuty Finding':
      return { signals: [readFinding(event)], changes: [] }
    case 'Security Hub Findings - Imported':
    case 'Security Hub Findings - Custom Action': {
      const signals = readSecurityHub(event)
      return signals.length === 0 ? plainly(event) : { signals, changes: [] }
    }
    case 'AWS Health Event': {
      const signal = readHealth(event)
      return signal === null ? { signals: [], changes: [toEventChange(event)] } : { signals: [signal], changes: [] }
    }
    default:
      return isChange(event) ? { signals: [], changes: [toEventChange(event)] } : plainly(event)
  }
}

function plainly(event: AwsEvent): AlarmReport {
  return { signals: [toPlainEvent(event)], changes: [] }
}

function readAlarmEvent({ detail, account, region, resources, at }: AwsEvent): AlarmFacts | null {
  const state = field(detail, 'state')
  const value = isObject(state) ? textField(state, 'value') : null
  const name = textField(detail, 'alarmName')
  if (!isObject(state) || value === null || name === null) return null
  const configuration = field(detail, 'configuration')
  const settings = isObject(configuration) ? configuration : NOTHING
  const contributor = field(detail, 'alarmContributor')
  const contributorId = isObject(contributor) ? textField(contributor, 'id') : null
  return {
    name,
    arn: resources.find((resource) => parseArn(resource)?.resource.startsWith('alarm:') === true) ?? null,
    description: textField(settings, 'description'),
    state: value,
    reason: textField(state, 'reason'),
    reasonData: textField(state, 'reasonData'),
    changedAt: field(state, 'timestamp') ?? at,
    account,
    region,
    contributor:
      contributorId === null || !isObject(contributor)
        ? null
        : { id: contributorId, attributes: toLabels(field(contributor, 'attributes')) },
    tags: readTags(field(detail, 'alarmTags')),
    watched: { ...readWatched(settings), ...readComposite(textField(settings, 'alarmRule'), triggeringOf(textField(state, 'reasonData'))) },
  }
}

function triggeringOf(reasonData: string | null): unknown {
  const json = reasonData === null ? null : parseJson(Buffer.from(reasonData))
  return json?.kind === 'value' && isObject(json.value) ? field(json.value, 'triggeringAlarms') : undefined
}

const CHANGE_SOURCES = new Set([
  'aws.amplify',
  'aws.appconfig',
  'aws.apprunner',
  'aws.cloudformation',
  'aws.codeartifact',
  'aws.codebuild',
  'aws.codecommit',
  'aws.codedeploy',
  'aws.codepipeline',
  'aws.ecr',
  'aws.elasticbeanstalk',
  'aws.ssm',
])
const CHANGE_TYPES =
  /Configuration Change|API Call via CloudTrail|Deployment State Change|Deployment Notification|Scheduled Event|Parameter Store Change|Stack Status Change/i

/** What somebody did, or a machine did for them: shown beside incidents, wakes nobody. */
function isChange({ source, detailType }: AwsEvent): boolean {
  return CHANGE_SOURCES.has(source) || CHANGE_TYPES.test(detailType)
}

/** Names and states, wherever the services keep them. */
const SUBJECTS = [
  'alarmName',
  'application',
  'deploymentGroup',
  'pipeline',
  'stage',
  'action',
  'project-name',
  'repositoryName',
  'repository-name',
  'stack-id',
  'eventName',
  'name',
]
const STATES = ['operation', 'state', 'build-status', 'status', 'result', 'eventName']

export function toEventChange(event: AwsEvent): ChangeReport {
  const subject =
    SUBJECTS.flatMap((name) => textField(event.detail, name) ?? [])
      .slice(0, 3)
      .join(' / ') || nameOfResource(event)
  const state = STATES.flatMap((name) => textField(event.detail, name) ?? [])[0]
  const about = [...new Set([subject, state])].filter((part) => part !== undefined && part !== null && part !== '').join(': ')
  return {
    title: toLine(about === '' ? event.detailType : `${event.detailType}: ${about}`, 1_024),
    source: toLine(event.source, 512),
    at: toInstant(event.at),
    links: toLinks([]),
    details: joinLabels(scalarsOf(event.detail), placeOf(event)),
  }
}

/** A page in plain words: what kind of event, of which service, about what. */
export function toPlainEvent(event: AwsEvent): Signal {
  const subject = nameOfResource(event)
  const words = textField(event.detail, 'title') ?? textField(event.detail, 'message') ?? textField(event.detail, 'description')
  return toSignal({
    alarm: event.detailType,
    status: 'firing',
    title: [event.detailType, subject, words].filter((part) => part !== null).join(': '),
    summary: words,
    dedupKey: [event.source, event.detailType, event.account ?? '', event.region ?? '', subject ?? ''].join('/'),
    severityHint: textField(event.detail, 'severity') ?? textField(event.detail, 'priority'),
    labels: joinLabels(placeOf(event), { aws_source: event.source }, scalarsOf(event.detail)),
  })
}

function nameOfResource({ resources }: AwsEvent): string | null {
  const [first] = resources
  return first === undefined ? null : (parseArn(first)?.resource ?? first)
}

export function placeOf({ account, region }: Pick<AwsEvent, 'account' | 'region'>): Record<string, string | null> {
  return { account, region }
}

/** Texts, numbers and booleans of an object: what is nested says too much for labels. */
function scalarsOf(detail: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(detail).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)))
}
