/** What every source that is asked does alike: JSON over the bounded way out, and answers kept as receipts. */
import { isObject, parseJson } from './core/alert/json.ts'
import type { Signal } from './core/alert/signal.ts'
import type { AskConnection, InnerDoor } from './integration.ts'

/** Receipts of what was asked: their body is the signals, as they were made of the answer. */
export function askedDoor(kind: string): InnerDoor {
  return {
    id: askedDoorId(kind),
    receive: (message) => {
      const json = parseJson(message.body)
      const reply = { status: 200, body: '' }
      if (json.kind === 'fault' || !isObject(json.value) || !Array.isArray(json.value['signals'])) {
        const reason = 'what was asked cannot be read any more'
        return { kind: 'refused', reason, page: true, title: `An answer of a source cannot be shown: ${reason}`, reply }
      }
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the shell of this very server
      return { kind: 'signals', signals: json.value['signals'] as readonly Signal[], changes: [], reply }
    },
  }
}

export function askedDoorId(kind: string): string {
  return `asked-${kind}`
}

export type AskedJson =
  | { readonly kind: 'json'; readonly value: unknown; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'failed'; readonly reason: string }

/** A GET below the connection's address. Anything but JSON with 200 is a failure in words. */
export async function getJson(
  connection: AskConnection,
  path: string,
  headers: Readonly<Record<string, string>> = bearer(connection),
): Promise<AskedJson> {
  const url = path.startsWith('http') ? path : `${connection.url.replace(/\/+$/, '')}${path}`
  const reply = await connection.request({ method: 'GET', url, headers: { accept: 'application/json', ...headers } })
  if (reply.kind === 'failed') return reply
  if (reply.status === 401 || reply.status === 403) return { kind: 'failed', reason: `it refuses the credentials (status ${reply.status})` }
  if (reply.status !== 200) return { kind: 'failed', reason: `it answers with status ${reply.status}` }
  const json = parseJson(reply.body)
  return json.kind === 'fault'
    ? { kind: 'failed', reason: `its answer is no JSON: ${json.reason}` }
    : { kind: 'json', value: json.value, headers: reply.headers }
}

/** The secret as a bearer token, or as `user:password` of basic authentication; nothing where there is none. */
export function bearer({ secret }: Pick<AskConnection, 'secret'>): Record<string, string> {
  if (secret === null) return {}
  const basic = /^[^:\s]+:[^\s]+$/.test(secret)
  return { authorization: basic ? `Basic ${Buffer.from(secret).toString('base64')}` : `Bearer ${secret}` }
}
