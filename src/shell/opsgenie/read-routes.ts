/** What Opsgenie's clients read: alerts, their counts, notes and logs, and what became of a request. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { toNumber } from '../../core/alert/json.ts'
import { ACTION_NAMES } from '../../core/opsgenie/act.ts'
import { type Condition, parseQuery } from '../../core/opsgenie/query.ts'
import { UUID } from '../../core/opsgenie/to-signal.ts'
import { toRfc3339 } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import type { OpenSource } from '../source/source-store.ts'
import { identifierOf } from './act-routes.ts'
import type { Adopter } from './adopter.ts'
import { textOf } from './asked.ts'
import { fingerprintOfAlias, findAlert, listEntries, listPaged, type OpsgenieAlert, payloadOf } from './alert-store.ts'
import { answer, noAlert, OpsgenieRefusal, unprocessable } from './answer.ts'
import { admit, settled } from './gate.ts'
import { countAlerts, listAlerts, SORTS } from './list-store.ts'
import { pageOf, pagesOf } from './paging.ts'
import { showAlert, showWholeAlert } from './present.ts'
import { loadSearch } from './saved-search-routes.ts'
import { type CreateReceipt, findCreateReceipt, findEpisode, findRequest } from './request-store.ts'

const NOT_PROCESSED = 'Request not found. It might not be processed, yet.'

export function readRoutes(app: FastifyInstance, ports: Ports, { adopt }: Pick<Adopter, 'adopt'>): void {
  const read = async <T>(request: FastifyRequest, work: (tx: Tx, source: OpenSource) => Promise<T>): Promise<T> => {
    const source = await admit(ports, request)
    await settled(ports)
    return ports.database.inTransaction('main', (tx) => work(tx, source))
  }
  /** @throws 404 in Opsgenie's shape */
  const readAlert = async <T>(
    request: FastifyRequest,
    work: (tx: Tx, alert: OpsgenieAlert, source: OpenSource) => Promise<T>,
  ): Promise<T> =>
    read(request, async (tx, source) => {
      const identifier = identifierOf(request)
      const alert = await findAlert(tx, source.id, identifier)
      if (alert === undefined) throw noAlert(identifier.value)
      return work(tx, alert, source)
    })

  app.get('/v2/alerts', async (request, reply) => {
    const { data, paging } = await read(request, (tx, source) => list(tx, source, request, adopt))
    return answer(request, reply, 200, { data, paging })
  })
  app.get('/v2/alerts/count', async (request, reply) => {
    const count = await read(request, async (tx, source) => {
      await adopt(tx, source.id, 0)
      return countAlerts(tx, source.id, await conditionOf(tx, source, request))
    })
    return answer(request, reply, 200, { data: { count } })
  })
  app.get('/v2/alerts/requests/:requestId', async (request, reply) => {
    const data = await read(request, (tx, source) => findStatus(tx, source, textOf(request.params, 'requestId') ?? ''))
    if (data === null) throw new OpsgenieRefusal(404, NOT_PROCESSED)
    return answer(request, reply, 200, { data })
  })
  app.get('/v2/alerts/:identifier', async (request, reply) => {
    const data = await readAlert(request, async (tx, alert, source) => showWholeAlert(alert, { now: tx.now, source }))
    return answer(request, reply, 200, { data })
  })
  for (const [path, kind, name] of [
    ['notes', 'note', 'note'],
    ['logs', 'log', 'log'],
  ] as const) {
    app.get(`/v2/alerts/:identifier/${path}`, async (request, reply) => {
      const page = pageOf(request.query)
      const entries = await readAlert(request, (tx, alert) => listEntries(tx, alert.id, { kind, ...page }))
      const data = entries.map(({ id, text, owner, at }) => ({
        [name]: text,
        ...(kind === 'log' ? { type: 'system' } : {}),
        owner,
        createdAt: toRfc3339(at),
        offset: String(id),
      }))
      return answer(request, reply, 200, {
        data,
        paging: pagesOf(request, { last: entries.at(-1)?.id ?? null, full: entries.length === page.limit }),
      })
    })
  }
  app.get('/v2/alerts/:identifier/recipients', async (request, reply) => {
    const paged = await readAlert(request, async (tx, alert) => (alert.incidentId === null ? [] : listPaged(tx, alert.incidentId)))
    const data = paged.map(({ id, role, state, createdAt, updatedAt }) => ({
      user: { id, username: role },
      state,
      method: 'page',
      createdAt: toRfc3339(createdAt),
      updatedAt: toRfc3339(updatedAt),
    }))
    return answer(request, reply, 200, { data })
  })
  // None can be added: nothing that a sender uploads is kept.
  app.get('/v2/alerts/:identifier/attachments', async (request, reply) => {
    await readAlert(request, async () => null)
    return answer(request, reply, 200, { data: [] })
  })
  app.post('/v2/alerts/:identifier/attachments', async (request) => {
    await admit(ports, request)
    throw new OpsgenieRefusal(422, 'Attachments are not supported here')
  })
}

