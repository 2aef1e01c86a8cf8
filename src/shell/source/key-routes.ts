/** Keys of a source: made, taken over from another system, rotated with an overlap, revoked. Each is shown once, if at all. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { IdParams, SourceKey, SourceKeyBody, SourceKeyCreated, SourceRotateBody, SourceRotated } from '../../api/schema.ts'
import { HOUR_MS } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { actWithSecret } from '../http/act.ts'
import { require } from '../http/authenticate.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import { recordAccess } from '../person/record.ts'
import type { Ports } from '../ports.ts'
import { addKey, endKeys, type KeyRow, KEYS_MAX, listKeys, makeIngestKey, type NewKey, revokeKey } from './key-store.ts'
import { findOr404 } from './routes.ts'
import { showKey } from './view.ts'

const tags = ['sources']
const Uuid = z.uuid()
const KeyParams = IdParams.extend({ key: z.string() })

export function sourceKeyRoutes(ports: Ports): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/sources/:id/keys',
      {
        schema: {
          tags,
          operationId: 'createSourceKey',
          summary: 'Add a key to a source, or take over one of PagerDuty, Opsgenie or another system as it is',
          params: IdParams,
          headers: IdempotencyHeaders,
          body: SourceKeyBody,
          response: answers({ 201: SourceKeyCreated }),
        },
      },
      async (request, reply) =>
        actWithSecret(ports, request, reply, async (tx) => {
          const viewer = require(request, 'source.manage')
          const source = await findOr404(tx, request.params.id, { lock: true })
          const { key: given, label } = request.body
          const key = given ?? makeIngestKey()
          const row = await add(tx, { sourceId: source.id, key, origin: given === undefined ? 'made' : 'taken', label })
          const data = { key: row.id, origin: row.origin }
          await recordAccess(tx, viewer, { act: 'source.key.created', subject: `source:${source.id}`, data })
          return { status: 201, body: { ...showKey(row), key: given === undefined ? key : null } }
        }),
    )

    app.post(
      '/sources/:id/rotate',
      {
        schema: {
          tags,
          operationId: 'rotateSource',
          summary: 'A new key; the old ones still open for the overlap, and show when they were last used',
          params: IdParams,
          headers: IdempotencyHeaders,
          body: SourceRotateBody,
          response: answers({ 200: SourceRotated }),
        },
      },
      async (request, reply) =>
        actWithSecret(ports, request, reply, async (tx) => {
          const viewer = require(request, 'source.manage')
          const source = await findOr404(tx, request.params.id, { lock: true })
          const { overlap_hours: overlapHours, key_id: keyId } = request.body
          const old = endingBy(await listKeys(tx, source.id), keyId)
          const key = makeIngestKey()
          const created = await add(tx, { sourceId: source.id, key, origin: 'made', label: '' })
          const ids = old.map(({ id }) => id)
          const ending = await endKeys(tx, ids, overlapHours * HOUR_MS)
          const data = { key: created.id, ending: ids.join(','), overlap_hours: overlapHours }
          await recordAccess(tx, viewer, { act: 'source.key.rotated', subject: `source:${source.id}`, data })
          return { status: 200, body: { key, created: showKey(created), ending: ending.map(showKey) } }
        }),
    )

    app.delete(
      '/sources/:id/keys/:key',
      {
        schema: {
          tags,
          operationId: 'revokeSourceKey',
          summary: 'Revoke one key: within a second it opens nothing',
          params: KeyParams,
          response: answers({ 200: SourceKey }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'source.manage')
          const source = await findOr404(tx, request.params.id)
          const { key } = request.params
          const row = Uuid.safeParse(key).success ? await revokeKey(tx, source.id, key) : undefined
          if (row === undefined) throw new ProblemError('not-found', { detail: 'The source has no such key.' })
          await recordAccess(tx, viewer, { act: 'source.key.revoked', subject: `source:${source.id}`, data: { key: row.id } })
          return showKey(row)
        }),
    )
  }
}

/** Within the bound; the source is locked, so that two requests do not both see room. */
async function add(tx: Tx, key: NewKey): Promise<KeyRow> {
  const inUse = (await listKeys(tx, key.sourceId)).filter((row) => row.inUse).length
  if (inUse >= KEYS_MAX) throw badField('key', `a source has at most ${KEYS_MAX} keys in use`)
  const row = await addKey(tx, key)
  if (row !== null) return row
  throw new ProblemError('already-exists', { errors: [{ field: 'key', message: 'this key is, or was, a source’s already' }] })
}

/** What a rotation ends: the one that is named, else all that were made here and have no end yet. */
function endingBy(keys: readonly KeyRow[], keyId: string | undefined): KeyRow[] {
  if (keyId === undefined) return keys.filter((key) => key.inUse && key.origin === 'made' && key.expiresAt === null)
  const named = keys.filter((key) => key.id === keyId && key.inUse)
  if (named.length === 0) throw badField('key_id', 'is no key of this source that is in use')
  return named
}
