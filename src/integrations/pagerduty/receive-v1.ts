/**
 * Events API v1: `POST /generic/2010-04-15/create_event.json`.
 * Source: PagerDuty/developer-docs@94224391 docs/events-API-v1 and api-schema@91a06fb3 events-v1 (read 2026-11-24).
 */
import { toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import type { SignalStatus } from '../../core/alert/signal.ts'
import { clean, toLine } from '../../core/alert/text.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { jsonOf } from '../../integration-door.ts'
import { readDetails } from './details.ts'
import { withExactKey } from './receive-v2.ts'
import { acceptEventV1, refuseEvent, refuseFault } from './reply.ts'

const STATUS_OF: Readonly<Record<string, SignalStatus>> = { trigger: 'firing', acknowledge: 'acknowledged', resolve: 'resolved' }

export function receiveEventV1(message: InboundMessage, context: ReceiveContext): Received {
  const json = jsonOf(message, context)
  if (json.kind === 'fault') return refuseFault(json.reason)
  if (!isObject(json.value)) return refuseEvent(['Event object format is unrecognized'], null)
  const event = withExactKey(json.value, 'incident_key', message)
  const type = textField(event, 'event_type')
  const status = type === null ? undefined : STATUS_OF[type]
  const description = textField(event, 'description')
  const given = textField(event, 'incident_key')
  const errors = faultsOf({ status, given, description })
  if (status === undefined || errors.length > 0) return refuseEvent(errors, description === null ? null : toLine(description, 200))
  const key = given === null ? context.freshId : clean(given)
  const details = readDetails(field(event, 'details'))
  const signal = toSignal({
    alarm: details.alarm ?? description,
    status,
    title: description ?? `${type ?? ''} ${key}`,
    dedupKey: key,
    value: details.value,
    labels: details.labels,
    links: toLinks([...contextPairs(event), [field(event, 'client_url'), field(event, 'client')]]),
  })
  return { kind: 'signals', signals: [signal], changes: [], reply: acceptEventV1(key) }
}

function faultsOf(event: { status: SignalStatus | undefined; given: string | null; description: string | null }): string[] {
  if (event.status === undefined) return ["Event type is invalid (must be one of 'trigger', 'acknowledge' or 'resolve')"]
  if (event.status === 'firing') return event.description === null ? ['Description is missing or blank'] : []
  return event.given === null ? ['Incident key is missing or blank'] : []
}

function contextPairs(event: JsonObject): (readonly [unknown, unknown])[] {
  const contexts = field(event, 'contexts')
  if (!Array.isArray(contexts)) return []
  return contexts
    .filter(isObject)
    .map((item) => [field(item, 'href') ?? field(item, 'src'), field(item, 'text') ?? field(item, 'alt')] as const)
}
