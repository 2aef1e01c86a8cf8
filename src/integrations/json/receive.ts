/** A door for scripts: one flat JSON object, everything optional but a text that says what is wrong; or any JSON, by a mapping. */
import { linkPairs, toLabels, toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, parseExactly, textField, toNumber } from '../../core/alert/json.ts'
import { toInstant } from '../../core/alert/time-text.ts'
import { toStatus } from '../../core/mapping/status-words.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { jsonOf, jsonReply, refuse } from '../../integration-door.ts'
import { receiveMapped } from './mapped.ts'

const SENDER = 'A script'

export function receiveJson(message: InboundMessage, context: ReceiveContext): Received {
  const json = jsonOf(message, context)
  if (json.kind === 'fault') return malformed(json.reason, 400)
  if (typeof context.mapping === 'string') return receiveMapped(message, json.value, context.mapping)
  if (!isObject(json.value)) return malformed('the body is not a JSON object', 422)
  const hasLongNumber = ['dedup_key', 'key'].some(
    (name) => typeof field(json.value as object as Record<string, unknown>, name) === 'number',
  )
  const exact = hasLongNumber ? parseExactly(message.body) : json.value
  const event = isObject(exact) ? exact : json.value
  const title = textField(event, 'title') ?? textField(event, 'summary') ?? textField(event, 'message')
  const alarm = textField(event, 'alarm') ?? textField(event, 'alertname')
  const dedupKey = textField(event, 'dedup_key') ?? textField(event, 'key')
  const word = textField(event, 'status')?.toLowerCase() ?? 'firing'
  const status = toStatus(word)
  if (status === null) return malformed('`status` is none of firing, acknowledged, resolved', 422)
  if (title === null && alarm === null && (status === 'firing' || dedupKey === null)) {
    return malformed('it has none of `title`, `summary`, `message` and `alarm`', 422)
  }
  const signal = toSignal({
    alarm,
    status,
    title: title ?? alarm ?? `${word} ${dedupKey ?? ''}`,
    summary:
      textField(event, 'description') ??
      (textField(event, 'title') === null ? null : (textField(event, 'summary') ?? textField(event, 'message'))),
    // Without a key the alarm's name tells alerts apart, so that a later "resolved" finds its own.
    dedupKey: dedupKey ?? (isObject(field(event, 'labels')) ? null : (alarm ?? title)),
    severityHint: textField(event, 'severity'),
    value: toNumber(field(event, 'value')),
    labels: toLabels(field(event, 'labels')),
    links: toLinks([...linkPairs(field(event, 'links')), [field(event, 'url'), 'Link']]),
    startsAt: toInstant(field(event, 'starts_at')),
    endsAt: null,
  })
  return { kind: 'signals', signals: [signal], changes: [], reply: jsonReply(202, { status: 'accepted', dedup_key: signal.dedupKey }) }
}

function malformed(reason: string, status: 400 | 422): Received {
  return refuse(reason, SENDER, jsonReply(status, { status: 'error', error: reason }))
}
