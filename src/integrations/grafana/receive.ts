/**
 * Grafana's webhooks: the contact point of Grafana Alerting (version "1", a kin of Alertmanager's), the notification
 * channel of Grafana 8 and before, and the formatted webhook that Grafana OnCall took. One message may hold firing and
 * resolved alerts; each counts by its own fingerprint.
 * Sources: grafana/grafana@06bab5c0 docs/sources/alerting/.../webhook-notifier.md; grafana/oncall@3666186a
 * engine/config_integrations (read 2026-11-24). Any answer in 2xx is a success; 5xx is tried again.
 */
import { toPlainSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, toNumber } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { accept, distrust, misread, objectOf, readPlainly } from '../../integration-hook.ts'
import { readAlert } from './alert.ts'
import { readFormatted, readLegacy } from './older.ts'
import { deliveryIdOf, faultOfSignature } from './signature.ts'

const SENDER = 'A Grafana webhook'

export function receiveGrafana(message: InboundMessage, context: ReceiveContext): Received {
  const fault = faultOfSignature(message, context.signingSecret)
  if (fault !== null) return distrust(fault)
  const messageId = deliveryIdOf(message)
  const body = objectOf(message, context)
  if (!isObject(body)) return misread(body, SENDER, 400)
  const alerts = field(body, 'alerts')
  // A firing group without any alert has lost them on its way.
  if (Array.isArray(alerts) && (alerts.length > 0 || field(body, 'status') !== 'firing')) return readAlerts(alerts, body, messageId)
  const single = readLegacy(body) ?? readFormatted(body)
  return single === null ? readPlainly(body, SENDER, messageId) : accept({ signals: [single], messageId })
}

function readAlerts(alerts: readonly unknown[], group: JsonObject, messageId: string | null): Received {
  const signals = alerts.map((alert) => readAlert(alert, group))
  const understood = signals.filter((signal) => signal !== null)
  if (signals.length > 0 && understood.length === 0) return misread('none of its alerts has labels and a status', SENDER)
  const notes = [...noteStrange(signals.length - understood.length), ...noteTruncated(group)]
  return accept({ signals: [...understood, ...notes], messageId })
}

function noteStrange(count: number): Signal[] {
  if (count === 0) return []
  const reason = 'alerts without labels or with an unknown status'
  return [toPlainSignal({ door: 'grafana', title: `${SENDER} held ${count} alerts that could not be understood: ${reason}`, reason })]
}

/** "Max Alerts" of the contact point makes Grafana leave alerts out: nobody would hear of them. */
function noteTruncated(group: JsonObject): Signal[] {
  const count = toNumber(field(group, 'truncatedAlerts')) ?? 0
  if (count <= 0) return []
  const reason = 'the sender left out alerts (Max Alerts)'
  return [toPlainSignal({ door: 'grafana', title: `${SENDER} left out ${count} alerts (Max Alerts is set in its contact point)`, reason })]
}
