/**
 * Datadog's webhooks. Their body is written by whoever sets them up: ours (`template.ts`), the template that Keep sets up,
 * or Datadog's default, which names neither alert nor transition, so that both are read from the title.
 * Source: https://docs.datadoghq.com/integrations/webhooks/ (read 2026-11-24). Datadog repeats on 5xx only; it cannot sign.
 */
import { toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField, toNumber } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { toLinks } from '../../core/alert/build.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { accept, misread, objectField, objectOf, present, readPlainly } from '../../integration-hook.ts'
import { labelsOf } from './tags.ts'
import { readTitle } from './title.ts'

const SENDER = 'A Datadog webhook'

export function receiveDatadog(message: InboundMessage, context: ReceiveContext): Received {
  const body = objectOf(message, context)
  if (!isObject(body)) return misread(body, SENDER, 400)
  const signal = readMonitor(body)
  return signal === null ? readPlainly(body, SENDER) : accept({ signals: [signal], messageId: deliveryIdOf(body) })
}

/** @returns null when it has no title */
function readMonitor(body: JsonObject): Signal | null {
  const given = said(body, 'alert_title') ?? said(body, 'event_title') ?? said(body, 'title')
  if (given === null) return null
  const title = readTitle(given)
  const transition = said(body, 'alert_transition') ?? title.transition
  const type = said(body, 'alert_type')?.toLowerCase() ?? null
  const isOver = transition === null ? type === 'success' : /recovered/i.test(transition)
  const text = said(body, 'text') ?? said(body, 'body') ?? said(body, 'event_msg')
  const status = said(body, 'alert_status')
  return toSignal({
    alarm: said(body, 'alarm') ?? title.name,
    status: isOver ? 'resolved' : 'firing',
    title: title.name,
    summary: [status, text].filter((part) => part !== null).join('\n') || null,
    dedupKey: identityOf(body, title.scope === null ? title.name : `${title.name}/${title.scope}`),
    severityHint: isOver ? null : severityOf(body, transition, title.priority, type),
    value: toNumber(field(body, 'value')) ?? valueIn(text),
    labels: labelsOf(
      body,
      present({
        transition,
        metric: said(body, 'alert_metric'),
        query: said(body, 'alert_query'),
        org: said(objectField(body, 'org'), 'name'),
      }),
    ),
    links: toLinks([
      [field(body, 'link') ?? field(body, 'url'), 'Datadog'],
      [field(body, 'snapshot'), 'Graph'],
    ]),
  })
}

/** What links a trigger to its recovery; the less of it there is, the more the words must do. */
function identityOf(body: JsonObject, name: string): string {
  const cycle = said(body, 'alert_cycle_key')
  if (cycle !== null) return cycle
  const monitor = said(body, 'alert_id') ?? said(body, 'monitor_id')
  const scope = said(body, 'alert_scope') ?? said(body, 'scopes') ?? ''
  if (monitor !== null) return `monitor:${monitor}/${scope}`
  return said(body, 'aggreg_key') ?? `name:${name}`
}

/** A warning of a P1 monitor is no P1. */
function severityOf(body: JsonObject, transition: string | null, ofTitle: string | null, type: string | null): string | null {
  if (transition !== null && /warn/i.test(transition)) return 'warning'
  const priority = said(body, 'alert_priority') ?? said(body, 'severity') ?? ofTitle
  return priority !== null && /^(?:p[1-5]|sev.{0,9})$/i.test(priority) ? priority.toLowerCase() : type
}

/** `$ALERT_STATUS` holds the threshold, not the value: only what is called a value is one. */
function valueIn(text: string | null): number | null {
  return toNumber(
    /^\W{0,8}(?:metric )?value\W{1,8}?(-?\d{1,20}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?)\b/im.exec(text?.slice(0, 16_384) ?? '')?.[1],
  )
}

/** An event has one id, whatever becomes of its delivery; one of a test run of the webhook has none. */
function deliveryIdOf(body: JsonObject): string | null {
  const id = said(body, 'id')
  return id === null ? null : [id, said(body, 'alert_transition') ?? '', said(body, 'date') ?? said(body, 'last_updated') ?? ''].join('/')
}

/** A field's text; a variable that Datadog did not know stands there as it was written, and says nothing. */
function said(body: JsonObject, name: string): string | null {
  const text = textField(body, name)
  return text === null || /^\$[A-Z_]+$/.test(text.trim()) || text === 'null' ? null : text
}
