/** Prism between a client and the doors that imitate PagerDuty and Opsgenie: requests and answers are what their descriptions say. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Prism, startPrism } from '../../support/prism.ts'
import { setClonedScene, type Scene } from '../../support/scene.ts'
import { INGEST_KEY, ROOT, type RunningServer } from '../../support/server.ts'
import { waitFor } from '../../support/wait.ts'

const SPECS = join(ROOT, 'test/peers/specs')

let scene: Scene
let server: RunningServer
const proxies: Prism[] = []
let events: Prism
let eventsV1: Prism
let opsgenie: Prism

beforeAll(async () => {
  scene = await setClonedScene({ escalationWait: '5 min' })
  server = await scene.start()
  const start = async (file: string, base: string) => {
    const prism = await startPrism(join(SPECS, file), `${server.url}${base}`)
    proxies.push(prism)
    return prism
  }
  events = await start('pagerduty-events-v2.openapi3.json', '/v2')
  eventsV1 = await start('pagerduty-events-v1.openapi3.json', '/generic/2010-04-15')
  opsgenie = await start('opsgenie-alerts-heartbeats.swagger2.json', '')
}, 180_000)
afterAll(async () => {
  for (const proxy of proxies) await proxy.stop()
  await scene?.close()
})

interface Answer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- the test looks into whatever comes back
  readonly json: any
}

/** Prism says what violates the description in a body of its own kind. @throws then */
async function ask(prism: Prism, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${prism.url}${path}`, {
    method,
    headers: { authorization: `GenieKey ${INGEST_KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (text.includes('stoplight.io/prism/errors')) throw new Error(`${method} ${path} violates the description: ${text}`)
  return { status: response.status, json: text === '' ? null : JSON.parse(text) }
}

function fixture(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(ROOT, 'src/integrations/pagerduty/fixtures', name), 'utf8'))
}

