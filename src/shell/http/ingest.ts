/**
 * The doors, as a plain `node:http` handler in front of everything else: the hot path. Key first, then the body within
 * its bounds, then the door's own parser, then the commit; the answer is the vendor's own.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { clean, toLine } from '../../core/alert/text.ts'
import type { Instant } from '../../core/time.ts'
import type { Door, InboundMessage, Reply } from '../../integration.ts'
import type { ApplyQueue } from '../alert/apply-queue.ts'
import type { GroupCommit } from '../alert/group-commit.ts'
import { type IngestOutcome, ingestRequestsTotal } from '../metrics/metrics.ts'
import type { MappingCache } from '../mapping/mapping-cache.ts'
import type { Ports } from '../ports.ts'
import type { Confirm } from '../source/confirm.ts'
import { noteCertificate } from '../source/confirm-note.ts'
import type { KnownSource, SourceCache } from '../source/source-cache.ts'
import { type Body, readBody } from './ingest-body.ts'
import { HEADERS_COUNT_MAX, INGEST_BYTES_MAX, INGEST_MESSAGES_MAX, INGEST_WEIGHT_MAX, RETRY_AFTER_S } from './ingest-limits.ts'
import { readUnread, readWhole } from './ingest-read.ts'
import { findRoute, type Route } from './ingest-router.ts'
import { answerProbe } from './ingest-probe.ts'

export interface IngestParts {
  readonly sources: SourceCache
  readonly commits: GroupCommit
  readonly queue: Pick<ApplyQueue, 'size' | 'weight'>
  readonly mappings: Pick<MappingCache, 'inForce' | 'ready'>
  readonly confirm: Pick<Confirm, 'certificateFor' | 'note'>
  /** Told of each key that a message was taken by. */
  readonly used: (keyId: string, at: Instant) => void
}

export interface IngestHandler {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean
  /** From now on every message is told to come again. */
  readonly close: () => void
  /** Nothing more is taken for now: senders are told to come again. */
  readonly isFull: () => boolean
}

/** One message on its way through. */
interface Passage {
  readonly route: Route
  readonly response: ServerResponse
  readonly request: IncomingMessage
  readonly headers: Readonly<Record<string, string>>
  /** Bytes counted against the bound; given back at the end. */
  held: number
}

interface Admitted {
  readonly source: KnownSource
  readonly key: string
  /** The body, where its key was found by parsing it. */
  readonly parsed: unknown
}

const EMPTY = Buffer.alloc(0)
const DEFAULT_HELD_BYTES = 4_096
/** A door's own words, which may repeat a sender's. */
const REASON_CHARS_MAX = 500

