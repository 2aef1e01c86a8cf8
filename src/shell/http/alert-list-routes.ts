/** Alerts for people: the list by state, source, type and words, and one by its id. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Alert, IdParams, listOf, ListQuery } from '../../api/schema.ts'
import { findIncidentId } from '../incident/store.ts'
import type { Ports } from '../ports.ts'
import { findAlert, listAlerts, showAlert } from './alert-list-store.ts'
import { require } from './authenticate.ts'
import { makeCursor, readCursor } from './cursor.ts'
import { ProblemError } from './problem.ts'
import { answers } from './route-kit.ts'
import { findSourceId } from './source-name-store.ts'

/** `held`: fires, and something keeps it from paging. `incident` by id or number, `source` by id or name, `type` by id. */
const AlertQuery = ListQuery.extend({
  state: z.enum(['firing', 'resolved', 'held']).optional(),
  incident: z.string().max(200).optional(),
  source: z.string().max(200).optional(),
  type: z.string().max(200).optional(),
  q: z.string().max(200).optional(),
})
const Uuid = z.uuid()
const tags = ['signals']

export function alertListRoutes(ports: Ports): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/alerts',
      {
        schema: {
          tags,
          operationId: 'listAlerts',
          summary: 'Alerts, newest first; a search may give fewer than `limit` and say with `next` where it goes on',
          querystring: AlertQuery,
          response: answers({ 200: listOf(Alert) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'signal.read')
        const { cursor, limit, state, incident, source, type, q } = request.query
        const after = readCursor(cursor, 'uuid')
        return ports.database.inTransaction('main', async (tx) => {
          const incidentId = incident === undefined ? null : await findIncidentId(tx, incident)
          const sourceId = await findSourceId(tx, source)
          // An incident that is not there has no alerts, as has one that this reader may not see.
          if (incidentId === undefined || sourceId === undefined) return { items: [], next: null }
          const search = q === undefined || q.trim() === '' ? null : q.trim()
          const filter = { incidentId, sourceId, state: state ?? null, type: type ?? null, search }
          const { rows, next } = await listAlerts(tx, viewer.personId, filter, { limit, after })
          return { items: rows.map(showAlert), next: makeCursor(next) }
        })
      },
    )

    app.get(
      '/alerts/:id',
      {
        schema: {
          tags,
          operationId: 'getAlert',
          summary: 'One alert',
          params: IdParams,
          response: answers({ 200: Alert }),
        },
      },
      async (request) => {
        const viewer = require(request, 'signal.read')
        const { id } = request.params
        const row = Uuid.safeParse(id).success
          ? await ports.database.inTransaction('main', (tx) => findAlert(tx, viewer.personId, id))
          : undefined
        if (row === undefined) throw new ProblemError('not-found', { detail: 'There is no such alert.' })
        return showAlert(row)
      },
    )
  }
}