test('the proxy itself refuses requests and answers that violate a description', async () => {
  await expect(ask(events, 'POST', '/enqueue', { routing_key: INGEST_KEY, event_action: 'shout' })).rejects.toThrow(
    'violates the description',
  )
  await expect(ask(opsgenie, 'POST', '/v2/alerts', { alias: 'no message' })).rejects.toThrow('violates the description')
  const liar = createServer((_request, response) => response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":7}'))
  await new Promise<void>((resolve) => {
    liar.listen(0, '127.0.0.1', resolve)
  })
  const address = liar.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const prism = await startPrism(join(SPECS, 'pagerduty-events-v2.openapi3.json'), `http://127.0.0.1:${port}`)
  proxies.push(prism)
  const event = { routing_key: INGEST_KEY, event_action: 'resolve', dedup_key: 'k' }
  await expect(ask(prism, 'POST', '/enqueue', event)).rejects.toThrow('violates the description')
  liar.close()
})

test.each(['events-v2.docs.trigger.json', 'events-v2.docs.acknowledge.json', 'events-v2.docs.resolve.json'])(
  "PagerDuty's %s is taken and answered as described",
  async (name) => {
    const answer = await ask(events, 'POST', '/enqueue', { ...fixture(name), routing_key: INGEST_KEY })
    expect(answer).toMatchObject({ status: 202, json: { status: 'success', dedup_key: expect.any(String) } })
  },
)

test('PagerDuty: a trigger without a key is given one, and refusals have the shape described', async () => {
  const payload = { summary: 's', source: 'h', severity: 'info' }
  expect(
    (await ask(events, 'POST', '/enqueue', { routing_key: INGEST_KEY, event_action: 'trigger', payload })).json.dedup_key,
  ).toHaveLength(32)
  expect((await ask(events, 'POST', '/enqueue', { routing_key: INGEST_KEY, event_action: 'resolve' })).status).toBe(400)
  expect((await ask(events, 'POST', '/enqueue', { routing_key: 'x'.repeat(32), event_action: 'trigger', payload })).status).toBe(400)
})

test.each(['events-v2.change.build-change-event.json', 'events-v2.change.git-change-event.json'])(
  "PagerDuty's %s is taken",
  async (name) => {
    expect(await ask(events, 'POST', '/change/enqueue', { ...fixture(name), routing_key: INGEST_KEY })).toMatchObject({ status: 202 })
  },
)

test('PagerDuty, version 1: trigger, acknowledge, resolve, and what is refused', async () => {
  const shared = { service_key: INGEST_KEY, incident_key: 'v1' }
  expect(
    await ask(eventsV1, 'POST', '/create_event.json', { ...fixture('events-v1.docs.trigger.json'), service_key: INGEST_KEY }),
  ).toMatchObject({
    status: 200,
    json: { status: 'success', incident_key: expect.any(String) },
  })
  for (const [event_type, more] of [
    ['trigger', { description: 'd' }],
    ['acknowledge', {}],
    ['resolve', {}],
  ] as const) {
    expect(await ask(eventsV1, 'POST', '/create_event.json', { ...shared, event_type, ...more })).toMatchObject({
      status: 200,
      json: { incident_key: 'v1' },
    })
  }
  expect((await ask(eventsV1, 'POST', '/create_event.json', { service_key: INGEST_KEY, event_type: 'trigger' })).status).toBe(400)
  expect((await ask(eventsV1, 'POST', '/create_event.json', { ...shared, service_key: 'wrong', event_type: 'resolve' })).status).toBe(400)
})

async function fateOf(answer: Answer): Promise<Record<string, unknown>> {
  expect(answer.status).toBe(202)
  return waitFor(
    'the request to be processed',
    async () => {
      const status = await ask(opsgenie, 'GET', `/v2/alerts/requests/${answer.json.requestId}`)
      return status.status === 200 && status.json.data
    },
    { timeoutMs: 30_000 },
  )
}

test('Opsgenie: every operation on alerts answers as described', { timeout: 120_000 }, async () => {
  const created = await fateOf(
    await ask(opsgenie, 'POST', '/v2/alerts', {
      message: 'By the description',
      alias: 'described',
      description: 'd',
      responders: [
        { type: 'team', name: 'ops' },
        { type: 'user', username: 'a@example.com' },
      ],
      visibleTo: [{ type: 'team', name: 'ops' }],
      actions: ['Restart'],
      tags: ['a'],
      details: { service: 'api' },
      entity: 'e',
      source: 's',
      priority: 'P2',
      user: 'u',
      note: 'n',
    }),
  )
  const id = String(created['alertId'])
  expect((await ask(opsgenie, 'GET', `/v2/alerts/${id}`)).json.data).toMatchObject({ alias: 'described', priority: 'P2' })
  const acts: readonly (readonly [method: string, path: string, body?: unknown])[] = [
    ['POST', '/acknowledge', { user: 'u', note: 'n', source: 's' }],
    ['POST', '/unacknowledge', {}],
    ['POST', '/snooze', { endTime: new Date(Date.now() + 3_600_000).toISOString() }],
    ['POST', '/notes', { note: 'n' }],
    ['POST', '/tags', { tags: ['b', 'c'] }],
    ['DELETE', '/tags?tags=b&user=u'],
    ['POST', '/details', { details: { x: '1' } }],
    ['DELETE', '/details?keys=x'],
    ['PUT', '/message', { message: 'New' }],
    ['PUT', '/description', { description: 'New' }],
    ['PUT', '/priority', { priority: 'P1' }],
    ['POST', '/assign', { owner: { type: 'user', username: 'a@example.com' } }],
    ['POST', '/escalate', { escalation: { type: 'escalation', name: 'ops' } }],
    ['POST', '/responders', { responder: { type: 'team', name: 'ops' } }],
    ['POST', '/teams', { team: { type: 'team', name: 'ops' } }],
    ['POST', '/actions/Restart', {}],
  ]
  for (const [method, path, body] of acts) await fateOf(await ask(opsgenie, method, `/v2/alerts/${id}${path}`, body))
  for (const path of ['/notes', '/logs?limit=5&order=asc', '/recipients', '/attachments']) {
    expect((await ask(opsgenie, 'GET', `/v2/alerts/${id}${path}`)).status).toBe(200)
  }
  expect((await ask(opsgenie, 'GET', '/v2/alerts?query=alias%3A%20described&limit=1')).json.data).toHaveLength(1)
  expect((await ask(opsgenie, 'GET', '/v2/alerts/count?query=alias%3A%20described')).json.data.count).toBe(1)
  await fateOf(await ask(opsgenie, 'POST', `/v2/alerts/described/close?identifierType=alias`, { note: 'n' }))
  await fateOf(await ask(opsgenie, 'DELETE', `/v2/alerts/${id}?user=u`))
})

test('Opsgenie: saved searches and heartbeats answer as described', async () => {
  const search = { name: 's', query: 'status: open', owner: { type: 'user', username: 'a@example.com' } }
  const made = await ask(opsgenie, 'POST', '/v2/alerts/saved-searches', search)
  const path = `/v2/alerts/saved-searches/${made.json.data.id}`
  for (const [method, address, body, status] of [
    ['GET', '/v2/alerts/saved-searches', undefined, 200],
    ['GET', path, undefined, 200],
    ['PATCH', path, { ...search, name: 't' }, 200],
    ['DELETE', path, undefined, 200],
    ['POST', '/v2/heartbeats', { name: 'h', interval: 5, intervalUnit: 'minutes', enabled: true }, 201],
    ['GET', '/v2/heartbeats/h/ping', undefined, 202],
    ['GET', '/v2/heartbeats', undefined, 200],
    ['GET', '/v2/heartbeats/h', undefined, 200],
    ['PATCH', '/v2/heartbeats/h', { interval: 6 }, 200],
    ['POST', '/v2/heartbeats/h/disable', undefined, 200],
    ['POST', '/v2/heartbeats/h/enable', undefined, 200],
    ['DELETE', '/v2/heartbeats/h', undefined, 200],
  ] as const) {
    expect((await ask(opsgenie, method, address, body)).status, `${method} ${address}`).toBe(status)
  }
})

test('Opsgenie: refusals have the shape described', async () => {
  expect((await ask(opsgenie, 'GET', '/v2/alerts/none')).status).toBe(404)
  expect((await ask(opsgenie, 'GET', '/v2/alerts/requests/none')).status).toBe(404)
  expect((await ask(opsgenie, 'GET', '/v2/alerts?query=nonsense%3A%20x')).status).toBe(422)
  expect((await ask(opsgenie, 'POST', '/v2/alerts', { message: ' ' })).status).toBe(422)
  expect((await ask(opsgenie, 'GET', '/v2/heartbeats/none/ping')).status).toBe(404)
})
