/**
 * A mapping applied to one message. It gives signals or one fault that names the part; never both, never an exception. Its
 * cost is counted, not timed, so that reading a message again gives what reading it first gave.
 */
import type { CelInput } from '@bufbuild/cel'
import { toLabels, toLinks, toPlainSignal, toSignal } from '../alert/build.ts'
import { isObject, toNumber } from '../alert/json.ts'
import { type Signal, TITLE_CHARS_MAX } from '../alert/signal.ts'
import { toInstant } from '../alert/time-text.ts'
import { type Instant, SECOND_MS } from '../time.ts'
import type { Mapping } from './compile.ts'
import type { Bindings, Expression } from './expression.ts'
import { MAPPED_SIGNALS_MAX, type MappedField } from './mapping.ts'
import { toStatus } from './status-words.ts'
import { startMeter, stepsOfText, type Meter, TooCostly } from './meter.ts'
import { toView } from './view.ts'

export type Mapped =
  | { readonly kind: 'signals'; readonly signals: readonly Signal[] }
  /** `field` is null where it is the message as a whole. */
  | { readonly kind: 'fault'; readonly field: string | null; readonly reason: string }

export interface MappedMessage {
  /** Parsed, of bounded depth. */
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

/** What building one signal costs beside its expressions. */
const SIGNAL_STEPS = 50

class Fault extends Error {
  readonly field: string | null

  constructor(field: string | null, reason: string) {
    super(reason)
    this.field = field
  }
}

export function applyMapping(mapping: Mapping, message: MappedMessage): Mapped {
  try {
    return { kind: 'signals', signals: run(mapping, message) }
  } catch (error) {
    if (error instanceof Fault) return { kind: 'fault', field: error.field, reason: error.message }
    if (error instanceof TooCostly) return { kind: 'fault', field: null, reason: error.message }
    const reason = error instanceof RangeError ? 'it is too much for the mapping' : 'the mapping failed on it'
    return { kind: 'fault', field: null, reason }
  }
}

function run(mapping: Mapping, { body, headers }: MappedMessage): Signal[] {
  const view = toView(body)
  if (view === null) throw new Fault(null, 'the message holds too many values')
  const meter = startMeter()
  const bindings: Bindings = { body: view.value, headers: new Map(Object.entries(headers)) }
  const items = mapping.each === null ? [undefined] : itemsOf(mapping.each, bindings, meter)
  const signals = items.slice(0, MAPPED_SIGNALS_MAX).map((item, index) => {
    const place = mapping.each === null ? null : index
    return signalOf(mapping, item === undefined ? bindings : { ...bindings, item }, place, meter)
  })
  const leftOut = view.cut && items.length >= MAPPED_SIGNALS_MAX
  return leftOut ? [...signals, noteLeftOut()] : signals
}

/** The list as the expressions read it: what `each` gave goes through the bounds of a view again. */
function itemsOf(each: Expression, bindings: Bindings, meter: Meter): CelInput[] {
  const given = each.evaluate(bindings, meter)
  if (given.kind === 'missing') throw new Fault('each', `the message has no "${given.name}"`)
  if (given.kind === 'fault') throw new Fault('each', given.reason)
  if (!Array.isArray(given.value)) throw new Fault('each', 'it gives no list')
  const view = toView(given.value)
  if (view === null || !Array.isArray(view.value)) throw new Fault('each', 'the list holds too many values')
  return view.value
}

function signalOf(mapping: Mapping, bindings: Bindings, index: number | null, meter: Meter): Signal {
  meter.spend(SIGNAL_STEPS)
  const at = (expression: Expression) => (index === null ? expression.field : `${expression.field} (item ${index + 1})`)
  const value = (expression: Expression | undefined): unknown => {
    const given = expression?.evaluate(bindings, meter)
    if (expression === undefined || given === undefined || given.kind === 'missing') return null
    if (given.kind === 'fault') throw new Fault(at(expression), given.reason)
    return given.value
  }
  const text = (name: MappedField): string | null => toText(value(mapping.fields[name]))
  const line = (name: MappedField): string | null => toShort(text(name), meter)
  const alarm = line('alarm')
  const title = line('title')
  const status = statusOf(mapping.fields.status, value(mapping.fields.status), at)
  const labels = mapping.labels.map(({ name, expression }) => {
    const given = value(expression)
    if (name !== null) return { [name]: given }
    if (given !== null && !isObject(given)) throw new Fault(at(expression), 'it gives no object of labels')
    return given ?? {}
  })
  if (alarm === null && title === null) throw new Fault(index === null ? null : `item ${index + 1}`, 'it has neither an alarm nor a title')
  return toSignal({
    alarm,
    status,
    title,
    summary: text('summary'),
    dedupKey: text('dedup_key'),
    severityHint: line('severity_hint'),
    value: toNumber(value(mapping.fields.value)),
    labels: toLabels(Object.assign({}, ...labels)),
    links: toLinks(mapping.links.map((link) => [value(link.href), link.text] as const)),
    startsAt: toTime(value(mapping.fields.starts_at)),
    endsAt: toTime(value(mapping.fields.ends_at)),
  })
}

/** A status that is asked for and cannot be told is a fault: guessing would page for an end, or end what goes on. */
function statusOf(expression: Expression | undefined, given: unknown, at: (expression: Expression) => string): Signal['status'] {
  if (expression === undefined) return 'firing'
  const status = toStatus(given)
  if (status !== null) return status
  const shown = typeof given === 'string' ? `"${given.slice(0, 40)}" is no status that is known` : 'it gives no status'
  throw new Fault(at(expression), shown)
}

function toText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

/** Of what becomes one line: runs of blanks are mended one by one, so not every text is looked through to its end. */
function toShort(text: string | null, meter: Meter): string | null {
  if (text === null) return null
  const short = text.slice(0, LINE_CHARS_MAX).toWellFormed()
  if (/\s\s|[^\S ]/.test(short)) meter.spend(stepsOfText(short, BLANKS_SLOWNESS))
  return short
}
const LINE_CHARS_MAX = 2 * TITLE_CHARS_MAX
const BLANKS_SLOWNESS = 64

const EPOCH_SECONDS_MAX = 10_000_000_000

/** RFC 3339, or seconds or milliseconds since the epoch. */
function toTime(value: unknown): Instant | null {
  const number = toNumber(value)
  if (number === null) return toInstant(value)
  const instant = Math.round(Math.abs(number) < EPOCH_SECONDS_MAX ? number * SECOND_MS : number)
  return instant > 0 && instant < INSTANT_MAX ? instant : null
}
const INSTANT_MAX = 253_402_300_800_000

function noteLeftOut(): Signal {
  const reason = `the message holds more than ${MAPPED_SIGNALS_MAX} signals`
  return toPlainSignal({ door: 'json', title: `A JSON message was read in part: ${reason}, the rest is not known`, reason })
}
