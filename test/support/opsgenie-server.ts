/** A real intake with Opsgenie's routes behind one real listener, and a client of it that speaks plain HTTP. */
import { createServer } from 'node:http'
import Fastify from 'fastify'
import type { Database } from '../../src/shell/database/database.ts'
import { opsgenieRoutes } from '../../src/shell/opsgenie/routes.ts'
import type { Ports } from '../../src/shell/ports.ts'
import type { Playbook } from '../../src/core/playbook/playbook.ts'
import { KEY, startTestIntake, type TestIntake } from './intake.ts'

export interface OpsgenieServer extends TestIntake {
  readonly url: string
  readonly ask: (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<OpsgenieAnswer>
}

export interface OpsgenieAnswer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever comes back
  readonly json: any
}

export async function startOpsgenieServer(
  database: Database,
  options: { readonly playbook?: Playbook; readonly ports?: Partial<Ports> } = {},
): Promise<OpsgenieServer> {
  const intake = await startTestIntake(database, options)
  const app = Fastify({
    serverFactory: (handler) =>
      createServer((request, response) => {
        if (!intake.intake.handle(request, response)) handler(request, response)
      }),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
  })
  await app.register(opsgenieRoutes(intake.ports))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    ...intake,
    url,
    ask: async (method, path, body, headers = {}) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `GenieKey ${KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, json: text === '' ? null : JSON.parse(text) }
    },
    close: async () => {
      await app.close()
      await intake.close()
    },
  }
}
