/** What monitoring sent: signals with their raw bytes, and whether a page was seen. */
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AnyTimestamp, IdParams, ListQuery, Page, Signal, SignalList, SignalRaw } from '../../api/schema.ts'
import { toRfc3339 } from '../../core/time.ts'
import { listPages, recordSeen } from '../page/ledger-store.ts'
import type { Ports } from '../ports.ts'
import { act } from './act.ts'
import { require } from './authenticate.ts'
import { findOwnPage } from './own-page-store.ts'
import { badField, ProblemError } from './problem.ts'
import { answers, IdempotencyHeaders } from './route-kit.ts'
import { findSignal, listSignals, parseSignalId, type SignalFilter } from './signal-list.ts'
import { findSourceId } from './source-name-store.ts'

/** `source` by id or name; `outcome` is one or several of the fixed words, with commas between; `from` and `until` half-open. */
const SignalQuery = ListQuery.extend({
  q: z.string().max(200).optional(),
  source: z.string().max(200).optional(),
  outcome: z.string().max(200).optional(),
  from: AnyTimestamp.optional(),
  until: AnyTimestamp.optional(),
})
const Uuid = z.uuid()

function readFilter({ q, outcome, from, until }: z.infer<typeof SignalQuery>): Omit<SignalFilter, 'sourceId'> {
  const outcomes = (outcome ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  return {
    search: q === undefined || q.trim() === '' ? null : q.trim(),
    outcomes: outcomes.length === 0 ? null : new Set(outcomes),
    from: from === undefined ? null : Date.parse(from),
    until: until === undefined ? null : Date.parse(until),
  }
}

export function signalRoutes(ports: Ports): FastifyPluginAsyncZod {
  const load = async (request: FastifyRequest<{ Params: { id: string } }>) => {
    const viewer = require(request, 'signal.read')
    const place = parseSignalId(request.params.id)
    const found = place === null ? undefined : await ports.database.inTransaction('main', (tx) => findSignal(tx, viewer.personId, place))
    if (found === undefined) throw new ProblemError('not-found', { detail: 'There is no such signal.' })
    return found
  }
  return async (app) => {
    app.get(
      '/signals',
      {
        schema: {
          tags: ['signals'],
          operationId: 'listSignals',
          summary: 'Messages as received and what became of each, newest first',
          querystring: SignalQuery,
          response: answers({ 200: SignalList }),
        },
      },
      async (request) => {
        const viewer = require(request, 'signal.read')
        const { cursor, limit } = request.query
        const after = cursor === undefined || cursor === '' ? null : parseSignalId(Buffer.from(cursor, 'base64url').toString('utf8'))
        if (after === null && cursor !== undefined && cursor !== '') throw badField('cursor', 'is none that this list gave')
        const filter = readFilter(request.query)
        const { items, next, lookedTo } = await ports.database.inTransaction('main', async (tx) => {
          const sourceId = await findSourceId(tx, request.query.source)
          if (sourceId === undefined) return { items: [], next: null, lookedTo: null }
          return listSignals(tx, viewer.personId, { ...filter, sourceId }, { limit, after })
        })
        return {
          items,
          next: next === null ? null : Buffer.from(next).toString('base64url'),
          looked_to: lookedTo === null ? null : toRfc3339(lookedTo),
        }
      },
    )

    app.get(
      '/signals/:id',
      {
        schema: {
          tags: ['signals'],
          operationId: 'getSignal',
          summary: 'One signal',
          params: IdParams,
          response: answers({ 200: Signal }),
        },
      },
      async (request) => (await load(request)).signal,
    )

    app.get(
      '/signals/:id/raw',
      {
        schema: {
          tags: ['signals'],
          operationId: 'getSignalRaw',
          summary: 'The request it came in, as it was',
          params: IdParams,
          response: answers({ 200: SignalRaw }),
        },
      },
      async (request) => (await load(request)).raw,
    )

    app.post(
      '/pages/:id/seen',
      {
        schema: {
          tags: ['incidents'],
          operationId: 'markPageSeen',
          summary: 'Your console has shown you this page',
          params: IdParams,
          headers: IdempotencyHeaders,
          response: answers({ 200: Page }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'incident.read')
          const { id } = request.params
          const own = Uuid.safeParse(id).success ? await findOwnPage(tx, id, viewer.personId) : undefined
          if (own === undefined) throw new ProblemError('not-found', { detail: 'There is no such page of yours.' })
          await recordSeen(tx, { incidentId: own.incidentId, personId: viewer.personId, channel: 'console' })
          const page = (await listPages(tx, own.incidentId)).find((candidate) => candidate.id === own.id)
          if (page === undefined) throw new ProblemError('not-found', { detail: 'There is no such page of yours.' })
          return { status: 200, body: page }
        }),
    )
  }
}
