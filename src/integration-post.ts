/**
 * One request to an outside system, and what can be known of it. Written on node:http because it must tell "nothing was
 * sent" from "it may have arrived", connect to the address that was checked, and follow no redirect.
 */
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps, type RequestOptions } from 'node:https'
import type { LookupFunction } from 'node:net'
import { codeOf, type Target } from './integration-target.ts'

export const CONNECT_TIMEOUT_MS = 4_000

export interface PostRequest {
  readonly target: Target
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  readonly signal: AbortSignal
  readonly connectTimeoutMs?: number
  readonly method?: 'POST' | 'HEAD' | 'GET'
  /** Of the answer's body; left out: it is not waited for, and empty. */
  readonly answerBytesMax?: number
}

export type PostResult =
  /** A body that is longer than asked for, or breaks off, is cut. */
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null; readonly body: string }
  /** The connection was never usable: the vendor has seen nothing. */
  | { readonly kind: 'unsent'; readonly reason: string }
  /** The connection stood, so some or all of the message may have been taken. */
  | { readonly kind: 'unanswered'; readonly reason: string }

/** Never throws. Only status and Retry-After are read, and the body where it is asked for. */
export function post(asked: PostRequest): Promise<PostResult> {
  const { promise, resolve } = Promise.withResolvers<PostResult>()
  const secure = asked.target.url.protocol === 'https:'
  let connected = false
  let head: { readonly status: number; readonly retryAfter: string | null } | undefined
  const request = (secure ? requestHttps : requestHttp)(optionsOf(asked))
  const fail = (reason: string): void => {
    clearTimeout(connecting)
    if (head === undefined) resolve({ kind: connected ? 'unanswered' : 'unsent', reason })
    else resolve({ kind: 'answered', ...head, body: '' })
    request.destroy()
  }
  const connecting = setTimeout(() => fail('no connection in time'), asked.connectTimeoutMs ?? CONNECT_TIMEOUT_MS)
  const onAbort = (): void => fail(connected ? 'no answer in time' : 'no connection in time')
  request.on('socket', (socket) => {
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      connected = true
      clearTimeout(connecting)
    })
  })
  request.on('response', (response: IncomingMessage) => {
    const answered = { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] ?? null }
    head = answered
    const finish = async (): Promise<void> => {
      const body = await readBody(response, asked.answerBytesMax ?? 0)
      resolve({ kind: 'answered', ...answered, body })
      response.destroy()
    }
    void finish()
  })
  request.on('error', (error) => fail(`${connected ? 'the connection broke' : 'the connection failed'} (${codeOf(error)})`))
  asked.signal.addEventListener('abort', onAbort, { once: true })
  void promise.then(() => asked.signal.removeEventListener('abort', onAbort))
  if (asked.signal.aborted) onAbort()
  else request.end(asked.body)
  return promise
}

/** The status is the answer: a body that stays away costs what it would have told, after a while. */
async function readBody(response: IncomingMessage, bytesMax: number): Promise<string> {
  if (bytesMax === 0) return ''
  const chunks: Buffer[] = []
  let bytes = 0
  const { promise: overdue, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, BODY_TIMEOUT_MS)
  const reading = (async () => {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= bytesMax) return
    }
  })().catch(() => undefined)
  await Promise.race([reading, overdue])
  clearTimeout(timer)
  return Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8')
}
const BODY_TIMEOUT_MS = 3_000

function optionsOf({ target, headers, body, method = 'POST' }: PostRequest): RequestOptions {
  const { url, address, family } = target
  // Node does not call `lookup` for literals, and those were checked as they stand.
  const lookup: LookupFunction = (_host, options, done) => {
    if (options.all === true) done(null, [{ address, family }])
    else done(null, address, family)
  }
  return {
    method,
    protocol: url.protocol,
    host: url.hostname.replace(/^\[|\]$/gu, ''),
    port: url.port === '' ? undefined : Number(url.port),
    path: `${url.pathname}${url.search}`,
    auth: url.username === '' ? undefined : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`,
    agent: false, // one connection a message: a stale kept-alive one could not be told from a refusal
    lookup,
    headers: method !== 'POST' ? { ...headers } : { ...headers, 'content-length': String(Buffer.byteLength(body)) },
  }
}
