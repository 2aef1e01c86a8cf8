/** Searches that clients keep under a name, for lists and counts. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { field, type JsonObject } from '../../core/alert/json.ts'
import { parseQuery, QUERY_CHARS_MAX } from '../../core/opsgenie/query.ts'
import { cutField, readRecipient, readRecipients, TEXT_CHARS_MAX } from '../../core/opsgenie/payload.ts'
import { toRfc3339 } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import type { OpenSource } from '../source/source-store.ts'
import { answer, OpsgenieRefusal, unprocessable } from './answer.ts'
import { bodyOf, textOf } from './asked.ts'
import { admit } from './gate.ts'
import {
  deleteSearch,
  findSearch,
  insertSearch,
  listSearches,
  type NewSearch,
  type SavedSearch,
  updateSearch,
} from './saved-search-store.ts'

const PATH = '/v2/alerts/saved-searches'
const NAME_TAKEN = { name: 'Another saved search has this name, or there are too many.' }

export function savedSearchRoutes(app: FastifyInstance, ports: Ports): void {
  const run = async <T>(request: FastifyRequest, work: (tx: Tx, source: OpenSource) => Promise<T>): Promise<T> => {
    const source = await admit(ports, request)
    return ports.database.inTransaction('main', (tx) => work(tx, source))
  }
  app.get(PATH, async (request, reply) => {
    const searches = await run(request, (tx, source) => listSearches(tx, source.id))
    return answer(request, reply, 200, { data: searches.map(({ id, name }) => ({ id, name })) })
  })
  app.post(PATH, async (request, reply) => {
    const made = await run(request, (tx, source) => insertSearch(tx, source.id, readSearch(bodyOf(request))))
    if (made === undefined) throw unprocessable(NAME_TAKEN)
    return answer(request, reply, 201, { data: { id: made.id, name: made.name } })
  })
  app.get(`${PATH}/:identifier`, async (request, reply) => {
    const found = await run(request, (tx, source) => loadSearch(tx, source, request, textOf(request.params, 'identifier')))
    return answer(request, reply, 200, { data: show(found) })
  })
  app.patch(`${PATH}/:identifier`, async (request, reply) => {
    const changed = await run(request, async (tx, source) => {
      const { id } = await loadSearch(tx, source, request, textOf(request.params, 'identifier'))
      return updateSearch(tx, id, readSearch(bodyOf(request)))
    })
    if (changed === undefined) throw unprocessable(NAME_TAKEN)
    return answer(request, reply, 200, { data: show(changed) })
  })
  app.delete(`${PATH}/:identifier`, async (request, reply) => {
    await run(request, async (tx, source) => {
      const { id } = await loadSearch(tx, source, request, textOf(request.params, 'identifier'))
      await deleteSearch(tx, id)
    })
    return answer(request, reply, 200, { result: 'Deleted' })
  })
}

/** @throws 404 in Opsgenie's shape */
export async function loadSearch(
  tx: Tx,
  source: OpenSource,
  request: FastifyRequest,
  value: string | null,
  typeName = 'identifierType',
): Promise<SavedSearch> {
  const type = textOf(request.query, typeName) === 'name' ? 'name' : 'id'
  const found = value === null ? undefined : await findSearch(tx, source.id, { type, value })
  if (found === undefined) throw new OpsgenieRefusal(404, `Saved search with ${type} [${value ?? ''}] does not exist.`)
  return found
}

/** @throws 422 in Opsgenie's shape */
function readSearch(body: JsonObject): NewSearch {
  const name = cutField(body, 'name', 100)
  const query = cutField(body, 'query', QUERY_CHARS_MAX)
  const owner = readRecipient(field(body, 'owner'))
  if (name === null) throw unprocessable({ name: 'Name can not be empty.' })
  if (query === null) throw unprocessable({ query: 'Query can not be empty.' })
  if (owner === null) throw unprocessable({ owner: `owner must have an id or a username of at most ${TEXT_CHARS_MAX} characters.` })
  const parsed = parseQuery(query)
  if (parsed.kind === 'fault') throw unprocessable({ query: parsed.reason })
  return { name, query, owner, teams: readRecipients(field(body, 'teams')) }
}

function show({ id, name, query, owner, teams, createdAt, updatedAt }: SavedSearch): Record<string, unknown> {
  return {
    id,
    name,
    createdAt: toRfc3339(createdAt),
    updatedAt: toRfc3339(updatedAt),
    owner: { id: owner.id ?? owner.name ?? '' },
    teams: teams.map((team) => ({ id: team.id ?? team.name ?? '' })),
    query,
  }
}
