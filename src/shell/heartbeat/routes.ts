/** Heartbeats by the API: who responds may see and ping them, who manages sources makes and changes them. */
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Heartbeat, HeartbeatBody, HeartbeatPatch, HeartbeatQuery, IdParams, listOf } from '../../api/schema.ts'
import type { Action } from '../../core/access/can.ts'
import { defaultGraceMs, stateOf } from '../../core/heartbeat/heartbeat.ts'
import { SECOND_MS } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { act } from '../http/act.ts'
import { require } from '../http/authenticate.ts'
import { ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders, Nothing } from '../http/route-kit.ts'
import { recordAccess } from '../person/record.ts'
import type { Ports } from '../ports.ts'
import {
  changeHeartbeat,
  createHeartbeat,
  findHeartbeat,
  findHeartbeatByName,
  type HeartbeatRow,
  listHeartbeats,
  pingHeartbeat,
  removeHeartbeat,
} from './heartbeat-store.ts'
import { showHeartbeat } from './present.ts'

const tags = ['heartbeats']
const Uuid = z.uuid()
type Request = FastifyRequest & { readonly params: { readonly id: string } }

export function heartbeatRoutes(ports: Ports): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/heartbeats',
      {
        schema: {
          tags,
          operationId: 'listHeartbeats',
          summary: 'Heartbeats by name, with when each is late',
          querystring: HeartbeatQuery,
          response: answers({ 200: listOf(Heartbeat) }),
        },
      },
      async (request) => {
        require(request, 'signal.read')
        const { state } = request.query
        return ports.database.inTransaction('main', async (tx) => {
          const rows = await listHeartbeats(tx)
          const wanted = state === undefined ? rows : rows.filter((row) => stateOf(row, tx.now) === state)
          return { items: wanted.map((row) => showHeartbeat(row, tx.now)), next: null }
        })
      },
    )

    app.post(
      '/heartbeats',
      {
        schema: {
          tags,
          operationId: 'createHeartbeat',
          summary: 'Declare a heartbeat: people are paged when it stops, from its first ping on',
          headers: IdempotencyHeaders,
          body: HeartbeatBody,
          response: answers({ 201: Heartbeat }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'source.manage')
          const { interval_seconds, grace_seconds, ...rest } = request.body
          const intervalMs = interval_seconds * SECOND_MS
          const graceMs = grace_seconds === undefined ? defaultGraceMs(intervalMs) : grace_seconds * SECOND_MS
          const row = await createHeartbeat(tx, { ...rest, intervalMs, graceMs })
          if (row === 'full')
            throw new ProblemError('already-exists', { detail: 'There are as many heartbeats as an installation may have.' })
          if (row === 'exists') throw taken()
          await recordAccess(tx, viewer, { act: 'heartbeat.created', subject: `heartbeat:${row.id}`, data: { name: row.name } })
          return { status: 201, body: showHeartbeat(row, tx.now) }
        }),
    )

    app.get(
      '/heartbeats/:id',
      {
        schema: {
          tags,
          operationId: 'getHeartbeat',
          summary: 'One heartbeat, by id or name',
          params: IdParams,
          response: answers({ 200: Heartbeat }),
        },
      },
      async (request) => ports.database.inTransaction('main', async (tx) => showHeartbeat(await load(tx, request, 'signal.read'), tx.now)),
    )

    app.patch(
      '/heartbeats/:id',
      {
        schema: {
          tags,
          operationId: 'changeHeartbeat',
          summary: 'Change, pause or resume a heartbeat; a new interval and a resume count from now',
          params: IdParams,
          body: HeartbeatPatch,
          response: answers({ 200: Heartbeat }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const before = await load(tx, request, 'source.manage')
          const { interval_seconds, grace_seconds, ...rest } = request.body
          const isPauseAlone = Object.keys(request.body).every((key) => key === 'paused')
          if (before.origin === 'playbook' && !isPauseAlone) throw ofPlaybook()
          const row = await changeHeartbeat(tx, before.id, {
            ...withoutUndefined(rest),
            ...(interval_seconds === undefined ? {} : { intervalMs: interval_seconds * SECOND_MS }),
            ...(grace_seconds === undefined ? {} : { graceMs: grace_seconds * SECOND_MS }),
          })
          if (row === undefined) throw new ProblemError('not-found', { detail: 'There is no such heartbeat.' })
          if (row === 'exists') throw taken()
          const viewer = require(request, 'source.manage')
          await recordAccess(tx, viewer, {
            act: 'heartbeat.changed',
            subject: `heartbeat:${row.id}`,
            data: { paused: row.pausedAt !== null },
          })
          return showHeartbeat(row, tx.now)
        }),
    )

    app.delete(
      '/heartbeats/:id',
      {
        schema: {
          tags,
          operationId: 'removeHeartbeat',
          summary: 'Remove a heartbeat; its alarm, if it is raised, ends',
          params: IdParams,
          response: answers({ 204: Nothing }),
        },
      },
      async (request, reply) => {
        await ports.database.inTransaction('main', async (tx) => {
          const row = await load(tx, request, 'source.manage')
          if (row.origin === 'playbook') throw ofPlaybook()
          await removeHeartbeat(tx, row.id)
          const viewer = require(request, 'source.manage')
          await recordAccess(tx, viewer, { act: 'heartbeat.removed', subject: `heartbeat:${row.id}`, data: { name: row.name } })
        })
        return reply.code(204).send()
      },
    )

    app.post(
      '/heartbeats/:id/ping',
      {
        schema: {
          tags,
          operationId: 'pingHeartbeat',
          summary: 'I am alive; without an API key: /hooks/heartbeat/<integration key>/<name>',
          params: IdParams,
          headers: IdempotencyHeaders,
          response: answers({ 200: Heartbeat }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const { name } = await load(tx, request, 'incident.respond')
          const row = await pingHeartbeat(tx, { name })
          if (row === undefined) throw new ProblemError('not-found', { detail: 'There is no such heartbeat.' })
          return { status: 200, body: showHeartbeat(row, tx.now) }
        }),
    )
  }
}

/** By id or by name. @throws 404 */
async function load(tx: Tx, request: Request, action: Action): Promise<HeartbeatRow> {
  require(request, action)
  const { id } = request.params
  const row = (Uuid.safeParse(id).success ? await findHeartbeat(tx, id) : undefined) ?? (await findHeartbeatByName(tx, id))
  if (row === undefined) throw new ProblemError('not-found', { detail: 'There is no such heartbeat.' })
  return row
}

function taken(): ProblemError {
  return new ProblemError('already-exists', { errors: [{ field: 'name', message: 'another heartbeat has this name' }] })
}

function ofPlaybook(): ProblemError {
  return new ProblemError('already-exists', { detail: 'This heartbeat stands in playbook.yaml: change it there. It can be paused here.' })
}

type Given<Part> = { [Key in keyof Part]?: Exclude<Part[Key], undefined> }

function withoutUndefined<Part extends object>(part: Part): Given<Part> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was undefined is gone
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as Given<Part>
}
