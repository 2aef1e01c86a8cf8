/**
 * Opsgenie's heartbeats, on Tocsin's own. Any key may ping any heartbeat by its name, as a cron job does; a key declares,
 * shows and changes those of its own source.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { clean } from '../../core/alert/text.ts'
import { field, isObject, textField } from '../../core/alert/json.ts'
import { stateOf } from '../../core/heartbeat/heartbeat.ts'
import { asId, type SourceId } from '../../core/id.ts'
import { HEARTBEAT_NAME_CHARS_MAX, INTERVAL_UNITS, type HeartbeatPayload, isUnit, readHeartbeat } from '../../core/opsgenie/heartbeat.ts'
import { readPriority, readTexts } from '../../core/opsgenie/payload.ts'
import { type Instant, MINUTE_MS, toRfc3339 } from '../../core/time.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Tx } from '../database/database.ts'
import {
  changeHeartbeat,
  createHeartbeat,
  findHeartbeatByName,
  type HeartbeatRow,
  listHeartbeats,
  type NewHeartbeat,
  pingHeartbeat,
  removeHeartbeat,
} from '../heartbeat/heartbeat-store.ts'
import type { Ports } from '../ports.ts'
import type { OpenSource } from '../source/source-store.ts'
import { answer, OpsgenieRefusal, unprocessable } from './answer.ts'
import { bodyOf, textOf } from './asked.ts'
import { admit } from './gate.ts'

const PATH = '/v2/heartbeats'

export function heartbeatRoutes(app: FastifyInstance, ports: Ports): void {
  const run = async <T>(request: FastifyRequest, work: (tx: Tx, source: OpenSource) => Promise<T>): Promise<T> => {
    const source = await admit(ports, request)
    return ports.database.inTransaction('main', (tx) => work(tx, source))
  }
  const ping = async (request: FastifyRequest, reply: FastifyReply) => {
    await admit(ports, request)
    const name = nameOf(request)
    // Neither other work nor a storm may make a sender look silent.
    const pinged = await ports.database.inTransaction('ingest', (tx) => pingHeartbeat(tx, { name }))
    if (pinged === undefined) throw noHeartbeat(name)
    return answer(request, reply, 202, { result: 'PONG - Heartbeat received' })
  }
  app.route({ method: ['GET', 'POST', 'PUT', 'PATCH'], url: `${PATH}/:name/ping`, handler: ping })

  app.get(PATH, async (request, reply) => {
    const heartbeats = await run(request, async (tx, source) =>
      (await listHeartbeats(tx)).filter((row) => isOf(row, source)).map((row) => show(row, tx.now)),
    )
    return answer(request, reply, 200, { data: { heartbeats } })
  })
  app.post(PATH, async (request, reply) => {
    const data = await run(request, (tx, source) => create(tx, source, request))
    return answer(request, reply, 201, { data })
  })
  app.get(`${PATH}/:name`, async (request, reply) => {
    const data = await run(request, async (tx, source) => show(await load(tx, source, request), tx.now))
    return answer(request, reply, 200, { data })
  })
  app.route({
    method: ['PATCH', 'PUT'],
    url: `${PATH}/:name`,
    handler: async (request, reply) => {
      const data = await run(request, async (tx, source) => {
        const before = await load(tx, source, request)
        return change(tx, source, before, toRow(read(request, payloadOf(before)), source))
      })
      return answer(request, reply, 200, { data })
    },
  })
  for (const [word, paused] of [
    ['enable', false],
    ['disable', true],
  ] as const) {
    app.route({
      // The documentation posts; some of Opsgenie's own clients put or get.
      method: ['POST', 'PUT', 'GET'],
      url: `${PATH}/:name/${word}`,
      handler: async (request, reply) => {
        const data = await run(request, async (tx, source) => change(tx, source, await load(tx, source, request), { paused }))
        return answer(request, reply, 200, { data })
      },
    })
  }
  app.delete(`${PATH}/:name`, async (request, reply) => {
    const name = await run(request, async (tx, source) => {
      const row = await load(tx, source, request)
      await removeHeartbeat(tx, row.id)
      await record(tx, source, row, 'heartbeat.removed')
      return row.name
    })
    return answer(request, reply, 200, { result: 'Deleted', data: { name } })
  })
}

async function create(tx: Tx, source: OpenSource, request: FastifyRequest): Promise<Record<string, unknown>> {
  const name = textField(bodyOf(request), 'name')?.trim() ?? ''
  if (name === '' || name.length > HEARTBEAT_NAME_CHARS_MAX || clean(name) !== name) {
    throw unprocessable({ name: `Name must have from 1 to ${HEARTBEAT_NAME_CHARS_MAX} characters.` })
  }
  const made = await createHeartbeat(tx, { ...toRow(read(request, { enabled: true }), source), name, origin: 'opsgenie' })
  if (made === 'full') throw unprocessable({ name: 'There are too many heartbeats.' })
  if (made === 'exists') throw unprocessable({ name: `Heartbeat with name [${name}] already exists.` })
  await record(tx, source, made, 'heartbeat.created')
  return show(made, tx.now)
}

async function change(tx: Tx, source: OpenSource, before: HeartbeatRow, to: Partial<NewHeartbeat>): Promise<Record<string, unknown>> {
  const after = await changeHeartbeat(tx, before.id, to)
  if (after === undefined || after === 'exists') throw noHeartbeat(before.name)
  await record(tx, source, after, 'heartbeat.changed')
  return show(after, tx.now)
}

async function record(tx: Tx, source: OpenSource, row: HeartbeatRow, act: string): Promise<void> {
  const actor = { kind: 'source', id: asId<SourceId>(source.id), name: source.name } as const
  await appendLeaves(tx, [{ at: tx.now, actor, act, subject: `heartbeat:${row.id}`, data: { name: row.name } }])
}

function nameOf(request: FastifyRequest): string {
  return clean(textOf(request.params, 'name') ?? '')
}

/** @throws 404 also for those of other sources */
async function load(tx: Tx, source: OpenSource, request: FastifyRequest): Promise<HeartbeatRow> {
  const name = nameOf(request)
  const found = await findHeartbeatByName(tx, name)
  if (found === undefined || !isOf(found, source)) throw noHeartbeat(name)
  return found
}

