/** What monitoring sent: alerts, signals with their raw bytes, and whether a page was seen. */
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Alert, IdParams, listOf, ListQuery, Page, Signal, SignalRaw } from '../../api/schema.ts'
import { findIncidentId } from '../incident/store.ts'
import { listPages, recordSeen } from '../page/ledger-store.ts'
import type { Ports } from '../ports.ts'
import { act } from './act.ts'
import { listAlerts, showAlert } from './alert-list-store.ts'
import { require } from './authenticate.ts'
import { readCursor, toList } from './cursor.ts'
import { findOwnPage } from './own-page-store.ts'
import { badField, ProblemError } from './problem.ts'
import { answers, IdempotencyHeaders } from './route-kit.ts'
import { findSignal, listSignals, parseSignalId } from './signal-list.ts'

/** `incident` by id or number. */
const AlertQuery = ListQuery.extend({ state: z.enum(['firing', 'resolved']).optional(), incident: z.string().max(200).optional() })
const SignalQuery = ListQuery.extend({ q: z.string().max(200).optional() })
const Uuid = z.uuid()

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
      '/alerts',
      {
        schema: {
          tags: ['signals'],
          operationId: 'listAlerts',
          summary: 'Alerts, newest first',
          querystring: AlertQuery,
          response: answers({ 200: listOf(Alert) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'signal.read')
        const { cursor, limit, state, incident } = request.query
        const after = readCursor(cursor, 'uuid')
        return ports.database.inTransaction('main', async (tx) => {
          const incidentId = incident === undefined ? null : await findIncidentId(tx, incident)
          // An incident that is not there has no alerts, as has one that this reader may not see.
          if (incidentId === undefined) return { items: [], next: null }
          const rows = await listAlerts(tx, viewer.personId, { incidentId, state: state ?? null }, { limit: limit + 1, after })
          return toList(rows, limit, (row) => row.id, showAlert)
        })
      },
    )

    app.get(
      '/signals',
      {
        schema: {
          tags: ['signals'],
          operationId: 'listSignals',
          summary: 'Messages as received and what became of each, newest first',
          querystring: SignalQuery,
          response: answers({ 200: listOf(Signal) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'signal.read')
        const { cursor, limit, q } = request.query
        const after = cursor === undefined || cursor === '' ? null : parseSignalId(Buffer.from(cursor, 'base64url').toString('utf8'))
        if (after === null && cursor !== undefined && cursor !== '') throw badField('cursor', 'is none that this list gave')
        const search = q === undefined || q.trim() === '' ? null : q.trim()
        const { items, next } = await ports.database.inTransaction('main', (tx) =>
          listSignals(tx, viewer.personId, search, { limit, after }),
        )
        return { items, next: next === null ? null : Buffer.from(next).toString('base64url') }
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
