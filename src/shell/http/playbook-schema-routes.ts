/** The JSON Schemas of the playbook's files, for editors: the language is no secret, and an editor has no key. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { fileSchemas, SCHEMA_NAMES } from '../../core/oncall/file-schemas.ts'
import { answers } from './route-kit.ts'

const SchemaQuery = z.object({ file: z.enum(SCHEMA_NAMES).default('playbook').describe('Whose schema: the file without its ending.') })
const JsonSchema = z.record(z.string(), z.unknown()).meta({ description: 'A JSON Schema, draft 2020-12' })

export function playbookSchemaRoutes(): FastifyPluginAsyncZod {
  const schemas = fileSchemas()
  return async (app) => {
    app.get(
      '/playbook/schema',
      {
        schema: {
          tags: ['playbook'],
          operationId: 'getPlaybookSchema',
          summary: 'The JSON Schema of playbook.yaml, oncall.yaml or connections.yaml, for completion in editors',
          security: [],
          querystring: SchemaQuery,
          response: answers({ 200: JsonSchema }),
        },
      },
      async (request) => schemas[request.query.file],
    )
  }
}
