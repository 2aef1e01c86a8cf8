/**
 * Prometheus pushes its alerts as if to an Alertmanager: `POST <path_prefix>/api/v2/alerts`. Answers are the real
 * Alertmanager's. Source: Alertmanager 0.25.0 tried on loopback; specs/alertmanager/openapi.v2.yaml (read 2026-11-24).
 * The hot path: no schema an alert, strings are looked at once.
 */
import { toLabels, toLinks, toPlainSignal, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField, toNumber } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { toInstant } from '../../core/alert/time-text.ts'
import { type Instant, SECOND_MS } from '../../core/time.ts'
import type { InboundMessage, Received, ReceiveContext, Reply } from '../../integration.ts'
import { jsonOf, jsonReply, refuse } from '../../integration-door.ts'

const SENDER = 'Prometheus'
const NO_LABELS = 'at least one label pair required'
const OK: Reply = { status: 200, body: '' }
/**
 * An end this little ahead of us is an end: clocks of two machines differ, and ours is read a moment late under load. A
 * firing alert ends four times the larger of rule interval and resend delay ahead (a minute by default), never this near.
 */
const CLOCK_DIFFERENCE_MS = 2 * SECOND_MS

export function receiveAlerts(message: InboundMessage, context: ReceiveContext): Received {
  const type = (message.headers['content-type'] ?? 'application/octet-stream').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json') return refuse(`the content type is ${type}`, SENDER, unsupportedType(type))
  const json = jsonOf(message, context, { anyDepth: true })
  if (json.kind === 'fault') return refuse(json.reason, SENDER, badRequest(`parsing alerts body from "" failed, because ${json.reason}`))
  if (!Array.isArray(json.value))
    return refuse('the body is not a list of alerts', SENDER, badRequest('alerts in body must be of type array'))
  const signals = json.value.map((alert: unknown) => toAlert(alert, message.receivedAt))
  const faulty = signals.find((signal) => typeof signal === 'string')
  if (faulty === undefined) return { kind: 'signals', signals: signals.filter(isSignal), changes: [], reply: OK }
  const reply = faulty === NO_LABELS ? jsonReply(400, NO_LABELS) : badRequest(faulty)
  const understood = signals.filter(isSignal)
  const refused = refuse(faulty, SENDER, reply)
  if (understood.length === 0 || refused.kind !== 'refused') return refused
  // As the real one does: the good alerts of the message count, the sender is told of the bad.
  return {
    kind: 'signals',
    signals: [...understood, toPlainSignal({ door: 'prometheus', title: refused.title, reason: faulty })],
    changes: [],
    reply,
  }
}

/** @returns the reason when it is no alert. */
export function toAlert(alert: unknown, receivedAt: Instant): Signal | string {
  if (!isObject(alert)) return 'an alert must be an object'
  const given = field(alert, 'labels')
  if (!isObject(given)) return NO_LABELS
  const labels = toLabels(given)
  if (Object.keys(labels).length === 0) return NO_LABELS
  const annotations = field(alert, 'annotations')
  const notes = isObject(annotations) ? annotations : NOTHING
  const endsAt = toInstant(field(alert, 'endsAt'))
  const alarm = textField(labels, 'alertname')
  return toSignal({
    alarm,
    status: endsAt !== null && endsAt <= receivedAt + CLOCK_DIFFERENCE_MS ? 'resolved' : 'firing',
    title: textField(notes, 'summary') ?? textField(notes, 'title') ?? alarm ?? nameByLabels(labels),
    summary: textField(notes, 'description') ?? textField(notes, 'message'),
    severityHint: textField(labels, 'severity'),
    value: toNumber(field(notes, 'value')) ?? toNumber(field(labels, 'value')),
    labels,
    links: toLinks([
      [field(notes, 'runbook_url'), 'Runbook'],
      [field(notes, 'dashboard_url') ?? field(notes, 'dashboard'), 'Dashboard'],
      [field(alert, 'generatorURL'), 'Graph'],
    ]),
    startsAt: toInstant(field(alert, 'startsAt')),
    endsAt,
  })
}
const NOTHING: JsonObject = {}

function nameByLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .slice(0, 4)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}

function isSignal(signal: Signal | string): signal is Signal {
  return typeof signal !== 'string'
}

function badRequest(text: string): Reply {
  return jsonReply(400, { code: 400, message: text })
}

function unsupportedType(type: string): Reply {
  return jsonReply(415, { code: 415, message: `unsupported media type ${JSON.stringify(type)}, only [application/json] are allowed` })
}