export function makeIngestHandler(ports: Ports, { sources, commits, queue, mappings, used, confirm }: IngestParts): IngestHandler {
  let closed = false
  let heldBytes = 0
  let heldMessages = 0

  const handle = (request: IncomingMessage, response: ServerResponse): boolean => {
    const url = request.url ?? ''
    const route = findRoute(url)
    if (route === undefined) return answerProbe(request, response)
    const { door } = route.entry
    const isGreeting = request.method === 'OPTIONS' && door.greet !== undefined && door.keyIn === 'request'
    if (!isGreeting && request.method !== door.method && request.method !== door.alsoMethod) {
      if (answerProbe(request, response)) return true
      if (door.sharesAddress === true) return false
      send(response, {
        status: 405,
        headers: { allow: door.alsoMethod === undefined ? door.method : `${door.method}, ${door.alsoMethod}` },
        body: '',
      })
      return true
    }
    const passage: Passage = { route, request, response, headers: flatten(request), held: 0 }
    void (isGreeting ? greet(passage) : enter(passage)).catch((error: unknown) => {
      ports.log.error({ err: error, door: route.entry.door.id }, 'a door failed')
      leave(passage, 'unavailable', unavailable(route, 503))
    })
    return true
  }

  const greet = async (passage: Passage): Promise<void> => {
    const { door } = passage.route.entry
    const message = messageOf(passage, EMPTY)
    if ((await admit(passage, message)) === undefined) return
    leave(passage, 'accepted', door.greet?.(message) ?? { status: 204, body: '' })
  }

  const enter = async (passage: Passage): Promise<void> => {
    const { request, route } = passage
    const { door } = route.entry
    request.on('error', () => undefined)
    if (closed) return leave(passage, 'unavailable', unavailable(route, 503))
    const declared = Number(request.headers['content-length'] ?? DEFAULT_HELD_BYTES)
    if (isFull(Math.min(declared, door.bodyBytesMax))) return leave(passage, 'overload', unavailable(route, door.overloadStatus))
    if (request.rawHeaders.length / 2 > HEADERS_COUNT_MAX) return leave(passage, 'refused', { status: 431, body: '' })
    let admitted: Admitted | undefined
    if (door.keyIn === 'request') {
      admitted = await admit(passage, messageOf(passage, EMPTY))
      if (admitted === undefined) return
    }
    hold(passage, Number.isFinite(declared) ? Math.min(declared, door.bodyBytesMax) : DEFAULT_HELD_BYTES)
    readBody(request, door.bodyBytesMax, (body) => {
      void take(passage, admitted, body).catch((error: unknown) => {
        ports.log.error({ err: error, door: door.id }, 'a door failed')
        leave(passage, 'unavailable', unavailable(route, 503))
      })
    })
  }

  const isFull = (bytes: number) =>
    heldBytes + bytes > INGEST_BYTES_MAX || heldMessages + queue.size() > INGEST_MESSAGES_MAX || queue.weight() > INGEST_WEIGHT_MAX

  const hold = (passage: Passage, bytes: number) => {
    passage.held = bytes
    heldBytes += bytes
    heldMessages += 1
  }

  /** Answers the sender of an unknown key. */
  const admit = async (passage: Passage, message: InboundMessage): Promise<Admitted | undefined> => {
    const { door, kind } = passage.route.entry
    const { key, parsed } = door.findKey(message, passage.route.params)
    const source = key === null ? undefined : (sources.find(key) ?? (await lookAgain(passage, key)))
    if (passage.response.writableEnded) return undefined
    if (key !== null && source !== undefined && (source.kind === null || source.kind === kind)) return { source, key, parsed }
    leave(passage, 'unknown_key', door.refuseKey())
    return undefined
  }

  const lookAgain = async (passage: Passage, key: string): Promise<KnownSource | undefined> => {
    try {
      return await sources.findFresh(key)
    } catch {
      leave(passage, 'unavailable', unavailable(passage.route, 503))
      return undefined
    }
  }

  const take = async (passage: Passage, known: Admitted | undefined, body: Body): Promise<void> => {
    const { route, headers } = passage
    const { door } = route.entry
    if (body.kind === 'gone') return forget(passage)
    if (body.kind === 'slow') return leave(passage, 'refused', { status: 408, headers: { connection: 'close' }, body: '' })
    const admitted = known ?? (await admit(passage, messageOf(passage, body.bytes)))
    if (admitted === undefined) return
    const { source } = admitted
    const receivedAt = sources.now()
    if (receivedAt === null || (door.takesMapping === true && !mappings.ready())) {
      return leave(passage, 'unavailable', unavailable(route, 503))
    }
    const kept = door.keyIn === 'body' ? withoutKey(body.bytes, admitted.key) : { bytes: body.bytes, places: 0 }
    // Where the key stands in other places too, what was parsed holds it: then it is parsed again without.
    const parsed = kept.places > 1 || admitted.parsed === undefined ? {} : { parsed: admitted.parsed }
    const message = { ...messageOf(passage, kept.bytes), receivedAt }
    // Most doors ask for none, and then nothing waits.
    const certificate = body.kind === 'whole' && door.certificateUrl !== undefined ? await confirm.certificateFor(door, message) : undefined
    const { received, notes } =
      body.kind === 'whole'
        ? readWhole(ports, {
            door,
            source,
            message,
            context: { params: route.params, ...parsed, ...(certificate === undefined ? {} : { certificate }) },
            mapping: door.takesMapping === true ? mappings.inForce(source.id) : undefined,
          })
        : readUnread(body, door)
    used(source.keyId, receivedAt)
    if (received.kind === 'signals' && received.followUp !== undefined) await confirm.note({ source, door, message, received })
    commits.add({
      receivedAt,
      sourceId: source.id,
      sourceName: source.name,
      door: door.id,
      path: clean(route.path),
      headers: keptHeaders(headers, certificate === undefined ? notes : { ...notes, ...noteCertificate(certificate, source.signedOnly) }),
      body: kept.bytes,
      refused: received.kind === 'signals' ? null : toLine(received.reason, REASON_CHARS_MAX),
      received,
      done: (committed) => {
        if (committed) leave(passage, received.kind === 'signals' ? 'accepted' : received.kind, received.reply)
        else leave(passage, 'unavailable', unavailable(route, 503))
      },
    })
  }

  const forget = (passage: Passage): void => {
    if (passage.held === 0) return
    heldBytes -= passage.held
    heldMessages -= 1
    passage.held = 0
  }

  const leave = (passage: Passage, outcome: IngestOutcome, reply: Reply): void => {
    forget(passage)
    if (passage.response.writableEnded) return
    ingestRequestsTotal.inc({ door: passage.route.entry.door.id, outcome })
    // An unread rest of the body would be taken for the next request: say that the connection ends.
    if (passage.request.complete) return send(passage.response, reply)
    send(passage.response, { ...reply, headers: { ...reply.headers, connection: 'close' } })
    discardRest(passage.request)
  }

  return {
    handle,
    close: () => {
      closed = true
    },
    isFull: () => closed || isFull(0),
  }
}

