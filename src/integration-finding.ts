/**
 * What the security services of AWS find, and what AWS says of its own health, as signals. Their severity becomes the
 * hint and, where it is a number, the value, so that a playbook can ask for `critical` or for `>= 7`.
 * Sources: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html, securityhub-findings-format.html,
 * https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html (read 2026-11-24).
 */
import { toLinks, toSignal } from './core/alert/build.ts'
import { field, isObject, type JsonObject, textField, toNumber } from './core/alert/json.ts'
import type { Signal } from './core/alert/signal.ts'
import { toInstant } from './core/alert/time-text.ts'
import { consoleUrl, joinLabels } from './integration-aws.ts'
import { eitherField, eitherText } from './integration-metrics.ts'

/** Of an event, what findings need. */
export interface FindingEvent {
  readonly detailType: string
  readonly source: string
  readonly account: string | null
  readonly region: string | null
  readonly at: unknown
  readonly resources: readonly string[]
  readonly detail: JsonObject
}

export const FINDING_ALARM = 'GuardDutyFinding'
export const SECURITY_HUB_ALARM = 'SecurityHubFinding'
export const HEALTH_ALARM = 'AwsHealthEvent'

/**
 * A finding is reported again while the activity goes on, with the same id, and nobody says when it has ended: it has no
 * start time, so that a repeat after somebody closed the incident is heard anew.
 */
export function readFinding({ detail, account, region }: FindingEvent): Signal {
  const severity = toNumber(eitherField(detail, 'severity'))
  const type = eitherText(detail, 'type')
  const id = eitherText(detail, 'id')
  const resource = eitherField(detail, 'resource')
  const place = eitherText(detail, 'region') ?? region ?? ''
  return toSignal({
    alarm: FINDING_ALARM,
    status: 'firing',
    title: eitherText(detail, 'title') ?? (type === null ? 'GuardDuty finding' : `GuardDuty finding: ${type}`),
    summary: eitherText(detail, 'description'),
    dedupKey: eitherText(detail, 'arn') ?? (id === null ? null : `guardduty:${place}:${account ?? ''}:${id}`),
    severityHint: hintOfGuardDuty(severity) ?? eitherText(detail, 'severity'),
    value: severity,
    labels: joinLabels({
      finding_type: type,
      resource_type: isObject(resource) ? eitherText(resource, 'resourceType') : null,
      ...subjectOf(isObject(resource) ? resource : {}),
      account: eitherText(detail, 'accountId') ?? account,
      region: place,
      aws_source: 'aws.guardduty',
    }),
    links: toLinks(
      id === null
        ? []
        : [
            [
              consoleUrl(place, `guardduty/home?region=${place}#/findings?fId=${encodeURIComponent(id.toWellFormed())}`),
              'Finding in GuardDuty',
            ],
          ],
    ),
  })
}

/** Low from 1, medium from 4, high from 7, critical from 9. */
export function hintOfGuardDuty(severity: number | null): 'low' | 'medium' | 'high' | 'critical' | null {
  if (severity === null) return null
  if (severity >= 9) return 'critical'
  if (severity >= 7) return 'high'
  return severity >= 4 ? 'medium' : 'low'
}

/** What is hit, for the page: the instance, the user of the key, the bucket, the cluster, the function. */
function subjectOf(resource: JsonObject): Record<string, string | null> {
  const part = (name: string): JsonObject => {
    const value = eitherField(resource, name)
    const one: unknown = Array.isArray(value) ? value[0] : value
    return isObject(one) ? one : {}
  }
  return {
    instance: eitherText(part('instanceDetails'), 'instanceId'),
    user: eitherText(part('accessKeyDetails'), 'userName'),
    bucket: eitherText(part('s3BucketDetails'), 'name'),
    cluster: eitherText(part('eksClusterDetails'), 'name'),
    function: eitherText(part('lambdaDetails'), 'functionName'),
    database: eitherText(part('rdsDbInstanceDetails'), 'dbInstanceIdentifier'),
  }
}

const FINDINGS_MAX = 100
/** A workflow that somebody has ended, and a record that the product itself has archived. */
const ENDED = new Set(['RESOLVED', 'SUPPRESSED', 'ARCHIVED'])

/** One signal a finding; empty when the event holds none. */
export function readSecurityHub({ detail, account, region }: FindingEvent): Signal[] {
  const findings = field(detail, 'findings')
  if (!Array.isArray(findings)) return []
  return findings
    .filter(isObject)
    .slice(0, FINDINGS_MAX)
    .map((finding) => {
      const severity = objectOf(finding, 'Severity')
      const ended = [textField(objectOf(finding, 'Workflow'), 'Status'), textField(finding, 'RecordState')].some(
        (state) => state !== null && ENDED.has(state),
      )
      return toSignal({
        alarm: SECURITY_HUB_ALARM,
        status: ended ? 'resolved' : 'firing',
        title: textField(finding, 'Title') ?? 'Security Hub finding',
        summary: textField(finding, 'Description'),
        dedupKey: textField(finding, 'Id'),
        severityHint: textField(severity, 'Label')?.toLowerCase() ?? null,
        value: toNumber(field(severity, 'Normalized')),
        labels: joinLabels({
          generator: textField(finding, 'GeneratorId'),
          product: textField(finding, 'ProductName'),
          account: textField(finding, 'AwsAccountId') ?? account,
          region: textField(finding, 'Region') ?? region,
          aws_source: 'aws.securityhub',
        }),
        links: toLinks([[textField(objectOf(objectOf(finding, 'Remediation'), 'Recommendation'), 'Url'), 'Remediation']]),
      })
    })
}

/** @returns null for what is no trouble: planned changes and notices to the account */
export function readHealth({ detail, account, region, resources }: FindingEvent): Signal | null {
  if (textField(detail, 'eventTypeCategory') !== 'issue') return null
  const code = textField(detail, 'eventTypeCode')
  const service = textField(detail, 'service')
  const descriptions = field(detail, 'eventDescription')
  const first: unknown = Array.isArray(descriptions) ? descriptions[0] : undefined
  const closed = textField(detail, 'statusCode') === 'closed' || textField(detail, 'endTime') !== null
  const key = textField(detail, 'eventArn') ?? code
  return toSignal({
    alarm: HEALTH_ALARM,
    status: closed ? 'resolved' : 'firing',
    title: `AWS reports an issue of ${service ?? 'a service'}${code === null ? '' : `: ${code}`}`,
    summary: isObject(first) ? textField(first, 'latestDescription') : null,
    dedupKey: key === null ? null : `${key}/${account ?? ''}`,
    labels: joinLabels({
      aws_service: service,
      event_type: code,
      resource: resources[0] ?? null,
      account,
      region: textField(detail, 'eventRegion') ?? region,
      aws_source: 'aws.health',
    }),
    startsAt: toInstant(field(detail, 'startTime')),
    endsAt: toInstant(field(detail, 'endTime')),
  })
}

function objectOf(object: JsonObject, name: string): JsonObject {
  const value = field(object, name)
  return isObject(value) ? value : {}
}
