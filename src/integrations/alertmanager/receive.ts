/**
 * Alertmanager's webhook, version 4. One message may hold firing and resolved alerts; each counts by its own fingerprint.
 * Sources: captured from Debian's Alertmanager 0.25.0; newer releases let the payload be templated freely, so an unknown
 * shape is kept and told, not dropped. Any answer that is neither 2xx nor 5xx is final for the sender.
 */
import { toLabels, toLinks, toPlainSignal, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField, toNumber } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { toInstant } from '../../core/alert/time-text.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { jsonOf, jsonReply, refuse } from '../../integration-door.ts'

const SENDER = 'An Alertmanager webhook'
const NOTHING: JsonObject = {}

export function receiveWebhook(message: InboundMessage, context: ReceiveContext): Received {
  const json = jsonOf(message, context)
  if (json.kind === 'fault') return unprocessable(json.reason, 400)
  const alerts = isObject(json.value) ? field(json.value, 'alerts') : undefined
  if (!isObject(json.value) || !Array.isArray(alerts))
    return unprocessable('it is not a webhook message of version 4: there is no list of alerts', 422)
  const group = json.value
  const signals = alerts.map((alert: unknown) => toAlert(alert, group))
  const understood = signals.filter((signal) => signal !== null)
  if (signals.length > 0 && understood.length === 0) return unprocessable('none of its alerts has labels and a status', 422)
  const strange = signals.length - understood.length
  const plain = [...noteStrange(strange), ...noteTruncated(group)]
  return { kind: 'signals', signals: [...understood, ...plain], changes: [], reply: jsonReply(200, { status: 'success' }) }
}

/** One alert of a message; `group` is what stands around it. Null where it is none. */
export function toAlert(alert: unknown, group: JsonObject): Signal | null {
  if (!isObject(alert)) return null
  const labels = toLabels(field(alert, 'labels'))
  const status = textField(alert, 'status')
  if (Object.keys(labels).length === 0 || (status !== 'firing' && status !== 'resolved')) return null
  const annotations = field(alert, 'annotations')
  const notes = isObject(annotations) ? annotations : NOTHING
  const alarm = textField(labels, 'alertname')
  return toSignal({
    alarm,
    status,
    title: textField(notes, 'summary') ?? textField(notes, 'title') ?? alarm,
    summary: textField(notes, 'description') ?? textField(notes, 'message'),
    dedupKey: textField(alert, 'fingerprint'),
    severityHint: textField(labels, 'severity'),
    value: toNumber(field(notes, 'value')) ?? toNumber(field(labels, 'value')),
    labels,
    links: toLinks([
      [field(notes, 'runbook_url'), 'Runbook'],
      [field(notes, 'dashboard_url') ?? field(notes, 'dashboard'), 'Dashboard'],
      [field(alert, 'generatorURL'), 'Graph'],
      [field(group, 'externalURL'), 'Alertmanager'],
    ]),
    startsAt: toInstant(field(alert, 'startsAt')),
    endsAt: toInstant(field(alert, 'endsAt')),
  })
}

function noteStrange(count: number): Signal[] {
  if (count === 0) return []
  const reason = 'alerts without labels or with an unknown status'
  return [toPlainSignal({ door: 'alertmanager', title: `${SENDER} held ${count} alerts that could not be understood: ${reason}`, reason })]
}

/** `max_alerts` in the sender's settings makes it leave alerts out: nobody would hear of them. */
function noteTruncated(group: JsonObject): Signal[] {
  const count = toNumber(field(group, 'truncatedAlerts')) ?? 0
  if (count <= 0) return []
  const reason = 'the sender left out alerts (max_alerts)'
  return [toPlainSignal({ door: 'alertmanager', title: `${SENDER} left out ${count} alerts (max_alerts is set there)`, reason })]
}

function unprocessable(reason: string, status: 400 | 422): Received {
  return refuse(reason, SENDER, jsonReply(status, { status: 'error', error: reason }))
}
