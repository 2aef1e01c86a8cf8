/** The description of the API, drawn from the routes' own schemas: OpenAPI 3.1. */
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'

const DESCRIPTION = `JSON is snake_case, times are RFC 3339 in UTC. Lists answer \`{ "items": [...], "next": cursor | null }\`; give \`next\` as \`cursor\` to read on. Errors are problem+json (RFC 9457): \`code\` is fixed, \`errors\` name the fields. Incidents go by id or number.`

/** Register before the routes it should describe. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Tocsin', version: '1', description: DESCRIPTION },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'An API key' },
          session: { type: 'apiKey', in: 'cookie', name: '__Host-tocsin', description: 'The console’s session (`tocsin` over plain http)' },
        },
      },
      security: [{ key: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => reply.send(app.swagger()))
}
