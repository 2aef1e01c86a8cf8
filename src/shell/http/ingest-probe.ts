/** What clients ask an Alertmanager before they push to it, without a key. */
import type { IncomingMessage, ServerResponse } from 'node:http'

const PLAIN = { 'content-type': 'text/plain; charset=utf-8' }

/** Source: Alertmanager 0.25.0 tried on loopback. @returns true when it answered */
export function answerProbe(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  const path = (request.url ?? '').split('?', 1)[0]?.replace(/\/$/, '') ?? ''
  if (/^(?:\/alertmanager)?\/-\/(?:ready|healthy)$/.test(path)) return answer(response, PLAIN, 'OK')
  return false
}

function answer(response: ServerResponse, headers: Readonly<Record<string, string>>, body: string): true {
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
  return true
}
