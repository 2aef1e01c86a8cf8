import Fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { expect, test } from 'vitest'
import { fileSchemas } from '../../core/oncall/file-schemas.ts'
import { playbookSchemaRoutes } from './playbook-schema-routes.ts'

async function get(url: string) {
  const app = Fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await app.register(playbookSchemaRoutes())
  return app.inject({ url })
}

test('the schema of each file is served whole, that of playbook.yaml unless another is asked for', async () => {
  expect((await get('/playbook/schema')).json()).toEqual(fileSchemas().playbook)
  expect((await get('/playbook/schema?file=oncall')).json()).toEqual(fileSchemas().oncall)
  expect((await get('/playbook/schema?file=connections')).json()).toEqual(fileSchemas().connections)
})

test('a file that is none of the folder is refused', async () => {
  expect((await get('/playbook/schema?file=../secrets')).statusCode).toBe(400)
})
