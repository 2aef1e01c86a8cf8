/** Routes between incidents: merging and linking by hand, both undoable; and what the alerts of one have in common. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { GroupingView, IdParams, Incident, LinkBody, MergeBody, ReasonBody } from '../../api/schema.ts'
import { ALERTS_MAX, countEach, variationInWords, variationOf } from '../../core/alert/vary.ts'
import type { IncidentId } from '../../core/id.ts'
import type { Actor } from '../../core/incident/event.ts'
import type { Tx } from '../database/database.ts'
import { act } from '../http/act.ts'
import { actorFrom, requesterOf } from '../http/authenticate.ts'
import { ProblemError, refusal } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import type { Ports } from '../ports.ts'
import type { ChangeResult } from './change.ts'
import { loadIncidentFor } from './find.ts'
import { listNewestAlerts, sumAlerts } from './grouping-store.ts'
import { findVisibleIncident } from './list-store.ts'
import { linkIncidents, mergeIncidents, unmergeIncident } from './merge.ts'
import { shower } from './routes.ts'

const tags = ['incidents']
const headers = IdempotencyHeaders
const NAMES_MAX = 20

type Request = FastifyRequest & { readonly params: { readonly id: string } }
type Work = (tx: Tx, id: IncidentId, by: Actor) => Promise<ChangeResult>

export function incidentBetweenRoutes(ports: Ports): FastifyPluginAsyncZod {
  const change = (request: Request, reply: FastifyReply, work: Work) =>
    act(ports, request, reply, async (tx) => {
      const { id } = await loadIncidentFor(tx, request, request.params.id, 'incident.respond')
      const { viewer } = requesterOf(request)
      const result = await work(tx, id, actorFrom(viewer))
      // Thrown, so that what was written before the refusal is undone.
      if (result.kind === 'absent') throw new ProblemError('not-found', { detail: 'There is no such incident.' })
      if (result.kind === 'refused') throw refusal(result.code)
      const row = await findVisibleIncident(tx, viewer.personId, id)
      if (row === undefined) throw new Error('an incident that was changed is gone')
      return { status: 200, body: (await shower(ports, tx, [row]))(row) }
    })
  return async (app) => {
    app.post(
      '/incidents/:id/merge',
      { schema: { ...schema('mergeIncident', 'Merge it into another, which goes on with its alerts; its pages end'), body: MergeBody } },
      (request, reply) =>
        change(request, reply, async (tx, id, by) => {
          const { into, reason } = request.body
          return mergeIncidents(ports, tx, id, await other(tx, request, into), { by, reason })
        }),
    )
    app.post(
      '/incidents/:id/unmerge',
      {
        schema: {
          ...schema('unmergeIncident', 'Undo its merge: it has its alerts again, and pages whoever had not answered'),
          body: ReasonBody,
        },
      },
      (request, reply) => change(request, reply, (tx, id, by) => unmergeIncident(ports, tx, id, { by, reason: request.body.reason })),
    )
    app.post(
      '/incidents/:id/link',
      { schema: { ...schema('linkIncident', 'Say that two incidents belong together'), body: LinkBody } },
      (request, reply) =>
        change(request, reply, async (tx, id, by) => {
          const { to, reason } = request.body
          return linkIncidents(ports, tx, { id, other: await other(tx, request, to) }, { by, reason, ended: false })
        }),
    )
    app.post(
      '/incidents/:id/unlink',
      { schema: { ...schema('unlinkIncident', 'Say that two incidents do not belong together after all'), body: LinkBody } },
      (request, reply) =>
        change(request, reply, async (tx, id, by) => {
          const { to, reason } = request.body
          return linkIncidents(ports, tx, { id, other: await other(tx, request, to) }, { by, reason, ended: true })
        }),
    )
    app.get(
      '/incidents/:id/grouping',
      {
        schema: {
          tags,
          operationId: 'getGrouping',
          summary: 'What its alerts have in common, and in which labels they differ',
          params: IdParams,
          response: answers({ 200: GroupingView }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const { id } = await loadIncidentFor(tx, request, request.params.id, 'incident.read')
          const sums = await sumAlerts(tx, id, tx.now)
          const alerts = await listNewestAlerts(tx, id, ALERTS_MAX)
          const { shared, varying } = variationOf(alerts)
          return {
            incident_id: id,
            ...sums,
            looked_at: alerts.length,
            alarms: countEach(
              alerts.map(({ alarm }) => alarm),
              NAMES_MAX,
            ).map(({ value, count }) => ({ alarm: value, count })),
            sources: countEach(
              alerts.map(({ source }) => source),
              NAMES_MAX,
            ).map(({ value, count }) => ({ source: value, count })),
            shared: { ...shared },
            varying: varying.map((label) => ({ ...label, sample: label.sample.map((one) => ({ ...one })) })),
            text: variationInWords(sums, varying),
          }
        }),
    )
  }
}

async function other(tx: Tx, request: Request, named: string): Promise<IncidentId> {
  return (await loadIncidentFor(tx, request, named, 'incident.respond')).id
}

function schema(operationId: string, summary: string) {
  return { tags, operationId, summary, params: IdParams, headers, response: answers({ 200: Incident }) }
}
