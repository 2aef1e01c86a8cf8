/** API keys: everybody makes their own; administrators see and revoke all. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ApiKey, ApiKeyBody, ApiKeyCreated, IdParams, listOf, ListQuery } from '../../api/schema.ts'
import { can } from '../../core/access/can.ts'
import type { Tx } from '../database/database.ts'
import { actWithSecret } from '../http/act.ts'
import { require } from '../http/authenticate.ts'
import { readCursor, toList } from '../http/cursor.ts'
import { ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import type { Ports } from '../ports.ts'
import { type ApiKeyRow, createApiKey, findApiKeyRow, listApiKeys, revokeApiKey } from './api-key-store.ts'
import { showApiKey } from './present.ts'
import { recordAccess } from './record.ts'

const tags = ['keys']
const Uuid = z.uuid()

export function keyRoutes(ports: Ports): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/keys',
      {
        schema: {
          tags,
          operationId: 'listKeys',
          summary: 'Your API keys; all of them for administrators',
          querystring: ListQuery,
          response: answers({ 200: listOf(ApiKey) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'key.own')
        const { cursor, limit } = request.query
        const after = readCursor(cursor, 'uuid')
        const personId = can(viewer, 'key.manage') ? null : viewer.personId
        const rows = await ports.database.inTransaction('main', (tx) => listApiKeys(tx, { personId, limit: limit + 1, after }))
        return toList(rows, limit, (row) => row.id, showApiKey)
      },
    )

    app.post(
      '/keys',
      {
        schema: {
          tags,
          operationId: 'createKey',
          summary: 'Make an API key that acts as you; it is shown this once',
          headers: IdempotencyHeaders,
          body: ApiKeyBody,
          response: answers({ 201: ApiKeyCreated }),
        },
      },
      async (request, reply) =>
        actWithSecret(ports, request, reply, async (tx) => {
          const viewer = require(request, 'key.own')
          const { name, expires_in_days: days } = request.body
          const { id, key } = await createApiKey(tx, { name, personId: viewer.personId, days })
          await recordAccess(tx, viewer, { act: 'key.created', subject: `key:${id}`, data: { days } })
          return { status: 201, body: { ...showApiKey(await load(tx, id)), key } }
        }),
    )

    app.delete(
      '/keys/:id',
      {
        schema: {
          tags,
          operationId: 'revokeKey',
          summary: 'Revoke an API key: it stops at once',
          params: IdParams,
          response: answers({ 200: ApiKey }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'key.own')
          const row = await load(tx, request.params.id)
          // Somebody else's key is not there for who may not manage keys.
          if (row.personId !== viewer.personId && !can(viewer, 'key.manage')) throw notThere()
          await revokeApiKey(tx, row.id)
          await recordAccess(tx, viewer, { act: 'key.revoked', subject: `key:${row.id}` })
          return showApiKey(await load(tx, row.id))
        }),
    )
  }
}

async function load(tx: Tx, id: string): Promise<ApiKeyRow> {
  const row = Uuid.safeParse(id).success ? await findApiKeyRow(tx, id) : undefined
  if (row === undefined) throw notThere()
  return row
}

function notThere(): ProblemError {
  return new ProblemError('not-found', { detail: 'There is no such key.' })
}
