/**
 * Opsgenie's alert API beside its creates, at its own address and at that of its successor, Jira Service Management. Read
 * and written by ingest keys, never by people's: what a key cannot see does not exist.
 */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Ports } from '../ports.ts'
import { actRoutes } from './act-routes.ts'
import { startAdopter } from './adopter.ts'
import { answerError, begin, OpsgenieRefusal } from './answer.ts'
import { heartbeatRoutes } from './heartbeat-routes.ts'
import { readRoutes } from './read-routes.ts'
import { savedSearchRoutes } from './saved-search-routes.ts'
import { startWorker } from './worker.ts'

const PREFIXES = ['', '/jsm/ops/integration']
const BODY_BYTES_MAX = 524_288

async function nothing(): Promise<never> {
  throw new OpsgenieRefusal(404, 'There is no such address in the API')
}

export function opsgenieRoutes(ports: Ports): FastifyPluginAsync {
  return async (app) => {
    const adopter = startAdopter(ports)
    const worker = startWorker(ports, adopter)
    app.addHook('onClose', worker.stop)
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, (_request, body, done) => done(null, body))
    app.addHook('onRequest', async (request) => begin(request, ports.freshId()))
    app.setErrorHandler(answerError)
    for (const prefix of PREFIXES) {
      await app.register(
        async (inside: FastifyInstance) => {
          readRoutes(inside, ports, adopter)
          savedSearchRoutes(inside, ports)
          heartbeatRoutes(inside, ports)
          actRoutes(inside, ports, worker)
          inside.all('/v2/alerts/*', nothing)
          inside.all('/v2/heartbeats/*', nothing)
          inside.route({ method: ['PUT', 'PATCH', 'DELETE'], url: '/v2/alerts', handler: nothing })
          inside.route({ method: ['PUT', 'PATCH', 'DELETE'], url: '/v2/heartbeats', handler: nothing })
        },
        { prefix },
      )
    }
  }
}
