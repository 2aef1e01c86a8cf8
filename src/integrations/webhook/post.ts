/**
 * One POST, and what can be known of it. Written on node:http because it must tell "nothing was sent" from "it may
 * have arrived", connect to the address that was checked, and follow no redirect.
 */
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps, type RequestOptions } from 'node:https'
import type { LookupFunction } from 'node:net'
import { codeOf, type Target } from './target.ts'

export const CONNECT_TIMEOUT_MS = 4_000

export interface PostRequest {
  readonly target: Target
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
  readonly connectTimeoutMs?: number
  readonly method?: 'POST' | 'HEAD'
}

export type PostResult =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null }
  /** The connection was never usable: the vendor has seen nothing. */
  | { readonly kind: 'unsent'; readonly reason: string }
  /** The connection stood, so some or all of the message may have been taken. */
  | { readonly kind: 'unanswered'; readonly reason: string }

/** Never throws. Only status and Retry-After are read: the body of an answer is not waited for. */
export function post(asked: PostRequest): Promise<PostResult> {
  const { promise, resolve } = Promise.withResolvers<PostResult>()
  const secure = asked.target.url.protocol === 'https:'
  let connected = false
  const request = (secure ? requestHttps : requestHttp)(optionsOf(asked))
  const fail = (reason: string): void => {
    clearTimeout(connecting)
    resolve({ kind: connected ? 'unanswered' : 'unsent', reason })
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
    resolve({ kind: 'answered', status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] ?? null })
    response.destroy()
  })
  request.on('error', (error) => fail(`${connected ? 'the connection broke' : 'the connection failed'} (${codeOf(error)})`))
  asked.signal.addEventListener('abort', onAbort, { once: true })
  void promise.then(() => asked.signal.removeEventListener('abort', onAbort))
  if (asked.signal.aborted) onAbort()
  else request.end(asked.body)
  return promise
}

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
    headers: method === 'HEAD' ? { ...headers } : { ...headers, 'content-length': String(Buffer.byteLength(body)) },
  }
}
