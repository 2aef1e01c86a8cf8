/** Maintenance windows: made, looked at before they are made, changed and ended by people. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  IdParams,
  Maintenance,
  MaintenanceBody,
  MaintenancePatch,
  MaintenancePreviewBody,
  MutePreview,
  MuteQuery,
} from '../../api/schema.ts'
import { isEmptyScope, type Maintenance as CoreMaintenance, maintenanceState } from '../../core/silence/maintenance.ts'
import { compileMatchers } from '../../core/silence/matcher.ts'
import type { Tx } from '../database/database.ts'
import { act } from '../http/act.ts'
import { actorFrom, require } from '../http/authenticate.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import type { Ports } from '../ports.ts'
import { countHolding } from './hold-store.ts'
import { changeMaintenance, createMaintenance, endMaintenance, type MaintenanceAct } from './maintenance-act.ts'
import { findMaintenance, listMaintenance } from './maintenance-store.ts'
import { readMatchers, readSchedule, showMaintenance } from './present.ts'
import { previewMute } from './preview.ts'

const tags = ['silences']
const Uuid = z.uuid()
const LISTED_MAX = 500
const RANK = { active: 0, pending: 1, expired: 2 } as const

export function maintenanceRoutes(ports: Ports): FastifyPluginAsyncZod {
  const show = async (tx: Tx, windows: readonly CoreMaintenance[]) => {
    const holding = await countHolding(
      tx,
      'maintenance',
      windows.map(({ id }) => id),
    )
    const playbook = ports.playbooks.current()
    return windows.map((window) => showMaintenance(window, { playbook, now: tx.now, holding: holding.get(window.id) ?? 0 }))
  }
  const showOne = async (tx: Tx, result: MaintenanceAct | CoreMaintenance | undefined): Promise<Maintenance> => {
    const [shown] = await show(tx, [done(result)])
    if (shown === undefined) throw new Error('one window is shown as one')
    return shown
  }
  return async (app) => {
    app.get(
      '/maintenance',
      {
        schema: {
          tags,
          operationId: 'listMaintenance',
          summary: 'Maintenance windows: those that run, those to come, those that are over',
          querystring: MuteQuery,
          response: answers({ 200: z.object({ items: z.array(Maintenance), next: z.null() }) }),
        },
      },
      async (request) => {
        require(request, 'signal.read')
        const { state, limit } = request.query
        return ports.database.inTransaction('main', async (tx) => {
          const windows = (await listMaintenance(tx, LISTED_MAX)).map((window) => ({ window, state: maintenanceState(window, tx.now) }))
          const chosen = windows
            .filter((one) => state === undefined || one.state === state)
            .toSorted((one, other) => RANK[one.state] - RANK[other.state])
            .slice(0, limit)
          return {
            items: await show(
              tx,
              chosen.map(({ window }) => window),
            ),
            next: null,
          }
        })
      },
    )

    app.post(
      '/maintenance',
      {
        schema: {
          tags,
          operationId: 'createMaintenance',
          summary: 'Plan a maintenance window, once or recurring',
          headers: IdempotencyHeaders,
          body: MaintenanceBody,
          response: answers({ 201: Maintenance }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'incident.respond')
          const { matchers, match, schedule, ...rest } = request.body
          const parts = { ...rest, matchers: readMatchers(matchers, match), schedule: readSchedule(schedule) }
          return { status: 201, body: await showOne(tx, await createMaintenance(ports, tx, parts, actorFrom(viewer))) }
        }),
    )

    app.post(
      '/maintenance/preview',
      {
        schema: {
          tags,
          operationId: 'previewMaintenance',
          summary: 'Which alerts of now and of the last week a window over this would hold',
          headers: IdempotencyHeaders,
          body: MaintenancePreviewBody,
          response: answers({ 200: MutePreview }),
        },
      },
      async (request) => {
        const viewer = require(request, 'signal.read')
        const { matchers, match, reason, ...rest } = request.body
        const scope = { ...rest, matchers: readMatchers(matchers, match) }
        if (isEmptyScope(scope)) throw badField('matchers', 'name matchers, services, types or sources')
        const compiled = compileMatchers(scope.matchers)
        if (compiled.kind === 'fault') throw badField('matchers', compiled.message)
        const asked = { scope, matchers: compiled.matchers, reason }
        return ports.database.inTransaction('main', (tx) => previewMute(ports.playbooks.current(), tx, viewer.personId, asked))
      },
    )

    app.get(
      '/maintenance/:id',
      {
        schema: { tags, operationId: 'getMaintenance', summary: 'One window', params: IdParams, response: answers({ 200: Maintenance }) },
      },
      async (request) => {
        require(request, 'signal.read')
        const id = readId(request.params.id)
        return ports.database.inTransaction('main', async (tx) => showOne(tx, await findMaintenance(tx, id)))
      },
    )

    app.patch(
      '/maintenance/:id',
      {
        schema: {
          tags,
          operationId: 'changeMaintenance',
          summary: 'Change a window; what it held by its former text is looked at again',
          params: IdParams,
          body: MaintenancePatch,
          response: answers({ 200: Maintenance }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'incident.respond')
          const { matchers, match, schedule, title, reason, zone, services, types, sources } = request.body
          const changed = await changeMaintenance(ports, tx, readId(request.params.id), {
            by: actorFrom(viewer),
            ...(title === undefined ? {} : { title }),
            ...(reason === undefined ? {} : { reason }),
            ...(zone === undefined ? {} : { zone }),
            ...(services === undefined ? {} : { services }),
            ...(types === undefined ? {} : { types }),
            ...(sources === undefined ? {} : { sources }),
            ...(schedule === undefined ? {} : { schedule: readSchedule(schedule) }),
            ...(matchers === undefined && match === undefined ? {} : { matchers: readMatchers(matchers, match) }),
          })
          return showOne(tx, changed)
        }),
    )

    app.delete(
      '/maintenance/:id',
      {
        schema: {
          tags,
          operationId: 'endMaintenance',
          summary: 'End a window for good: what it holds and fires still is paged',
          params: IdParams,
          response: answers({ 200: Maintenance }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'incident.respond')
          return showOne(tx, await endMaintenance(ports, tx, readId(request.params.id), actorFrom(viewer)))
        }),
    )
  }
}

function done(result: MaintenanceAct | CoreMaintenance | undefined): CoreMaintenance {
  if (result === undefined) throw unknown()
  if (!('kind' in result)) return result
  if (result.kind === 'done') return result.window
  if (result.kind === 'unknown') throw unknown()
  const { field, message } = result
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
  if (field === 'ended') throw new ProblemError('silence-over', { detail: sentence })
  if (field === 'count') throw new ProblemError('too-many-silences', { detail: sentence })
  if (field === 'reason') throw new ProblemError('reason-required', { detail: sentence, errors: [{ field, message }] })
  throw badField(field === 'scope' ? 'matchers' : field, message)
}

function readId(id: string): string {
  if (!Uuid.safeParse(id).success) throw unknown()
  return id
}

function unknown(): ProblemError {
  return new ProblemError('not-found', { detail: 'There is no such maintenance window.' })
}
