/** A signal that was received, sent through today's playbook once more: what would it do now? Nothing is written. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { Explained, IdParams } from '../../api/schema.ts'
import { makeExplainer } from '../playbook/explain.ts'
import { findReceived } from '../playbook/explain-routes.ts'
import type { PlaybookParts } from '../playbook/routes.ts'
import type { Ports } from '../ports.ts'
import { require } from './authenticate.ts'
import { answers, IdempotencyHeaders } from './route-kit.ts'

export function signalReplayRoutes(ports: Ports, parts: Pick<PlaybookParts, 'rosterReader' | 'textInForce'>): FastifyPluginAsyncZod {
  const explain = makeExplainer(ports, parts)
  return async (app) => {
    app.post(
      '/signals/:id/replay',
      {
        schema: {
          tags: ['signals'],
          operationId: 'replaySignal',
          summary: 'What that signal would do by the playbook of now: a dry run, nothing is written and nobody is paged',
          params: IdParams,
          headers: IdempotencyHeaders,
          response: answers({ 200: Explained }),
        },
      },
      (request) => {
        const viewer = require(request, 'signal.read').personId
        require(request, 'playbook.read')
        require(request, 'oncall.read')
        return ports.database.inTransaction('main', async (tx) => {
          const about = await findReceived(tx, viewer, request.params.id, tx.now)
          return explain(tx, { ...about, viewer })
        })
      },
    )
  }
}