/**
 * Closing on a sender that is still sending would reset the connection before it reads the answer: what comes is thrown
 * away, for so long.
 */
function discardRest(request: IncomingMessage): void {
  const timer = setTimeout(() => request.destroy(), DISCARD_MS_MAX).unref()
  request.on('close', () => clearTimeout(timer))
  request.resume()
}
const DISCARD_MS_MAX = 2_000

function messageOf({ route, headers }: Passage, body: Buffer): InboundMessage {
  return { method: 'POST', path: route.path, query: new URLSearchParams(route.query), headers, body, receivedAt: 0 }
}

/** A key in a body is a secret at rest: its bytes become stars, all others stay as they came. */
function withoutKey(bytes: Buffer, key: string): { readonly bytes: Buffer; readonly places: number } {
  let places = 0
  let redacted = bytes
  for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + key.length)) {
    if (places === 0) redacted = Buffer.from(bytes)
    redacted.fill('*', at, at + Buffer.byteLength(key))
    places += 1
  }
  return { bytes: redacted, places }
}

function unavailable(route: Route, status: 503 | 429): Reply {
  const { door } = route.entry
  const reply = bare(door, status === 429 ? door.overloadStatus : 503, 'too much at once, come again')
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(RETRY_AFTER_S) } }
}

function bare(door: Door, status: number, reason: string): Reply {
  return door.explain?.(status, reason) ?? { status, body: '' }
}

function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body), 'cache-control': 'no-store' })
  response.end(reply.body)
}

function flatten(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && name !== '__proto__') headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return headers
}

/** What may hold a key, a cookie or a person's address is left out, and so is what says nothing about the message. */
const LEFT_OUT =
  /^(?:authorization|proxy-authorization|cookie|connection|host|content-length|transfer-encoding|accept.*|x-forwarded-.*|x-real-ip|forwarded|x-tocsin-.*|.*(?:token|secret|api-?key|password|credential).*)$/
const HEADER_CHARS_MAX = 512

function keptHeaders(headers: Readonly<Record<string, string>>, extra: Readonly<Record<string, string>> | undefined): string {
  const kept: Record<string, string> = {}
  for (const name in headers) if (!LEFT_OUT.test(name)) kept[name] = clean((headers[name] ?? '').slice(0, HEADER_CHARS_MAX))
  return JSON.stringify(extra === undefined ? kept : { ...kept, ...extra })
}