/** A query, or the saved search that is named. */
async function conditionOf(tx: Tx, source: OpenSource, request: FastifyRequest): Promise<Condition> {
  const saved = textOf(request.query, 'searchIdentifier')
  const text =
    saved === null ? (textOf(request.query, 'query') ?? '') : (await loadSearch(tx, source, request, saved, 'searchIdentifierType')).query
  const query = parseQuery(text)
  if (query.kind === 'fault') throw unprocessable({ query: query.reason })
  return query.condition
}

const LIMIT_MAX = 100
const LIMIT_DEFAULT = 20
/** Opsgenie's own bound of offset and limit together. */
const OFFSET_MAX = 20_000

async function list(tx: Tx, source: OpenSource, request: FastifyRequest, adopt: Adopter['adopt']) {
  const limit = numberOf(request, 'limit', { min: 1, max: LIMIT_MAX, otherwise: LIMIT_DEFAULT })
  const offset = numberOf(request, 'offset', { min: 0, max: OFFSET_MAX, otherwise: 0 })
  const givenSort = textOf(request.query, 'sort') ?? 'createdAt'
  const sort = SORTS.find((name) => name === givenSort)
  if (sort === undefined) throw unprocessable({ sort: `sort must be one of [${SORTS.join(', ')}].` })
  const order = textOf(request.query, 'order') === 'asc' ? 'asc' : 'desc'
  const condition = await conditionOf(tx, source, request)
  await adopt(tx, source.id, offset + limit)
  const alerts = await listAlerts(tx, { sourceId: source.id, condition, sort, order, offset, limit })
  const total = await countAlerts(tx, source.id, condition)
  return {
    data: alerts.map((alert) => showAlert(alert, { now: tx.now, source })),
    paging: listPages(request, { limit, offset, total }),
  }
}

function listPages(request: FastifyRequest, { limit, offset, total }: { limit: number; offset: number; total: number }) {
  const at = (wanted: number) => {
    const url = new URL(request.url, `${request.protocol}://${request.host}`)
    url.searchParams.set('limit', String(limit))
    url.searchParams.set('offset', String(wanted))
    return url.href
  }
  return {
    first: at(0),
    last: at(total === 0 ? 0 : Math.floor((total - 1) / limit) * limit),
    ...(offset > 0 ? { prev: at(Math.max(0, offset - limit)) } : {}),
    ...(offset + limit < total ? { next: at(offset + limit) } : {}),
  }
}

function numberOf(request: FastifyRequest, name: string, bounds: { min: number; max: number; otherwise: number }): number {
  const text = textOf(request.query, name)
  if (text === null || text === '') return bounds.otherwise
  const number = toNumber(text)
  if (number === null || !Number.isInteger(number) || number < bounds.min || number > bounds.max) {
    throw unprocessable({ [name]: `${name} must be a whole number from ${bounds.min} to ${bounds.max}.` })
  }
  return number
}

/** @returns null: there is none, or it waits */
async function findStatus(tx: Tx, source: OpenSource, requestId: string): Promise<Record<string, unknown> | null> {
  if (!UUID.test(requestId)) return null
  const known = await findRequest(tx, source.id, requestId)
  if (known === null) return null
  if (known !== undefined) {
    return statusOf(source, { ...known, action: ACTION_NAMES[known.act.kind] })
  }
  const receipt = await findCreateReceipt(tx, source.id, requestId)
  return receipt === undefined || !receipt.applied ? null : createStatus(tx, source, requestId, receipt)
}

async function createStatus(tx: Tx, source: OpenSource, requestId: string, receipt: CreateReceipt): Promise<Record<string, unknown>> {
  const payload = payloadOf(receipt.body)
  const alias = payload?.alias ?? requestId
  const base = { action: 'Create', processedAt: receipt.receivedAt }
  const failed = { ...base, success: false, alertId: null, alias: null }
  if (receipt.refused !== null || payload === null)
    return statusOf(source, { ...failed, status: `Refused: ${receipt.refused ?? 'no message'}` })
  const episode = await findEpisode(tx, fingerprintOfAlias(source.id, alias), receipt.receivedAt)
  if (episode === undefined) return statusOf(source, { ...failed, status: 'Alert could not be processed; people were told' })
  const status = episode.firstAt >= receipt.receivedAt ? 'Created alert' : 'Alert count is incremented'
  return statusOf(source, { ...base, success: true, status, alertId: episode.id, alias })
}

interface Status {
  readonly action: string
  readonly success: boolean
  readonly status: string
  readonly alertId: string | null
  readonly alias: string | null
  readonly processedAt: number
}

/** `success` and `isSuccess` are both there: Opsgenie answers both. */
function statusOf(source: OpenSource, { action, success, status, alertId, alias, processedAt }: Status): Record<string, unknown> {
  return {
    success,
    action,
    processedAt: toRfc3339(processedAt),
    integrationId: source.id,
    isSuccess: success,
    status,
    alertId: alertId ?? '',
    alias: alias ?? '',
  }
}
