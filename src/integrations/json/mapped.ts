/** A message read by its source's own mapping. What the mapping cannot read is kept and told; the sender is not bothered with it. */
import { parseExactly } from '../../core/alert/json.ts'
import { clean } from '../../core/alert/text.ts'
import { applyMapping } from '../../core/mapping/apply.ts'
import { compileMapping, type Mapping } from '../../core/mapping/compile.ts'
import { type MappingText, NO_MAPPING } from '../../core/mapping/mapping.ts'
import type { InboundMessage, Received } from '../../integration.ts'
import { jsonReply, refuse } from '../../integration-door.ts'

const COMPILED_MAX = 256
const HEADER_CHARS_MAX = 512
/** By their text: a mapping is compiled once, not with each message. */
const compiled = new Map<string, Mapping | string>()

/** @param value the body, parsed, of bounded depth */
export function receiveMapped(message: InboundMessage, value: unknown, text: string): Received {
  const mapping = compile(text)
  if (typeof mapping === 'string') return fault(mapping)
  const body = mayHoldLongNumbers(message.body) ? parseExactly(message.body) : value
  const mapped = applyMapping(mapping, { body, headers: visibleHeaders(message.headers) })
  if (mapped.kind === 'fault') return fault(mapped.field === null ? mapped.reason : `at ${mapped.field}: ${mapped.reason}`)
  const keys = mapped.signals.map((signal) => signal.dedupKey)
  return {
    kind: 'signals',
    signals: mapped.signals,
    changes: [],
    reply: jsonReply(202, { status: 'accepted', signals: mapped.signals.length, dedup_key: keys[0] ?? null }),
  }
}

/**
 * Those that are kept with the receipt as they came, so that reading a message again gives what reading it first gave: no
 * credentials, nothing of the connection, nothing of ours.
 */
function visibleHeaders(headers: InboundMessage['headers']): Record<string, string> {
  const visible = Object.entries(headers).filter(([name]) => VISIBLE.test(name) && !HIDDEN.test(name))
  return Object.fromEntries(visible.map(([name, value]) => [name, clean(value.slice(0, HEADER_CHARS_MAX))]))
}
const VISIBLE = /^(?:x-|ce-|content-type$|user-agent$)/
const HIDDEN = /^x-(?:tocsin-|forwarded-|real-ip)|token|secret|api-?key|password|credential/

/** @returns what is wrong with it, in words, where it does not compile */
function compile(text: string): Mapping | string {
  const known = compiled.get(text)
  if (known !== undefined) return known
  const result = compileMapping({ ...NO_MAPPING, ...readText(text) })
  const mapping = result.kind === 'mapping' ? result.mapping : `${result.problems[0]?.field ?? ''}: ${result.problems[0]?.message ?? ''}`
  if (compiled.size >= COMPILED_MAX) compiled.clear()
  compiled.set(text, mapping)
  return mapping
}

/** It was checked when it was stored; a later release may know it no more. */
function readText(text: string): Partial<MappingText> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the route that checked it
  return JSON.parse(text) as MappingText
}

/** Seventeen digits in a row: a number that a double may not hold. */
function mayHoldLongNumbers(body: Buffer): boolean {
  return /\d{16}/.test(body.toString('latin1'))
}

function fault(reason: string): Received {
  return refuse(
    `its mapping failed ${reason}`,
    'A source with a mapping',
    jsonReply(202, { status: 'accepted', note: 'the mapping of this source could not read it; people are told' }),
  )
}
