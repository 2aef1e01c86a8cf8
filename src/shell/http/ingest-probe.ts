/** What clients ask an Alertmanager before or while they push to it: enough that none of them takes us for broken. */
import type { IncomingMessage, ServerResponse } from 'node:http'

const STATUS = {
  cluster: { status: 'disabled' },
  config: { original: '' },
  uptime: '',
  versionInfo: { branch: '', buildDate: '', buildUser: '', goVersion: '', revision: '', version: '0.25.0' },
}
const PLAIN = { 'content-type': 'text/plain; charset=utf-8' }
const startedAt = new Date(performance.timeOrigin).toISOString()

/** Source: Alertmanager 0.25.0 tried on loopback. @returns true when it answered */
export function answerProbe(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  const path = (request.url ?? '').split('?', 1)[0]?.replace(/\/$/, '') ?? ''
  if (/^(?:\/alertmanager)?\/-\/(?:ready|healthy)$/.test(path)) return answer(response, PLAIN, 'OK')
  if (/^\/alertmanager(?:\/[^/]{1,256})?\/api\/v2\/status$/.test(path)) {
    return answer(response, { 'content-type': 'application/json' }, JSON.stringify({ ...STATUS, uptime: startedAt }))
  }
  return false
}

function answer(response: ServerResponse, headers: Readonly<Record<string, string>>, body: string): true {
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
  return true
}
