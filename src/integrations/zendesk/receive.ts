/**
 * Zendesk's webhooks: the body of a trigger (ours, `setup.ts`), or the events a webhook subscribes to. A ticket fires when
 * it is made, reopened, undeleted, or raised to high or urgent, and ends when it is solved, closed or deleted. Comments,
 * tags and assignments change nothing. Events of users, articles and the like are kept and change nothing either.
 * Sources: https://developer.zendesk.com/documentation/webhooks/verifying/ and
 * https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/ (read 2026-11-24).
 */
import { isObject, textField } from '../../core/alert/json.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { accept, distrust, misread, objectOf, readPlainly } from '../../integration-hook.ts'
import { isFresh, toSignedAt, verifyHmac } from '../../integration-signature.ts'
import { readBroken, readTemplate } from './template.ts'
import { readTicketEvent } from './event.ts'

const SENDER = 'A Zendesk webhook'

export function receiveZendesk(message: InboundMessage, context: ReceiveContext): Received {
  const fault = faultOfSignature(message, context.signingSecret)
  if (fault !== null) return distrust(fault)
  const invocation = message.headers['x-zendesk-webhook-invocation-id'] ?? null
  const body = objectOf(message, context)
  if (!isObject(body)) {
    const broken = body === 'the body is not valid JSON' ? readBroken(message.body) : null
    return broken === null ? misread(body, SENDER, 400) : accept({ signals: [broken], messageId: invocation })
  }
  const type = textField(body, 'type')
  if (type?.startsWith('zen:event-type:') === true) {
    const event = readTicketEvent(type, body)
    // The id in the body is signed, that in the header is not.
    const messageId = textField(body, 'id') ?? invocation
    return event === 'unknown' ? readPlainly(body, SENDER, messageId) : accept({ signals: event === null ? [] : [event], messageId })
  }
  const ticket = readTemplate(body)
  return ticket === null ? readPlainly(body, SENDER, invocation) : accept({ signals: [ticket], messageId: invocation })
}

/** Base64 of the HMAC-SHA256 over time stamp and body, without anything between. */
function faultOfSignature({ headers, body, receivedAt }: InboundMessage, secret: string | null): string | null {
  if (secret === null) return null
  const given = headers['x-zendesk-webhook-signature']
  const stamp = headers['x-zendesk-webhook-signature-timestamp']
  if (given === undefined || stamp === undefined) return 'it has no X-Zendesk-Webhook-Signature, or none of its time stamp'
  if (!verifyHmac({ algorithm: 'sha256', secret, signed: [stamp, body], given, encoding: 'base64' })) return 'its signature is wrong'
  return isFresh(toSignedAt(stamp), receivedAt) ? null : 'its signed time stamp is too old or too far ahead'
}
