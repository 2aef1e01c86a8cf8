/** `POST /v2/alerts`: an alert is created, or counted again while one with its alias is open. */
import { isObject } from '../../core/alert/json.ts'
import { readAlert } from '../../core/opsgenie/payload.ts'
import { signalOf } from '../../core/opsgenie/to-signal.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { jsonOf, refuse } from '../../integration-door.ts'
import { accepted, refused, toUuid, UNPROCESSABLE } from './reply.ts'

const SENDER = 'An Opsgenie client'

export function receiveCreate(message: InboundMessage, context: ReceiveContext): Received {
  const requestId = toUuid(context.freshId)
  const json = jsonOf(message, context)
  if (json.kind === 'fault') return refuse(json.reason, SENDER, refused(400, 'Request body is not a valid JSON', requestId))
  const alert = isObject(json.value) ? readAlert(json.value) : null
  if (alert === null) {
    const reply = refused(422, UNPROCESSABLE, requestId, { message: 'Message can not be empty.' })
    return refuse('it has no message', SENDER, reply)
  }
  return { kind: 'signals', signals: [signalOf(alert, requestId)], changes: [], reply: accepted(requestId) }
}
