/** `GET /api/v1/stream`: the live feed as server-sent events, written by hand. */
import type { ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { SECOND_MS } from '../../core/time.ts'
import { streamClients } from '../metrics/metrics.ts'
import type { Ports } from '../ports.ts'
import { require } from './authenticate.ts'
import { type Feed, isAfter } from './feed.ts'
import type { FeedPlace, FeedRow } from './feed-store.ts'
import { ProblemError } from './problem.ts'
import { answers } from './route-kit.ts'

const HEARTBEAT_MS = 15 * SECOND_MS
const CLIENTS_MAX = 1_000
/** What a client may leave unread; then it is cut off and comes back with its last id. */
const UNREAD_BYTES_MAX = 256 * 1024
const QUEUE_ROWS_MAX = 5_000
const RETRY_MS = 2 * SECOND_MS

const DESCRIPTION = `Events: \`hello\` {at} first; \`change\` {incident_id, number, type, version, at} for each new event of an incident you may see; \`page\` {incident_id, number, roles, at} when you are paged; \`reset\` {at} when the feed cannot be resumed and all must be fetched anew. Comments are heartbeats, every 15 s. Resume with Last-Event-ID.`

/** @param stillAllowed asked at each heartbeat: a session or key that has ended ends its feeds. */
export function streamRoutes(ports: Ports, feed: Feed, stillAllowed: (request: FastifyRequest) => Promise<void>): FastifyPluginAsyncZod {
  const clients = new Set<Client>()
  return async (app) => {
    app.addHook('preClose', async () => {
      for (const client of clients) client.end()
      feed.stop()
    })
    app.get(
      '/stream',
      {
        schema: {
          tags: ['stream'],
          operationId: 'stream',
          summary: 'The live feed as server-sent events',
          description: DESCRIPTION,
          headers: z.object({ 'last-event-id': z.string().max(100).optional() }),
          response: answers({ 200: z.string().describe('text/event-stream') }),
        },
      },
      async (request, reply) => {
        const viewer = require(request, 'incident.read')
        if (clients.size >= CLIENTS_MAX) throw new ProblemError('too-many-streams', { retryAfterSeconds: 10 })
        const client = openClient(reply.raw, {
          personId: viewer.personId,
          check: () => stillAllowed(request),
          heartbeatMs: ports.config.timing['heartbeatMs'] ?? HEARTBEAT_MS,
        })
        clients.add(client)
        streamClients.set(clients.size)
        reply.raw.on('close', () => {
          feed.leave(client)
          client.end()
          clients.delete(client)
          streamClients.set(clients.size)
        })
        const start = await begin(feed, client, readPlace(request.headers['last-event-id'])).catch((error: unknown) => {
          clients.delete(client)
          throw error
        })
        // From here on the answer is ours; what was set so far (content policy, no-store) goes with it.
        void reply.hijack()
        reply.raw.writeHead(200, { ...reply.getHeaders(), ...HEADERS } as Record<string, string>)
        client.open(start, await ports.database.inTransaction('main', async (tx) => tx.now))
      },
    )
  }
}

const HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no', connection: 'keep-alive' }

interface Start {
  readonly place: FeedPlace
  readonly missed: readonly FeedRow[]
  readonly reset: boolean
}

interface Client {
  readonly take: (rows: readonly FeedRow[]) => void
  readonly open: (start: Start, now: number) => void
  readonly end: () => void
}

/** Joins first, then reads what was missed: what comes meanwhile waits in the client and is not sent twice. */
async function begin(feed: Feed, client: Client, last: FeedPlace | null): Promise<Start> {
  const joined = await feed.join(client)
  if (last === null) return { place: joined, missed: [], reset: false }
  const missed = await feed.catchUp(last)
  if (missed === null) return { place: joined, missed: [], reset: true }
  return { place: last, missed, reset: false }
}

interface ClientOptions {
  readonly personId: string
  readonly check: () => Promise<void>
  readonly heartbeatMs: number
}

function openClient(raw: ServerResponse, { personId, check, heartbeatMs }: ClientOptions): Client {
  let place: FeedPlace | null = null
  let waiting: FeedRow[] = []
  let heartbeat: NodeJS.Timeout | undefined
  const end = () => {
    clearInterval(heartbeat)
    if (!raw.writableEnded && raw.headersSent) raw.end()
  }
  const write = (text: string) => {
    if (raw.writableEnded || raw.destroyed) return
    raw.write(text)
    if (raw.writableLength > UNREAD_BYTES_MAX) raw.destroy()
  }
  const send = (rows: readonly FeedRow[]) => {
    for (const row of rows) {
      if (place !== null && !isAfter(row, place)) continue
      place = { tx: row.tx, position: row.position }
      if (row.members === null || row.members.includes(personId)) write(messagesFor(row, personId))
    }
  }
  return {
    take: (rows) => {
      if (place !== null) send(rows)
      else if (waiting.length + rows.length > QUEUE_ROWS_MAX) raw.destroy()
      else waiting.push(...rows)
    },
    open: (start, now) => {
      place = start.place
      const at = new Date(now).toISOString()
      write(`retry: ${RETRY_MS}\n${message('hello', idOf(place), { at })}`)
      if (start.reset) write(message('reset', null, { at }))
      send(start.missed)
      const held = waiting
      waiting = []
      send(held)
      heartbeat = setInterval(() => {
        write(': \n\n')
        check().catch(end)
      }, heartbeatMs)
      heartbeat.unref()
    },
    end,
  }
}

/** The page comes before the change that carries the id: a line lost between them is sent again as a whole. */
function messagesFor(row: FeedRow, personId: string): string {
  const { incident_id, number } = row
  const at = row.at.toISOString()
  const roles = (row.paged ?? []).filter((page) => page.personId === personId).map((page) => page.role)
  const page = roles.length === 0 ? '' : message('page', null, { incident_id, number, roles, at })
  return page + message('change', idOf(row), { incident_id, number, type: row.type, version: row.version, at })
}

function message(event: string, id: string | null, data: unknown): string {
  return `event: ${event}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}

function idOf(place: FeedPlace): string {
  return `${place.tx}-${place.position}`
}

/** Null for none and for what is no id of ours: such a reader starts at the end. */
function readPlace(id: string | undefined): FeedPlace | null {
  const match = /^(\d{1,19})-(\d{1,19})$/.exec(id ?? '')
  if (match === null || BigInt(match[1] ?? '0') > BIGINT_MAX || BigInt(match[2] ?? '0') > BIGINT_MAX) return null
  return { tx: match[1] ?? '0', position: match[2] ?? '0' }
}
const BIGINT_MAX = 9_223_372_036_854_775_807n
