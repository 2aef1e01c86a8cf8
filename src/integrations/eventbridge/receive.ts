/**
 * Events of EventBridge, one a request; a list of them, as pipes send it, is taken too. Whatever else comes with a valid
 * key was sent on purpose and is told plainly.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html (read 2026-11-24)
 */
import { toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import { toLabels } from '../../core/alert/build.ts'
import type { AlarmReport } from '../../integration-cloudwatch.ts'
import { readEvent, toEventReport } from '../../integration-event.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { jsonOf, jsonReply, refuse } from '../../integration-door.ts'
import { readLogs } from './logs.ts'

const SENDER = 'EventBridge'
/** A pipe sends at most 10,000; more than this in one message is no batch of alarms. */
const EVENTS_MAX = 1_000

export function receiveEvents(message: InboundMessage, context: ReceiveContext): Received {
  const json = jsonOf(message, context)
  if (json.kind === 'fault') return refuse(json.reason, SENDER, jsonReply(400, { error: json.reason }))
  const given: readonly unknown[] = Array.isArray(json.value) ? json.value : [json.value]
  const objects = given.filter(isObject)
  if (objects.length === 0) return refuse('it is no event', SENDER, jsonReply(400, { error: 'not an event' }))
  if (given.length > EVENTS_MAX)
    return refuse(`it holds more than ${EVENTS_MAX} events`, SENDER, jsonReply(413, { error: 'too many events' }))
  const reports = objects.map(toReport)
  const id = objects.length === 1 && objects[0] !== undefined ? textField(objects[0], 'id') : null
  return {
    kind: 'signals',
    signals: reports.flatMap((report) => report.signals),
    changes: reports.flatMap((report) => report.changes),
    reply: jsonReply(200, { status: 'accepted' }),
    ...(id === null ? {} : { messageId: id }),
  }
}

function toReport(object: JsonObject): AlarmReport {
  const event = readEvent(object)
  if (event !== null) return toEventReport(event)
  return readLogs(object) ?? { signals: [toPlain(object)], changes: [] }
}

/** An input transformer of the rule may have made anything of the event. */
function toPlain(object: JsonObject): AlarmReport['signals'][number] {
  const [alarm, title] = [
    ['alarm', 'alarmName', 'name', 'detail-type'],
    ['title', 'summary', 'message', 'description'],
  ].map((names) => names.flatMap((name) => textField(object, name) ?? [])[0] ?? null)
  return toSignal({
    alarm: alarm ?? title ?? 'EventBridgeMessage',
    status: field(object, 'status') === 'resolved' ? 'resolved' : 'firing',
    title: title ?? alarm ?? 'EventBridge sent a message of a shape that nobody here knows',
    dedupKey: textField(object, 'dedup_key'),
    severityHint: textField(object, 'severity'),
    labels: toLabels(field(object, 'labels') ?? {}),
  })
}
