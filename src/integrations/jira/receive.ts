/**
 * Jira's webhooks for issues, and web requests of its automation (ours, `template.ts`, or "Issue data"). An issue fires when
 * it is made, reopened, or raised to a high priority, and ends when its status is of the category "done" or it is deleted.
 * All else that happens to it, to sprints or to comments is kept and changes nothing: work that begins is no alarm.
 * Source: https://developer.atlassian.com/cloud/jira/platform/webhooks/ (read 2026-11-24).
 */
import { field, isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { accept, distrust, misread, objectField, objectOf, readPlainly } from '../../integration-hook.ts'
import { verifyHmac } from '../../integration-signature.ts'
import { readBareIssue, readIssueEvent } from './issue.ts'
import { readTemplate } from './template.ts'

const SENDER = 'A Jira webhook'

export function receiveJira(message: InboundMessage, context: ReceiveContext): Received {
  const fault = faultOfSignature(message, context.signingSecret)
  if (fault !== null) return distrust(fault)
  const body = objectOf(message, context)
  if (!isObject(body)) return misread(body, SENDER, 400)
  const messageId = deliveryIdOf(message, body)
  const event = textField(body, 'webhookEvent')
  if (event !== null) {
    const signal = isObject(field(body, 'issue')) || event.startsWith('jira:issue_') ? readIssueEvent(event, body) : null
    return signal === 'unknown' ? readPlainly(body, SENDER, messageId) : accept({ signals: signal === null ? [] : [signal], messageId })
  }
  const ticket = readTemplate(body) ?? readBareIssue(body)
  return ticket === null ? readPlainly(body, SENDER, messageId) : accept({ signals: [ticket], messageId })
}

/**
 * `sha256=` and hex over the raw body. Jira repeats for more than an hour with the body of the first attempt, so the time in
 * it is not looked at; a repeat is known by what is signed.
 */
function faultOfSignature({ headers, body }: InboundMessage, secret: string | null): string | null {
  if (secret === null) return null
  const given = headers['x-hub-signature']
  if (given === undefined) return 'it has no X-Hub-Signature'
  const hex = /^sha256=(.*)$/.exec(given)?.[1] ?? ''
  return verifyHmac({ algorithm: 'sha256', secret, signed: body, given: hex, encoding: 'hex' }) ? null : 'its X-Hub-Signature is wrong'
}

/** Of what is signed, where that says enough; else Jira's own id in the header, which is the same for all attempts. */
function deliveryIdOf({ headers }: InboundMessage, body: JsonObject): string | null {
  const parts = [textField(body, 'timestamp'), textField(body, 'webhookEvent'), textField(objectField(body, 'issue'), 'id')]
  if (parts.includes(null)) return headers['x-atlassian-webhook-identifier'] ?? null
  return [...parts, textField(body, 'issue_event_type_name') ?? '', textField(objectField(body, 'changelog'), 'id') ?? ''].join('/')
}
