/** `GET /api/v1/services`: the playbook's catalogue, in the order of the file, with what is open of each. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { listOf, Service } from '../../api/schema.ts'
import type { Ports } from '../ports.ts'
import { require } from './authenticate.ts'
import { answers } from './route-kit.ts'
import { countOpenByService } from './service-store.ts'

export function serviceRoutes(ports: Ports): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/services',
      {
        schema: {
          tags: ['playbook'],
          operationId: 'listServices',
          summary: 'What runs, whose it is, and what is open of it',
          response: answers({ 200: listOf(Service) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'incident.read')
        const open = await ports.database.inTransaction('main', (tx) => countOpenByService(tx, viewer.personId))
        const items = ports.playbooks.current().services.map(
          ({ name, description, team, tier, links, labels }): Service => ({
            name,
            description,
            team,
            tier,
            links: links.map((link) => ({ ...link })),
            labels: labels.map((label) => ({ name: label.name, values: [...label.values] })),
            open_incidents: open.get(name)?.open ?? 0,
            severity: open.get(name)?.severity ?? null,
          }),
        )
        return { items, next: null }
      },
    )
  }
}
