/**
 * One event, whatever way it came: its attributes and its data.
 * Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents (spec.md, http-protocol-binding.md, json-format.md; read
 * 2026-11-24).
 */
import { field, type JsonObject, parseJson } from '../../core/alert/json.ts'
import type { InboundMessage } from '../../integration.ts'

export interface CloudEvent {
  /** `id`, `source`, `type`, `subject` and the like, and extensions; as text. */
  readonly attributes: Readonly<Record<string, string>>
  /** JSON, text, or undefined for none and for bytes of other kinds. */
  readonly data: unknown
}

const NOT_ATTRIBUTES = new Set(['data', 'data_base64'])
const ATTRIBUTES_MAX = 64
const ATTRIBUTE_NAME = /^[a-z0-9_]{1,64}$/

/** An event in JSON, alone or in a batch. */
export function eventOfJson(object: JsonObject): CloudEvent {
  const attributes: Record<string, string> = {}
  for (const name of Object.keys(object).slice(0, ATTRIBUTES_MAX)) {
    const value = object[name]
    if (NOT_ATTRIBUTES.has(name) || !ATTRIBUTE_NAME.test(name)) continue
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') attributes[name] = String(value)
  }
  const encoded = field(object, 'data_base64')
  const data =
    field(object, 'data') ??
    (typeof encoded === 'string' ? dataOf(Buffer.from(encoded, 'base64'), attributes['datacontenttype']) : undefined)
  return { attributes, data }
}

/** Attributes in headers, the body is the data. @returns undefined when no header is an attribute */
export function eventOfHeaders({ headers, body }: InboundMessage): CloudEvent | undefined {
  const attributes: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    if (!name.startsWith('ce-') || Object.keys(attributes).length === ATTRIBUTES_MAX) continue
    const attribute = name.slice(3)
    if (ATTRIBUTE_NAME.test(attribute)) attributes[attribute] = decode(headers[name] ?? '')
  }
  if (Object.keys(attributes).length === 0) return undefined
  return { attributes, data: dataOf(body, headers['content-type']) }
}

/** Quoted as HTTP quotes, then percent-encoded (section 3.1.3.2 of the binding); what is neither stands for itself. */
function decode(value: string): string {
  const bare = /^"(.*)"$/s.exec(value)?.[1]?.replace(/\\(.)/gs, '$1') ?? value
  try {
    return decodeURIComponent(bare)
  } catch {
    return bare
  }
}

function dataOf(body: Buffer, contentType: string | undefined): unknown {
  if (body.length === 0) return undefined
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? 'application/json'
  if (/^(?:application|text)\/(?:[\w.+-]+\+)?json$/.test(type)) {
    const json = parseJson(body)
    // JSON that is none is text all the same: it may say what is wrong.
    return json.kind === 'value' ? json.value : body.toString('utf8')
  }
  return type.startsWith('text/') ? body.toString('utf8') : undefined
}