function noHeartbeat(name: string): OpsgenieRefusal {
  return new OpsgenieRefusal(404, `Heartbeat with name [${name}] does not exist.`)
}

function isOf(row: HeartbeatRow, source: OpenSource): boolean {
  return row.origin === 'opsgenie' && textField(row.extra, 'source_id') === source.id
}

/** @throws 422 in Opsgenie's shape */
function read(request: FastifyRequest, before: HeartbeatPayload): HeartbeatPayload {
  const given = readHeartbeat(bodyOf(request), before)
  if (given.kind === 'errors') throw unprocessable(given.errors)
  return given.heartbeat
}

/** Opsgenie knows no grace: late is late. */
function toRow(heartbeat: HeartbeatPayload, source: OpenSource): Omit<NewHeartbeat, 'name' | 'origin'> {
  const { description, interval, intervalUnit, enabled, ownerTeam, alertMessage, alertTags, alertPriority } = heartbeat
  const unit = intervalUnit ?? 'minutes'
  return {
    description: description ?? '',
    intervalMs: (interval ?? 1) * INTERVAL_UNITS[unit],
    graceMs: 0,
    message: alertMessage ?? null,
    severityHint: alertPriority ?? null,
    labels: alertTags === undefined || alertTags.length === 0 ? {} : { tags: alertTags.join(',') },
    paused: enabled === false,
    extra: { source_id: source.id, interval_unit: unit, owner_team: ownerTeam ?? {}, tags: alertTags ?? [] },
  }
}

function payloadOf(row: HeartbeatRow): HeartbeatPayload {
  const unit = unitOf(row)
  const team = field(row.extra, 'owner_team')
  const priority = readPriority(row.severityHint)
  return {
    description: row.description,
    interval: row.intervalMs / INTERVAL_UNITS[unit],
    intervalUnit: unit,
    enabled: row.pausedAt === null,
    ownerTeam: isObject(team) ? Object.fromEntries(Object.entries(team).map(([name, value]) => [name, String(value)])) : {},
    ...(row.message === null ? {} : { alertMessage: row.message }),
    alertTags: readTexts(field(row.extra, 'tags'), 20),
    ...(priority === null ? {} : { alertPriority: priority }),
  }
}

/** As it was declared, unless a person has since given it an interval that is no whole number of it. */
function unitOf(row: HeartbeatRow) {
  const unit = field(row.extra, 'interval_unit')
  return isUnit(unit) && row.intervalMs % INTERVAL_UNITS[unit] === 0 ? unit : 'minutes'
}

function show(row: HeartbeatRow, now: Instant): Record<string, unknown> {
  const { description, interval, intervalUnit, enabled, ownerTeam, alertMessage, alertTags, alertPriority } = payloadOf(row)
  return {
    name: row.name,
    description,
    interval: Math.max(1, Math.round(interval ?? row.intervalMs / MINUTE_MS)),
    enabled,
    intervalUnit,
    expired: stateOf(row, now) === 'late',
    ownerTeam,
    alertMessage: alertMessage ?? '',
    alertTags,
    alertPriority: alertPriority ?? 'P3',
    ...(row.lastPingAt === null ? {} : { lastPingTime: toRfc3339(row.lastPingAt) }),
  }
}
