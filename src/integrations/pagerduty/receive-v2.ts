/**
 * Events API v2: `/v2/enqueue` and `/v2/change/enqueue`.
 * Source: PagerDuty/developer-docs@94224391 docs/events-API-v2 (read 2026-11-24). A `payload.timestamp` is no start time
 * here: PagerDuty opens anew on a trigger after the end, whatever its time stamp says, and so do we. A summary over its
 * 1,024 characters is cut rather than refused: a long alarm is an alarm.
 */
import { linkPairs, toLabels, toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, parseExactly, textField } from '../../core/alert/json.ts'
import type { SignalStatus } from '../../core/alert/signal.ts'
import { clean, toLine } from '../../core/alert/text.ts'
import { toInstant } from '../../core/alert/time-text.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { jsonOf } from '../../integration-door.ts'
import { readDetails } from './details.ts'
import { acceptChange, acceptEvent, refuseEvent, refuseFault } from './reply.ts'

export const DEDUP_KEY_CHARS_MAX = 255
const SEVERITIES = ['critical', 'error', 'warning', 'info']
const STATUS_OF: Readonly<Record<string, SignalStatus>> = { trigger: 'firing', acknowledge: 'acknowledged', resolve: 'resolved' }
const NOTHING: JsonObject = {}

export function receiveEvent(message: InboundMessage, context: ReceiveContext): Received {
  const json = jsonOf(message, context)
  if (json.kind === 'fault') return refuseFault(json.reason)
  if (!isObject(json.value)) return refuseEvent(['Event object format is unrecognized'], null)
  const event = withExactKey(json.value, 'dedup_key', message)
  const payload = objectField(event, 'payload')
  const action = textField(event, 'event_action')
  const status = action === null ? undefined : STATUS_OF[action]
  const given = textField(event, 'dedup_key')
  const errors = [...faultsOfAction(action, status), ...(status === 'firing' ? faultsOfPayload(payload) : faultsOfKey(given, status))]
  if (given !== null && given.length > DEDUP_KEY_CHARS_MAX)
    errors.push(`'dedup_key' is too long (maximum is ${DEDUP_KEY_CHARS_MAX} characters)`)
  const summary = textField(payload, 'summary')
  if (status === undefined || errors.length > 0) return refuseEvent(errors, summary === null ? null : toLine(summary, 200))
  const dedupKey = given === null ? context.freshId : clean(given)
  const details = readDetails(field(payload, 'custom_details'))
  const signal = toSignal({
    alarm: details.alarm ?? textField(payload, 'class') ?? summary,
    status,
    title: summary ?? `${action ?? ''} ${dedupKey}`,
    dedupKey,
    severityHint: textField(payload, 'severity'),
    value: details.value,
    labels: { ...details.labels, ...toLabels(pick(payload, ['source', 'component', 'group', 'class', 'severity'], details.labels)) },
    links: toLinks([...linkPairs(field(event, 'links')), [field(event, 'client_url'), field(event, 'client')], ...imagePairs(event)]),
  })
  return { kind: 'signals', signals: [signal], changes: [], reply: acceptEvent(dedupKey) }
}

export function receiveChange(message: InboundMessage, context: ReceiveContext): Received {
  const json = jsonOf(message, context)
  if (json.kind === 'fault') return refuseFault(json.reason)
  if (!isObject(json.value)) return refuseEvent(['Event object format is unrecognized'], null)
  const payload = objectField(json.value, 'payload')
  const summary = textField(payload, 'summary')
  if (summary === null) return refuseEvent(["'payload.summary' is missing or blank"], null)
  const change = {
    title: toLine(summary, 1_024),
    source: toLine(textField(payload, 'source') ?? '', 512),
    at: toInstant(field(payload, 'timestamp')),
    links: toLinks(linkPairs(field(json.value, 'links'))),
    details: toLabels(field(payload, 'custom_details')),
  }
  return { kind: 'signals', signals: [], changes: [change], reply: acceptChange() }
}

function faultsOfAction(action: string | null, status: SignalStatus | undefined): string[] {
  if (action === null) return ["'event_action' is missing or blank"]
  return status === undefined ? ["'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')"] : []
}

function faultsOfPayload(payload: JsonObject): string[] {
  const missing = ['summary', 'source', 'severity'].filter((name) => textField(payload, name) === null)
  const severity = textField(payload, 'severity')
  const unknown = severity !== null && !SEVERITIES.includes(severity)
  return [
    ...missing.map((name) => `'payload.${name}' is missing or blank`),
    ...(unknown ? ["'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"] : []),
  ]
}

function faultsOfKey(given: string | null, status: SignalStatus | undefined): string[] {
  return given === null && status !== undefined ? ["'dedup_key' is missing or blank"] : []
}

/** A number as key keeps all its digits. */
export function withExactKey(event: JsonObject, name: string, message: InboundMessage): JsonObject {
  const key = field(event, name)
  if (typeof key !== 'number' || Number.isSafeInteger(key)) return event
  const exact = parseExactly(message.body)
  return isObject(exact) ? exact : event
}

function objectField(object: JsonObject, name: string): JsonObject {
  const value = field(object, name)
  return isObject(value) ? value : NOTHING
}

function pick(object: JsonObject, names: readonly string[], taken: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(names.filter((name) => !Object.hasOwn(taken, name)).map((name) => [name, textField(object, name)]))
}

function imagePairs(event: JsonObject): (readonly [unknown, unknown])[] {
  const images = field(event, 'images')
  return Array.isArray(images) ? images.filter(isObject).map((image) => [field(image, 'src'), field(image, 'alt') ?? 'Image'] as const) : []
}
