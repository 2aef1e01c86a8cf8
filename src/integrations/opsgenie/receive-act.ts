/**
 * Acknowledgements and closes, by the inner door: the route has found which alert is meant (`id`, `tiny` and `alias` are
 * allowed) and wrote down what identifies it, so that the receipt can be read again without a database.
 */
import { toLabels, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { jsonOf, refuse } from '../../integration-door.ts'
import { accepted, NO_REQUEST_ID, refused } from './reply.ts'

export const ACT_DOOR = 'opsgenie-act'

export function receiveAct(message: InboundMessage, context: ReceiveContext): Received {
  const json = jsonOf(message, context)
  if (json.kind === 'fault') return unreadable(json.reason)
  const alert = isObject(json.value) ? field(json.value, 'alert') : undefined
  const status = isObject(json.value) ? textField(json.value, 'status') : null
  if (!isObject(json.value) || !isObject(alert) || (status !== 'acknowledged' && status !== 'resolved')) {
    return unreadable('it says neither what was done nor to which alert')
  }
  return {
    kind: 'signals',
    signals: [toAct(alert, status)],
    changes: [],
    reply: accepted(textField(json.value, 'request_id') ?? NO_REQUEST_ID),
  }
}

function toAct(alert: JsonObject, status: 'acknowledged' | 'resolved') {
  const alarm = textField(alert, 'alarm')
  return toSignal({
    alarm,
    status,
    title: textField(alert, 'title') ?? alarm,
    dedupKey: textField(alert, 'dedup_key'),
    labels: toLabels(field(alert, 'labels')),
  })
}

function unreadable(reason: string): Received {
  return refuse(reason, 'An Opsgenie client', refused(400, reason, NO_REQUEST_ID))
}
