/**
 * Everything that is asked of an alert after it was created. Answered 202 once it is on disk, as Opsgenie does; what became
 * of it is asked by the request's id. Closing and acknowledging are receipts through the intake, in the order of creates.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { cut } from '../../core/alert/build.ts'
import { isObject, type JsonObject } from '../../core/alert/json.ts'
import { type Act, type ActKind, readAct } from '../../core/opsgenie/act.ts'
import { ALIAS_CHARS_MAX } from '../../core/opsgenie/payload.ts'
import { innerDoors } from '../../integrations/index.ts'
import type { Ports } from '../ports.ts'
import { receiveAgain } from '../alert/door-table.ts'
import type { OpenSource } from '../source/source-store.ts'
import { findAlert, type Identifier } from './alert-store.ts'
import { answer, OpsgenieRefusal, requestIdOf, unprocessable } from './answer.ts'
import { bodyOf, rawOf, textOf } from './asked.ts'
import { carryOut } from './carry-out.ts'
import { admit, intakeOf, settled } from './gate.ts'
import { hasPending, insertRequest } from './request-store.ts'
import type { Worker } from './worker.ts'

interface ActRoute {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly kind: ActKind
}

const ROUTES: readonly ActRoute[] = [
  { method: 'POST', path: '/acknowledge', kind: 'acknowledge' },
  { method: 'POST', path: '/unacknowledge', kind: 'unacknowledge' },
  { method: 'POST', path: '/close', kind: 'close' },
  { method: 'POST', path: '/snooze', kind: 'snooze' },
  { method: 'POST', path: '/notes', kind: 'note' },
  { method: 'POST', path: '/tags', kind: 'add-tags' },
  { method: 'DELETE', path: '/tags', kind: 'remove-tags' },
  { method: 'POST', path: '/details', kind: 'add-details' },
  { method: 'DELETE', path: '/details', kind: 'remove-details' },
  { method: 'PUT', path: '/message', kind: 'message' },
  { method: 'PUT', path: '/description', kind: 'description' },
  { method: 'PUT', path: '/priority', kind: 'priority' },
  // Older clients post what newer ones put.
  { method: 'POST', path: '/message', kind: 'message' },
  { method: 'POST', path: '/description', kind: 'description' },
  { method: 'POST', path: '/priority', kind: 'priority' },
  { method: 'POST', path: '/assign', kind: 'assign' },
  { method: 'POST', path: '/escalate', kind: 'escalate' },
  { method: 'POST', path: '/responders', kind: 'respond' },
  { method: 'POST', path: '/teams', kind: 'respond' },
  { method: 'POST', path: '/actions/:action', kind: 'execute' },
  { method: 'DELETE', path: '', kind: 'delete' },
]

/** The door that reads what is written down here; see the integration. */
const ACT_DOOR = innerDoors.find(({ kind }) => kind === 'opsgenie')?.door.id ?? ''

export function actRoutes(app: FastifyInstance, ports: Ports, worker: Worker): void {
  for (const { method, path, kind } of ROUTES) {
    app.route({ method, url: `/v2/alerts/:identifier${path}`, handler: (request, reply) => take(ports, worker, kind, request, reply) })
  }
}

async function take(ports: Ports, worker: Worker, kind: ActKind, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const source = await admit(ports, request)
  if (intakeOf(ports).isFull()) throw new OpsgenieRefusal(429, 'You are making too many requests!')
  const identifier = identifierOf(request)
  const asked = await readAsked(ports, source, kind, request)
  const read = readAct(kind, asked)
  if (read.kind === 'errors') throw unprocessable(read.errors)
  await settled(ports)
  await submitSignal(ports, source, { identifier, act: read.act, requestId: requestIdOf(request) })
  const id = requestIdOf(request)
  const done = await ports.database.inTransaction('main', async (tx) => {
    const entry = { id, sourceId: source.id, identifier, act: read.act }
    const waits = await hasPending(tx, entry)
    await insertRequest(tx, entry)
    return !waits && (await tx.savepoint(() => carryOut(ports, tx, source, entry)))
  })
  if (!done) worker.look()
  return answer(request, reply, 202, { result: 'Request will be processed' })
}

const IDENTIFIER_TYPES = ['id', 'tiny', 'alias'] as const

export function identifierOf(request: FastifyRequest): Identifier {
  const value = textOf(request.params, 'identifier') ?? ''
  const given = textOf(request.query, 'identifierType') ?? 'id'
  const type = IDENTIFIER_TYPES.find((one) => one === given)
  if (type === undefined) throw unprocessable({ identifierType: 'Identifier type must be one of [id, alias, tiny].' })
  return { type, value: cut(value, ALIAS_CHARS_MAX) }
}

/** A body may be missing; a DELETE asks in its query. A broken one is kept where it would have closed or acknowledged. */
async function readAsked(ports: Ports, source: OpenSource, kind: ActKind, request: FastifyRequest): Promise<JsonObject> {
  const query = isObject(request.query) ? request.query : {}
  if (request.method === 'DELETE') return Object.fromEntries(Object.keys(query).map((name) => [name, textOf(query, name)]))
  try {
    const asked = bodyOf(request)
    return kind === 'execute' ? { ...asked, action: textOf(request.params, 'action') } : asked
  } catch (error) {
    if (kind === 'close' || kind === 'acknowledge') await keep(ports, source, `/${kind}`, rawOf(request))
    throw error
  }
}

interface Asked {
  readonly identifier: Identifier
  readonly act: Act
  readonly requestId: string
}

/** What an act says of the alert's state goes the way of all signals. */
async function submitSignal(ports: Ports, source: OpenSource, { identifier, act, requestId }: Asked): Promise<void> {
  const status = STATUS_OF[act.kind]
  if (status === undefined) return
  const alert = await identify(ports, source, identifier)
  if (alert === null) return
  const body = Buffer.from(JSON.stringify({ status, alert, asked: act, request_id: requestId }))
  await keep(ports, source, `/v2/alerts/${encodeURIComponent(identifier.value)}/${act.kind}`, body)
}

const STATUS_OF: Readonly<Partial<Record<ActKind, 'acknowledged' | 'resolved'>>> = {
  acknowledge: 'acknowledged',
  close: 'resolved',
  // Nothing is forgotten here: it counts as over, and this API shows it no more.
  delete: 'resolved',
}

/** What makes the alert the same in the next message; null: there is none, or it is over and its key may be another's by now. */
async function identify(ports: Ports, source: OpenSource, identifier: Identifier): Promise<JsonObject | null> {
  if (identifier.type === 'alias') return { alarm: identifier.value, title: identifier.value, dedup_key: identifier.value, labels: {} }
  const alert = await ports.database.inTransaction('main', (tx) => findAlert(tx, source.id, identifier))
  if (alert === undefined || alert.resolvedAt !== null) return null
  return { alarm: alert.alarm, title: alert.title, dedup_key: alert.dedupKey, labels: alert.labels }
}

async function keep(ports: Ports, source: OpenSource, path: string, body: Buffer): Promise<void> {
  const read = (message: Parameters<typeof receiveAgain>[1]) => receiveAgain(ACT_DOOR, message)
  const committed = await intakeOf(ports).accept({ source, door: ACT_DOOR, path, body, read })
  if (!committed) throw new OpsgenieRefusal(503, 'Service is unavailable, please try again')
}
