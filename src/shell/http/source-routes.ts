/** Monitoring sources: their ingest keys are made here, shown once, and open the ingest doors alone. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { IdParams, listOf, Source, SourceBody, SourceCreated } from '../../api/schema.ts'
import { asId, type SourceId } from '../../core/id.ts'
import { toRfc3339 } from '../../core/time.ts'
import { recordAccess } from '../person/record.ts'
import type { Ports } from '../ports.ts'
import { createSource, listSources, makeIngestKey, revokeSource, type SourceRow } from '../source/source-store.ts'
import { actWithSecret } from './act.ts'
import { require } from './authenticate.ts'
import { ProblemError } from './problem.ts'
import { answers, IdempotencyHeaders } from './route-kit.ts'

const tags = ['sources']
const Uuid = z.uuid()

/** @param kinds what a source may be bound to: ids of the integrations that receive. */
export function sourceRoutes(ports: Ports, kinds: readonly string[]): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/sources',
      {
        schema: {
          tags,
          operationId: 'listSources',
          summary: 'Monitoring sources, newest first',
          response: answers({ 200: listOf(Source) }),
        },
      },
      async (request) => {
        require(request, 'source.read')
        const rows = await ports.database.inTransaction('main', listSources)
        return { items: rows.map(showSource), next: null }
      },
    )

    app.post(
      '/sources',
      {
        schema: {
          tags,
          operationId: 'createSource',
          summary: 'Add a source; its ingest key is shown this once',
          headers: IdempotencyHeaders,
          body: SourceBody,
          response: answers({ 201: SourceCreated }),
        },
      },
      async (request, reply) =>
        actWithSecret(ports, request, reply, async (tx) => {
          const viewer = require(request, 'source.manage')
          const { name, kind } = request.body
          if (kind !== null && !kinds.includes(kind)) {
            const message = `is none of ${kinds.join(', ')}`
            throw new ProblemError('invalid-request', { detail: `kind: ${message}`, errors: [{ field: 'kind', message }] })
          }
          const key = makeIngestKey()
          const source = await createSource(tx, { name, kind, key })
          if (source === null) {
            throw new ProblemError('already-exists', { errors: [{ field: 'name', message: 'another source has this name' }] })
          }
          await recordAccess(tx, viewer, { act: 'source.created', subject: `source:${source.id}`, data: { kind } })
          return { status: 201, body: { ...showSource(source), key } }
        }),
    )

    app.delete(
      '/sources/:id',
      {
        schema: {
          tags,
          operationId: 'revokeSource',
          summary: 'Revoke a source: within a second its key opens nothing',
          params: IdParams,
          response: answers({ 200: Source }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'source.manage')
          const { id } = request.params
          const source = Uuid.safeParse(id).success ? await revokeSource(tx, asId<SourceId>(id)) : undefined
          if (source === undefined) throw new ProblemError('not-found', { detail: 'There is no such source.' })
          await recordAccess(tx, viewer, { act: 'source.revoked', subject: `source:${source.id}` })
          return showSource(source)
        }),
    )
  }
}

function showSource(row: SourceRow): Source {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    key_prefix: row.keyPrefix,
    created_at: toRfc3339(row.createdAt),
    revoked_at: row.revokedAt === null ? null : toRfc3339(row.revokedAt),
  }
}
