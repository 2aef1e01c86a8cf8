/**
 * Webhooks of Sentry's integration platform, and of its older webhook plugin. What pages: an alert rule, a metric alert, a
 * new, regressed or escalating issue, a single error where that is subscribed. What ends it: the issue resolved or archived,
 * the metric alert resolved. Comments and assignments change nothing: somebody to whom an issue was given has not said
 * that they are awake.
 * Sources: getsentry/sentry-docs docs/organization/integrations/integration-platform/webhooks/ (read 2026-11-24).
 */
import { toSignal } from '../../core/alert/build.ts'
import { isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { accept, distrust, misread, objectField, objectOf, readPlainly } from '../../integration-hook.ts'
import { isFresh, toSignedAt, verifyHmac } from '../../integration-signature.ts'
import { readEventAlert, readIssueAction, readLegacy } from './issue.ts'
import { readMetricAlert } from './metric.ts'

const SENDER = 'A Sentry webhook'
/** These never say that something is wrong; Sentry sends some of its calls with an empty body of type JSON. */
const QUIET = new Set(['comment', 'installation', 'seer', 'preprod_artifact', 'external_issue', 'select_options'])

export function receiveSentry(message: InboundMessage, context: ReceiveContext): Received {
  const fault = faultOfSignature(message, context.signingSecret)
  if (fault !== null) return distrust(fault)
  const resource = message.headers['sentry-hook-resource']?.trim().toLowerCase() ?? null
  const messageId = message.headers['request-id'] ?? null
  if (message.body.length === 0 && resource !== null && QUIET.has(resource)) return accept({ messageId })
  const body = objectOf(message, context)
  if (!isObject(body)) return misread(body, SENDER, 400)
  const data = objectField(body, 'data')
  switch (resource ?? guessResource(body, data)) {
    case 'event_alert':
    case 'error': {
      const signal = readEventAlert(data)
      return signal === null ? readPlainly(body, SENDER, messageId) : accept({ signals: [signal], messageId })
    }
    case 'metric_alert': {
      const signal = readMetricAlert(textField(body, 'action'), data)
      return signal === null ? readPlainly(body, SENDER, messageId) : accept({ signals: [signal], messageId })
    }
    case 'issue': {
      const report = readIssueAction(textField(body, 'action'), data)
      return report === 'unknown' ? readPlainly(body, SENDER, messageId) : accept({ signals: report === null ? [] : [report], messageId })
    }
    case 'installation':
      return accept({ signals: readInstallation(body, data), messageId })
    case 'comment':
    case 'seer':
    case 'preprod_artifact':
      return accept({ messageId })
    case 'legacy': {
      const signal = readLegacy(body)
      return signal === null ? readPlainly(body, SENDER, messageId) : accept({ signals: [signal], messageId })
    }
    default:
      return readPlainly(body, SENDER, messageId)
  }
}

/** Hex over the raw body. The time stamp stands outside it: it tells a late repeat from a fresh one, not a forger. */
function faultOfSignature({ headers, body, receivedAt }: InboundMessage, secret: string | null): string | null {
  if (secret === null) return null
  const given = headers['sentry-hook-signature']
  if (given === undefined) return 'it has no Sentry-Hook-Signature'
  if (!verifyHmac({ algorithm: 'sha256', secret, signed: body, given, encoding: 'hex' })) return 'its Sentry-Hook-Signature is wrong'
  const stamp = headers['sentry-hook-timestamp']
  return stamp === undefined || isFresh(toSignedAt(stamp), receivedAt) ? null : 'its Sentry-Hook-Timestamp is too old or too far ahead'
}

/** The header says it; a proxy may have lost it. */
function guessResource(body: JsonObject, data: JsonObject): string {
  if (isObject(data['metric_alert'])) return 'metric_alert'
  if (isObject(data['event'])) return 'event_alert'
  if (isObject(data['error'])) return 'error'
  if (isObject(data['issue'])) return 'issue'
  if (isObject(data['installation'])) return 'installation'
  if (textField(data, 'comment_id') !== null) return 'comment'
  return textField(body, 'project_slug') !== null || textField(body, 'project_name') !== null ? 'legacy' : 'unknown'
}

/** Where the integration is removed in Sentry, no alert comes any more: that is an alarm. */
function readInstallation(body: JsonObject, data: JsonObject) {
  const installation = objectField(data, 'installation')
  const uuid = textField(installation, 'uuid') ?? textField(objectField(body, 'installation'), 'uuid')
  const action = textField(body, 'action')
  if (action !== 'deleted' && action !== 'created') return []
  const organization = textField(objectField(installation, 'organization'), 'slug')
  return [
    toSignal({
      alarm: 'SentryIntegrationRemoved',
      status: action === 'deleted' ? 'firing' : 'resolved',
      title: `The Sentry integration was removed${organization === null ? '' : ` from ${organization}`}: its alerts come no more`,
      dedupKey: `installation:${uuid ?? ''}`,
      severityHint: 'warning',
      labels: organization === null ? {} : { organization },
    }),
  ]
}
