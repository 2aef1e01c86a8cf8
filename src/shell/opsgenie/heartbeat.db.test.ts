import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { seedSource } from '../../../test/support/intake.ts'
import { type OpsgenieServer, startOpsgenieServer } from '../../../test/support/opsgenie-server.ts'
import { createHeartbeat } from '../heartbeat/heartbeat-store.ts'

const OTHER_KEY = 'a0a0a0a004764012d7bfb002500d5d1a'

let database: TestDatabase
let server: OpsgenieServer

beforeAll(async () => {
  database = await openTestDatabase()
  await seedSource(database.database)
  await seedSource(database.database, { name: 'other', key: OTHER_KEY })
  server = await startOpsgenieServer(database.database)
})
afterAll(async () => {
  await server?.close()
  await database?.close()
})

const backup = {
  name: 'backup',
  description: 'nightly',
  interval: 2,
  intervalUnit: 'hours',
  enabled: true,
  ownerTeam: { name: 'ops' },
  alertMessage: 'The backup did not run',
  alertTags: ['backup', 'db'],
  alertPriority: 'P2',
}

test('a heartbeat is declared, shown, pinged by every method, changed, paused and removed', async () => {
  const made = await server.ask('POST', '/v2/heartbeats', backup)
  expect(made).toMatchObject({
    status: 201,
    json: { data: { ...backup, expired: false }, took: expect.any(Number), requestId: expect.any(String) },
  })
  expect(made.json.data).not.toHaveProperty('lastPingTime')
  for (const method of ['GET', 'POST', 'PUT', 'PATCH']) {
    expect(await server.ask(method, '/v2/heartbeats/backup/ping')).toMatchObject({
      status: 202,
      json: { result: 'PONG - Heartbeat received' },
    })
  }
  expect((await server.ask('GET', '/jsm/ops/integration/v2/heartbeats/backup/')).json.data).toMatchObject({
    ...backup,
    lastPingTime: expect.any(String),
  })
  const changed = await server.ask('PATCH', '/v2/heartbeats/backup', { interval: 45, intervalUnit: 'minutes', alertTags: [] })
  expect(changed.json.data).toMatchObject({ ...backup, interval: 45, intervalUnit: 'minutes', alertTags: [] })
  expect((await server.ask('POST', '/v2/heartbeats/backup/disable')).json.data).toMatchObject({
    name: 'backup',
    enabled: false,
    expired: false,
  })
  expect((await server.ask('POST', '/v2/heartbeats/backup/enable', 'null')).json.data).toMatchObject({ enabled: true })
  expect((await server.ask('GET', '/v2/heartbeats')).json.data.heartbeats).toMatchObject([{ name: 'backup' }])
  const [row] = await server.rows('select message, severity_hint, labels, grace_ms::int as grace_ms, pings::int as pings from heartbeat')
  expect(row).toEqual({ message: 'The backup did not run', severity_hint: 'P2', labels: {}, grace_ms: 0, pings: 4 })
  expect((await server.ask('DELETE', '/v2/heartbeats/backup')).status).toBe(200)
  expect((await server.ask('GET', '/v2/heartbeats/backup')).status).toBe(404)
  const audited = await server.rows<{ act: string }>(
    `select convert_from(leaf, 'UTF8')::jsonb ->> 'act' as act from audit_leaf where convert_from(leaf, 'UTF8') like '%"subject":"heartbeat:%' order by id`,
  )
  expect(audited.map(({ act }) => act)).toEqual([
    'heartbeat.created',
    ...Array.from({ length: 3 }, () => 'heartbeat.changed'),
    'heartbeat.removed',
  ])
})

test.each([
  ['no name', { interval: 1, intervalUnit: 'days' }, 'name'],
  ['no unit', { name: 'x', interval: 1 }, 'intervalUnit'],
  ['no interval', { name: 'x', intervalUnit: 'days' }, 'interval'],
  ['an interval of nothing', { name: 'x', interval: 0, intervalUnit: 'days' }, 'interval'],
  ['an interval of years', { name: 'x', interval: 1_000, intervalUnit: 'days' }, 'interval'],
])('a heartbeat with %s is refused by its field', async (_name, body, field) => {
  expect(await server.ask('POST', '/v2/heartbeats', body)).toMatchObject({ status: 422, json: { errors: { [field]: expect.any(String) } } })
})

test('a name is taken once; a key shows and changes those of its own source, and may ping any', async () => {
  const other = { authorization: `GenieKey ${OTHER_KEY}` }
  expect((await server.ask('POST', '/v2/heartbeats', { ...backup, name: 'mine' })).status).toBe(201)
  expect(await server.ask('POST', '/v2/heartbeats', { ...backup, name: 'mine' })).toMatchObject({
    status: 422,
    json: { errors: { name: expect.any(String) } },
  })
  expect((await server.ask('GET', '/v2/heartbeats', undefined, other)).json.data.heartbeats).toEqual([])
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['PATCH', ''],
    ['POST', '/disable'],
  ] as const) {
    expect((await server.ask(method, `/v2/heartbeats/mine${path}`, undefined, other)).status).toBe(404)
  }
  expect((await server.ask('GET', '/v2/heartbeats/mine/ping', undefined, other)).status).toBe(202)
  await database.database.inTransaction('main', (tx) => createHeartbeat(tx, { name: 'by hand', intervalMs: 90_000, graceMs: 0 }))
  expect((await server.ask('GET', '/v2/heartbeats/by%20hand/ping')).status).toBe(202)
  expect((await server.ask('DELETE', '/v2/heartbeats/by%20hand')).status).toBe(404)
})

test('a ping of a heartbeat that nobody declared says so, and an unknown key is refused', async () => {
  expect(await server.ask('GET', '/v2/heartbeats/none/ping')).toMatchObject({
    status: 404,
    json: { message: 'Heartbeat with name [none] does not exist.' },
  })
  expect((await server.ask('GET', '/v2/heartbeats/none/ping', undefined, { authorization: 'GenieKey wrong' })).status).toBe(401)
})
