/** `GET /api/v1/sources/asked`: who can be asked after a downtime, what they said last, and who cannot. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { AskedSources } from '../../api/schema.ts'
import { require } from '../http/authenticate.ts'
import { answers } from '../http/route-kit.ts'
import type { ConnectionService } from '../playbook/connections.ts'
import type { Ports } from '../ports.ts'
import { presentAsked } from './present.ts'

export function askRoutes(ports: Ports, connections: Pick<ConnectionService, 'asked'>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/sources/asked',
      {
        schema: {
          tags: ['sources'],
          operationId: 'listAskedSources',
          summary: 'Sources that are asked what fires, what is missing there, and sources that cannot be asked',
          response: answers({ 200: AskedSources }),
        },
      },
      async (request) => {
        const viewer = require(request, 'source.read')
        return ports.database.inTransaction('main', (tx) => presentAsked(tx, connections.asked(), viewer.personId))
      },
    )
  }
}
