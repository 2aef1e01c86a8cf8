/**
 * Numbers that nobody has compared yet: the playbook's threshold makes an alarm of one, and ends it when it falls. A number is
 * given, or two histograms of which Tocsin computes the population stability index.
 */
import { toLabels, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField, toNumber } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { psiOf } from '../../core/drift/psi.ts'
import type { InboundMessage, Received, ReceiveContext } from '../../integration.ts'
import { jsonOf, jsonReply, refuse } from '../../integration-door.ts'

/** Of one message: each is an alert of its own. */
export const MEASUREMENTS_MAX = 500
const GROUP_CHARS_MAX = 1_000

export function receiveMeasurements(message: InboundMessage, context: ReceiveContext): Received {
  const json = jsonOf(message, context)
  if (json.kind === 'fault') return malformed(json.reason, 400)
  const listed = isObject(json.value) ? (field(json.value, 'measurements') ?? [json.value]) : json.value
  if (!Array.isArray(listed) || listed.length === 0) return malformed('it holds no measurement', 422)
  if (listed.length > MEASUREMENTS_MAX) return malformed(`it holds more than ${MEASUREMENTS_MAX} measurements`, 422)
  const signals: Signal[] = []
  for (const [index, item] of listed.entries()) {
    const signal = isObject(item) ? readOne(item) : 'it is no JSON object'
    if (typeof signal === 'string') return malformed(`measurement ${index + 1}: ${signal}`, 422)
    signals.push(signal)
  }
  const measurements = signals.map(({ alarm, value, labels }) => ({ measure: alarm, value, group: labels['group'] ?? null }))
  return { kind: 'signals', signals, changes: [], reply: jsonReply(202, { status: 'accepted', measurements }) }
}

/** @returns what is wrong with it, in words, where it is none */
function readOne(item: JsonObject): Signal | string {
  const measure = textField(item, 'measure') ?? textField(item, 'alarm')
  if (measure === null || measure.trim() === '') return '`measure` must say what is measured, such as "drift_psi"'
  const group = textField(item, 'group')
  const labels = { ...toLabels(field(item, 'labels')), ...(group === null ? {} : { group: group.slice(0, GROUP_CHARS_MAX) }) }
  const status = textField(item, 'status')?.toLowerCase() ?? 'firing'
  if (status === 'resolved') return toSignal({ alarm: measure, status, title: titleOf(measure, null, group), labels })
  if (status !== 'firing') return '`status` is "resolved" or left out: the playbook compares'
  const number = numberOf(item)
  if (typeof number === 'string') return number
  return toSignal({
    alarm: measure,
    status: 'firing',
    title: textField(item, 'title') ?? titleOf(measure, number.value, group),
    summary: [textField(item, 'summary'), number.how].filter((part) => part !== null).join('\n') || null,
    value: number.value,
    labels,
  })
}

interface Measured {
  readonly value: number
  readonly how: string | null
}

function numberOf(item: JsonObject): Measured | string {
  const given = field(item, 'value')
  const [expected, actual] = [field(item, 'expected'), field(item, 'actual')]
  if (expected === undefined && actual === undefined) {
    const value = toNumber(given)
    return value === null ? '`value` must be a number, or `expected` and `actual` two histograms' : { value, how: null }
  }
  if (given !== undefined) return 'it has both a `value` and histograms: give one of the two'
  if (!Array.isArray(expected) || !Array.isArray(actual)) return '`expected` and `actual` must both be lists of numbers'
  const reading = psiOf(expected.map(toCount), actual.map(toCount))
  if (reading.kind === 'unclear') return reading.message
  return { value: reading.value, how: describe(reading.parts, field(item, 'bins')) }
}

/** NaN for what is no number: the index refuses it. */
function toCount(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}

function describe(parts: readonly { readonly expected: number; readonly actual: number; readonly adds: number }[], bins: unknown): string {
  let most = 0
  for (const [index, { adds }] of parts.entries()) if (adds > (parts[most]?.adds ?? 0)) most = index
  const named = Array.isArray(bins) && typeof bins[most] === 'string' ? `"${bins[most].slice(0, 80)}"` : `${most + 1} of ${parts.length}`
  const part = parts[most]
  const shift = part === undefined ? '' : ` (expected ${percent(part.expected)}, actual ${percent(part.actual)})`
  return `Population stability index over ${parts.length} bins; bin ${named} moved most${shift}.`
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}

function titleOf(measure: string, value: number | null, group: string | null): string {
  const of = group === null ? '' : ` (group ${group.slice(0, GROUP_CHARS_MAX)})`
  return value === null ? `${measure}${of}` : `${measure} is ${Number(value.toPrecision(4))}${of}`
}

function malformed(reason: string, status: 400 | 422): Received {
  return refuse(reason, 'A sender of measurements', jsonReply(status, { status: 'error', error: reason }))
}
