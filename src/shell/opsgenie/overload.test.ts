import { createServer } from 'node:http'
import Fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testPorts } from '../../../test/support/ports.ts'
import { makeIngestHandler } from '../http/ingest.ts'
import { opsgenieRoutes } from './routes.ts'

/** Doors behind which nothing is applied any more: every bound is reached. */
const server = createServer((request, response) => {
  if (!doors.handle(request, response)) response.writeHead(404).end()
})
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- overload is answered before any part is asked
const parts = { queue: { size: () => Number.MAX_SAFE_INTEGER, weight: () => Number.MAX_SAFE_INTEGER } } as Parameters<
  typeof makeIngestHandler
>[1]
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing reaches the database
const database = {} as Parameters<typeof testPorts>[0]
const doors = makeIngestHandler(testPorts(database), parts)
let url = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`
})
afterAll(() => server.close())

test.each([
  ['/v2/alerts', 429, { message: 'You are making too many requests!', took: expect.any(Number), requestId: expect.any(String) }],
  ['/jsm/ops/integration/v2/alerts/', 429, { message: 'You are making too many requests!' }],
  ['/v2/enqueue', 429, { status: 'throttle exceeded', message: expect.any(String) }],
  ['/generic/2010-04-15/create_event.json', 503, { status: 'throttle exceeded' }],
])("%s says %s when too much comes at once, in its vendor's shape, and when to come again", async (path, status, body) => {
  const answer = await fetch(`${url}${path}`, { method: 'POST', body: '{}', headers: { authorization: 'GenieKey k' } })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('retry-after')).toBe('2')
  expect(await answer.json()).toMatchObject(body)
})

test.each([
  // Its webhook specification, section 2.2: 429, with Retry-After where the time is known.
  ['/hooks/cloudevents/k', 429],
  ['/hooks/cloudevents', 429],
  // A 429 would be a lost alert there: Alertmanager, Datadog and SNS come again after 5xx alone.
  ['/hooks/alertmanager/k', 503],
  ['/hooks/datadog/k', 503],
  ['/hooks/sns/k', 503],
  ['/alertmanager/api/v2/alerts', 503],
])('%s says %i when too much comes at once, and when to come again', async (path, status) => {
  const event = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't', authorization: 'Bearer k' }
  const answer = await fetch(`${url}${path}`, { method: 'POST', body: '{}', headers: event })
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, '2'])
})

test.each([
  ['no intake runs', async () => undefined],
  [
    'the database is away',
    async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    },
  ],
])('while %s, senders are told to come again, in the shape of the API', async (_name, fail) => {
  const ports = testPorts(database)
  const app = Fastify()
  await app.register(async (inside) => {
    await inside.register(opsgenieRoutes(ports))
  })
  app.addHook('preHandler', fail)
  const answer = await app.inject({ method: 'GET', url: '/v2/alerts/x', headers: { authorization: 'GenieKey k' } })
  await app.close()
  expect(answer.statusCode).toBe(503)
  expect(answer.headers['retry-after']).toBe('2')
  expect(answer.json()).toMatchObject({ message: 'Service is unavailable, please try again', took: expect.any(Number) })
})
