/**
 * CloudEvents 1.0 over HTTP: one event in JSON (structured), one in headers and body (binary), or a list (batch). An event is
 * the one that its source and id say: sent twice, it counts once.
 */
import { createHash } from 'node:crypto'
import { toPlainSignal } from '../../core/alert/build.ts'
import { isObject } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { jsonOf, jsonReply, refuse } from '../../integration-door.ts'
import { accept, misread, readPlainly } from '../../integration-hook.ts'
import { type CloudEvent, eventOfHeaders, eventOfJson } from './event.ts'
import { toEventSignal } from './signal.ts'

const SENDER = 'A sender of CloudEvents'
const BATCH_MAX = 1_000

export function receiveCloudEvents(message: InboundMessage, context: ReceiveContext): Received {
  const type = message.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (/^application\/cloudevents(?:-batch)?\b/.test(type) && !type.endsWith('+json')) {
    const reason = `the format ${type} is not known, only JSON is`
    return refuse(reason, SENDER, jsonReply(415, { status: 'error', error: reason }))
  }
  if (!type.startsWith('application/cloudevents')) {
    const binary = eventOfHeaders(message)
    if (binary !== undefined) return acceptEvents([binary], 0)
  }
  const json = jsonOf(message, context)
  if (json.kind === 'fault') return misread(json.reason, SENDER, 400)
  if (isObject(json.value)) {
    const event = eventOfJson(json.value)
    return isEvent(event) ? acceptEvents([event], 0) : readPlainly(json.value, SENDER)
  }
  return Array.isArray(json.value) ? receiveBatch(json.value, type) : misread('it is no event: neither an object nor a list', SENDER)
}

function receiveBatch(items: readonly unknown[], type: string): Received {
  const events = items.filter(isObject).map(eventOfJson).filter(isEvent)
  if (events.length === 0 && (items.length > 0 || type !== 'application/cloudevents-batch+json')) {
    return misread('none of the list is an event', SENDER)
  }
  if (events.length > BATCH_MAX) return misread(`a batch holds at most ${BATCH_MAX} events`, SENDER)
  return acceptEvents(withoutRepeats(events), items.length - events.length)
}

/** What the specification demands of one, but for its version: newer ones shall be read as far as they can be. */
function isEvent({ attributes }: CloudEvent): boolean {
  return ['type', 'source', 'id'].every((name) => (attributes[name] ?? '') !== '') && 'specversion' in attributes
}

/** @param strange how many entries of a batch were no events */
function acceptEvents(events: readonly CloudEvent[], strange: number): Received {
  return accept({ signals: [...events.map(toEventSignal), ...noteStrange(strange)], messageId: idOf(events) })
}

function noteStrange(count: number): Signal[] {
  if (count === 0) return []
  const reason = 'entries of a batch that are no events'
  return [toPlainSignal({ door: 'cloudevents', title: `${SENDER} sent ${count} ${reason}`, reason })]
}

function withoutRepeats(events: readonly CloudEvent[]): CloudEvent[] {
  return [...new Map(events.map((event) => [identityOf(event), event])).values()]
}

function identityOf({ attributes }: CloudEvent): string {
  return JSON.stringify([attributes['source'] ?? '', attributes['id'] ?? ''])
}

const ID_CHARS_MAX = 256

/** Of one event its own identity, of several that of the list; null where an event does not say its own. */
function idOf(events: readonly CloudEvent[]): string | null {
  if (events.length === 0 || !events.every(isEvent)) return null
  const whole = events.map(identityOf).join('\n')
  return events.length === 1 && whole.length <= ID_CHARS_MAX ? whole : `sha256:${createHash('sha256').update(whole).digest('hex')}`
}
