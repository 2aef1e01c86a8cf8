/**
 * What strangers may reach when the console stays inside: the ingest doors, the acknowledge page, callbacks of vendors,
 * pings of heartbeats, report forms, Opsgenie's API, the status page, `/healthz`. A list of what is allowed, so that a new route is inside until
 * somebody lists it here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void
/** Takes the request when its address is an ingest door; false leaves it alone. */
export type DoorHandler = (request: IncomingMessage, response: ServerResponse) => boolean

const OPEN_PATHS = ['/healthz', '/status', '/status/']
const OPEN_PREFIXES = ['/a/', '/alertmanager/', '/callbacks/', '/hooks/heartbeat/', '/report/', '/status/']

/** Opsgenie's alert API beside its doors: read and written by ingest keys, as doors are. */
const OPSGENIE_PATH = /^(?:\/jsm\/ops\/integration)?\/v2\/(?:alerts|heartbeats)(?:\/|$)/u

/** True for the paths that the public listener passes on; doors are asked for before. `url` is the raw request target. */
function isOpenPath(url: string): boolean {
  const path = url.split('?', 1)[0] ?? ''
  // Routers decode paths: whatever could turn into another path by decoding or tidying is not one of ours.
  if (/%2e|%5c|\\|\/\/|\/\.\.?(\/|$)/iu.test(path)) return false
  // An alias may hold a slash: the router leaves an encoded one inside its part of the path.
  if (OPSGENIE_PATH.test(path)) return true
  if (/%2f/iu.test(path)) return false
  return OPEN_PATHS.includes(path) || OPEN_PREFIXES.some((prefix) => path.startsWith(prefix) && path.length > prefix.length)
}

/** Answers 404 to everything that outsiders do not need. */
export function publicOnly(handler: RequestHandler, doors: DoorHandler): RequestHandler {
  return (request, response) => {
    if (doors(request, response)) return
    if (isOpenPath(request.url ?? '')) {
      handler(request, response)
      return
    }
    refuse(request, response)
  }
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  const body = JSON.stringify({ type: 'about:blank', status: 404, title: 'Not found', code: 'not-found' })
  response.writeHead(404, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    // The body of a refused request is not read; the connection cannot be used again.
    ...(request.method === 'GET' || request.method === 'HEAD' ? {} : { connection: 'close' }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
