/** What every door does alike: JSON replies, keys in headers and broken bodies, and plain words for a message nobody understood. */
import type { Json } from './core/alert/json.ts'
import { parseJson } from './core/alert/json.ts'
import { toLine } from './core/alert/text.ts'
import type { InboundMessage, Received, Reply, ReceiveContext } from './integration.ts'

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' } as const

export function jsonReply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(body) }
}

/** The key of an `Authorization` header in any scheme: `Bearer k`, `GenieKey k`, `Token token=k`, or the password of `Basic`. */
export function keyOfAuthorization(message: Pick<InboundMessage, 'headers'>): string | null {
  const header = message.headers['authorization']
  if (header === undefined || header.length > AUTHORIZATION_CHARS_MAX) return null
  const space = header.indexOf(' ')
  const scheme = header.slice(0, space).toLowerCase()
  const credentials = header.slice(space + 1).trim()
  if (space < 0) return credentials || null
  if (scheme !== 'basic') return credentials.replace(/^token=/i, '').replaceAll('"', '') || null
  const pair = Buffer.from(credentials, 'base64').toString('latin1')
  return pair.slice(pair.indexOf(':') + 1) || null
}
const AUTHORIZATION_CHARS_MAX = 1_024

/** The body as parsed by `findKey`, else parsed now. */
export function jsonOf(message: InboundMessage, context: ReceiveContext, options?: { readonly anyDepth: boolean }): Json {
  return isJson(context.parsed) ? context.parsed : parseJson(message.body, options)
}

function isJson(parsed: unknown): parsed is Json {
  return typeof parsed === 'object' && parsed !== null && 'kind' in parsed
}

/** So much of a body that is no JSON is searched for the key that it may hold. */
const KEY_SEARCH_BYTES_MAX = 65_536

/** The key in a body too broken to parse, so that a valid sender's message is not lost to a stray byte. */
export function searchKey(body: Buffer, name: string): string | null {
  const text = body.toString('latin1', 0, KEY_SEARCH_BYTES_MAX)
  return new RegExp(`"${name}"\\s{0,16}:\\s{0,16}"([^"\\\\]{1,128})"`).exec(text)?.[1] ?? null
}

/** Refused to the sender, kept, and told to people plainly. */
export function refuse(reason: string, sender: string, reply: Reply): Received {
  return {
    kind: 'refused',
    reason,
    page: true,
    title: toLine(`${sender} sent a message that could not be understood: ${reason}`, 300),
    reply,
  }
}

/** How a way that was cut is named: the door raises it, and the shell ends it when the topic is confirmed again. */
export function subscriptionEnded(topic: string): { readonly alarm: string; readonly dedupKey: string } {
  return { alarm: 'SubscriptionEnded', dedupKey: `subscription-ended/${topic}` }
}
