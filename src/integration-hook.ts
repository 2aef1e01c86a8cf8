/**
 * What the webhooks of vendors share: two addresses (the key in the path, or in any `Authorization` where the vendor can
 * set a header), one way to say yes, no, and "that is not yours".
 */
import { toLabels, toSignal } from './core/alert/build.ts'
import { field, isObject, type Json, type JsonObject, parseJson, textField } from './core/alert/json.ts'
import { toLine } from './core/alert/text.ts'
import { toStatus } from './core/mapping/status-words.ts'
import type { Door, InboundMessage, Received, ReceiveContext } from './integration.ts'
import { jsonOf, jsonReply, keyOfAuthorization, refuse } from './integration-door.ts'

export const HOOK_BODY_BYTES_MAX = 1_048_576

export interface HookParts extends Pick<Door, 'receive'>, Partial<Pick<Door, 'alsoMethod' | 'greet' | 'overloadStatus' | 'bodyBytesMax'>> {
  /** The integration's; `/hooks/<id>` is its address. */
  readonly id: string
}

export function hookDoors({ id, ...parts }: HookParts): readonly [Door, Door] {
  const shared = {
    method: 'POST',
    keyIn: 'request',
    overloadStatus: 503,
    bodyBytesMax: HOOK_BODY_BYTES_MAX,
    refuseKey: () => jsonReply(401, { status: 'error', error: 'unknown integration key' }, { 'www-authenticate': 'Bearer' }),
    ...parts,
  } as const
  return [
    { ...shared, id, path: `/hooks/${id}/:key`, findKey: (_message, params) => ({ key: params['key'] ?? null }) },
    { ...shared, id: `${id}-header`, path: `/hooks/${id}`, findKey: (message) => ({ key: keyOfAuthorization(message) }) },
  ]
}

type Accepted = Extract<Received, { kind: 'signals' }>

/** 200: every vendor here takes any 2xx for done. */
export function accept(parts: Partial<Pick<Accepted, 'signals' | 'changes'>> & { readonly messageId?: string | null }): Received {
  const { signals = [], changes = [] } = parts
  const messageId = toMessageId(parts.messageId)
  const reply = jsonReply(200, { status: 'accepted', signals: signals.length })
  return { kind: 'signals', signals, changes, reply, ...(messageId === null ? {} : { messageId }) }
}

const MESSAGE_ID_CHARS_MAX = 512

/** One line, bounded; null for none. */
export function toMessageId(given: string | null | undefined): string | null {
  return given === null || given === undefined ? null : toLine(given, MESSAGE_ID_CHARS_MAX) || null
}

/** Kept and told to people; 400 for what is no JSON, else 422. */
export function misread(reason: string, sender: string, status: 400 | 422 = 422): Received {
  return refuse(reason, sender, jsonReply(status, { status: 'error', error: reason }))
}

/** Kept and counted, never believed. The reason is for our people; the sender hears no more than that it is refused. */
export function distrust(reason: string): Received {
  return { kind: 'distrusted', reason, reply: jsonReply(401, { status: 'error', error: 'the signature is missing, wrong or too old' }) }
}

/** The object of a body in JSON, or of a form whose field `payload` holds JSON, or of the form itself. */
export function objectOf(message: InboundMessage, context: ReceiveContext): JsonObject | Extract<Json, { kind: 'fault' }>['reason'] {
  const json = isForm(message) ? formOf(message.body) : jsonOf(message, context)
  if (json.kind === 'fault') return json.reason
  return isObject(json.value) ? json.value : 'the body is not valid JSON'
}

function isForm({ headers }: InboundMessage): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')
}

const FORM_FIELDS_MAX = 200

function formOf(body: Buffer): Json {
  if (body.length === 0) return { kind: 'fault', reason: 'the body is empty' }
  const fields = new URLSearchParams(body.toString('utf8'))
  const payload = fields.get('payload')
  if (payload !== null) return parseJson(Buffer.from(payload))
  return { kind: 'value', value: Object.fromEntries([...fields].slice(0, FORM_FIELDS_MAX)) }
}

const NOTHING: JsonObject = {}

/** The object in a field; an empty one where there is none. */
export function objectField(object: JsonObject, name: string): JsonObject {
  const value = field(object, name)
  return isObject(value) ? value : NOTHING
}

/** The texts of those fields that have one: labels of what is there. */
export function present(fields: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).flatMap(([name, text]) => (text === null ? [] : [[name, text] as const])))
}

/** `SEV-1`, `sev1`, `P1` and the like, where somebody wrote one into a name; in lower case. @returns null for none */
export function severityIn(text: string | null): string | null {
  const found = /(?:^|[^a-z0-9])(sev(?:erity)?[-_ :=]?([0-9])|p([1-5]))(?![a-z0-9])/i.exec(text?.slice(0, 1_024) ?? '')
  if (found === null) return null
  return found[2] === undefined ? `p${found[3] ?? ''}` : `sev-${found[2]}`
}

/** Where tools put what is wrong, in the order of preference. */
const WORDS = [
  'title',
  'alert_title',
  'event_title',
  'summary',
  'subject',
  'message',
  'text',
  'description',
  'body',
  'name',
  'alertname',
] as const
/** Objects that hold the matter itself, one level down. */
const MATTERS = ['alert', 'event', 'issue', 'ticket', 'incident', 'detail', 'data', 'payload'] as const

/** The words of a shape that nobody here knows; null where there are none. */
export function wordsIn(object: JsonObject): string | null {
  for (const place of [object, ...MATTERS.map((name) => objectField(object, name))]) {
    for (const name of WORDS) {
      const words = field(place, name)
      if (typeof words === 'string' && toLine(words, 300) !== '') return words
    }
  }
  return null
}

/**
 * A shape that is not known, told by the words in it: it was sent by a valid key, so somebody meant it to be heard.
 * @param sender with its article, such as `A Sentry webhook`
 */
export function readPlainly(object: JsonObject, sender: string, messageId?: string | null): Received {
  const words = wordsIn(object)
  if (words === null) return misread('nothing in it says what is wrong', sender)
  const status = toStatus(field(object, 'status')) ?? toStatus(field(object, 'state')) ?? 'firing'
  const key = ['dedup_key', 'alert_uid', 'id'].map((name) => textField(object, name)).find((text) => text !== null)
  const severityHint = textField(object, 'severity') ?? textField(object, 'priority') ?? textField(object, 'level')
  const plain = {
    alarm: toLine(words, 300),
    status,
    title: words,
    dedupKey: key ?? toLine(words, 300),
    severityHint,
    labels: scalarsOf(object),
  }
  return accept({ signals: [toSignal(plain)], messageId: messageId ?? null })
}

/** Texts, numbers and booleans of an object as labels, but for those whose name says that they are secrets. */
export function scalarsOf(object: JsonObject): Record<string, string> {
  return toLabels(Object.fromEntries(Object.entries(object).filter(([name, value]) => SCALARS.has(typeof value) && !SECRETIVE.test(name))))
}

const SCALARS: ReadonlySet<string> = new Set(['string', 'number', 'boolean'])
const SECRETIVE = /key|token|secret|passw|credential|auth|cookie|session/i
