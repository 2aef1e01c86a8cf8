/** Looks at a fake source over real HTTP and a real database. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { ann, cyd, testPlaybook } from '../../../test/support/playbook.ts'
import { waitFor } from '../../../test/support/wait.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { type Intake, startIntake } from '../alert/intake.ts'
import type { AskedConnection } from '../playbook/connections.ts'
import { startPresence } from '../server/presence.ts'
import { createSource } from '../source/source-store.ts'
import { noteBegun } from './ask-store.ts'
import { startAsking } from './asker.ts'
import { look } from './look.ts'
import { makeRequest } from './request.ts'

const KEY = 'e93facc04764012d7bfb002500d5d1a6'
const SECRET = 's3cret-token'
let playbook: Playbook = testPlaybook()
let answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.end('[]')
let asked = 0
let vendor: Server
let url: string
let scene: ApiScene
let intake: Intake
let presence: { stop: () => Promise<void> }
const connections: AskedConnection[] = []

beforeAll(async () => {
  vendor = createServer((request, response) => {
    asked += 1
    answer(request, response)
  })
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
  scene = await openApiScene({
    parts: { connections: { asked: () => connections } },
    ports: { playbooks: { current: () => playbook, load: async () => playbook } },
  })
  presence = await startPresence(scene.ports)
  intake = startIntake(scene.ports)
  await waitFor('the intake to be ready', () => intake.ready(), { timeoutMs: 15_000 })
  await scene.database.database.inTransaction('main', (tx) => createSource(tx, { name: 'AM', kind: 'alertmanager', key: KEY }))
})
afterAll(async () => {
  vendor.closeAllConnections()
  vendor.close()
  await intake.stop()
  await presence.stop()
  await scene.close()
})
beforeEach(() => {
  connections.length = 0
  asked = 0
})

function connection(over: Partial<AskedConnection> = {}): AskedConnection {
  const made = {
    name: 'am',
    kind: 'alertmanager',
    url,
    secret: SECRET,
    secretMissing: false,
    source: 'AM',
    everyMs: 300_000,
    settings: {},
    ...over,
  }
  connections.push(made)
  return made
}
async function lookAt(asking: AskedConnection) {
  await scene.database.database.inTransaction('main', (tx) => noteBegun(tx, asking.name))
  return look(scene.ports, intake, asking)
}
const firing = (...names: string[]) =>
  names.map((name) => ({
    labels: { alertname: name },
    annotations: {},
    fingerprint: `f-${name}`,
    startsAt: '2026-11-24T10:00:00Z',
    status: { state: 'active' },
  }))
const says = (value: unknown) => {
  answer = (_request, response) => response.end(JSON.stringify(value))
}
const settled = () => waitFor('all to be applied', () => intake.backlog() === 0, { timeoutMs: 10_000 })
const rows = async <Row>(text: string) => (await scene.database.database.query<Row>(text)).rows
const alerts = () =>
  rows<{ alarm: string; resolved_at: Date | null; count: number; incident_id: string | null }>('select * from alert order by alarm')
/** As if every alert and mark were older: what came a moment ago is not missed. */
const age = async (minutes: number) => {
  await rows(`update alert set last_at = last_at - interval '${minutes} min'`)
  await rows(`update asked_alert set missing_since = missing_since - interval '${minutes} min'`)
}

test('what fires there and is unknown here opens; asked again it is only seen', async () => {
  const am = connection()
  says(firing('Spike', 'Odd'))
  expect(await lookAt(am)).toMatchObject({
    state: 'answered',
    firing: 2,
    detail: expect.stringContaining('2 of what it said were news'),
  })
  await settled()
  expect(await alerts()).toMatchObject([
    { alarm: 'Odd', count: 1 },
    { alarm: 'Spike', count: 1 },
  ])
  expect((await alerts()).every((alert) => alert.incident_id !== null)).toBe(true)
  await lookAt(am)
  await settled()
  expect((await alerts()).map(({ count }) => count)).toEqual([1, 1])
})

test('a message of the source itself about the same alert is the same alert', async () => {
  says(firing('Spike'))
  const { body } = (await scene.ask(ann, 'GET', '/signals')) as { body: { items: { title: string; source: string }[] } }
  expect(body.items.find((item) => item.title === 'Spike')).toMatchObject({ source: 'AM' })
})

test('what fires here and is not there is marked, told once on the timeline, and not resolved', async () => {
  const am = connection()
  says(firing('Odd'))
  await lookAt(am)
  const list = async () => (await scene.ask(ann, 'GET', '/sources/asked')).body
  expect((await list()).items[0].missing).toEqual([])
  await age(2)
  await lookAt(am)
  expect((await list()).items[0]).toMatchObject({ name: 'am', kind: 'alertmanager', source: { name: 'AM' }, missing: [{ title: 'Spike' }] })
  const notes = () =>
    rows<{ data: { text: string } }>(`select data from event where type = 'incident.noted' and data->>'text' like 'am was asked%'`)
  expect(await notes()).toEqual([])
  await age(3)
  await lookAt(am)
  await lookAt(am)
  expect(await notes()).toHaveLength(1)
  expect((await notes())[0]?.data.text).toContain('“Spike”')
  expect((await alerts()).find(({ alarm }) => alarm === 'Spike')?.resolved_at).toBeNull()
  says(firing('Odd', 'Spike'))
  await lookAt(am)
  expect((await list()).items[0].missing).toEqual([])
})

test('numbers are compared by the playbook; what is within bounds again ends', async () => {
  const [type] = testPlaybook().incidentTypes
  if (type === undefined) throw new Error('no type')
  const metric = { prometheus: 'max by (model) (drift_psi)', cloudwatch: null, measures: null, forMs: null }
  playbook = {
    ...testPlaybook(),
    incidentTypes: [
      {
        ...type,
        id: 'drift',
        title: 'Drift',
        detection: [{ alarm: 'drift_psi', sources: [], when: null, threshold: { comparison: '>', bound: 0.2 }, metric }],
      },
    ],
  }
  const numbers = connection({ name: 'numbers', kind: 'prometheus-query' })
  const vector = (value: string) => ({
    status: 'success',
    data: { resultType: 'vector', result: [{ metric: { model: 'a' }, value: [1, value] }] },
  })
  const drift = async () => (await alerts()).filter(({ alarm }) => alarm === 'drift_psi')
  says(vector('0.1'))
  await lookAt(numbers)
  await settled()
  expect(await drift()).toEqual([])
  says(vector('0.3'))
  await lookAt(numbers)
  await settled()
  expect(await drift()).toMatchObject([{ resolved_at: null }])
  says(vector('0.2'))
  await lookAt(numbers)
  await settled()
  expect((await drift())[0]?.resolved_at).not.toBeNull()
  playbook = testPlaybook()
})

describe('what cannot be asked is said', () => {
  test.each([
    ['no such source', { source: 'Nobody' }, 'misconfigured', /no source called "Nobody"/],
    ['no such secret', { secretMissing: true, secret: null }, 'misconfigured', /cannot be found/],
    ['no such kind', { kind: 'carrier-pigeon' }, 'misconfigured', /carrier-pigeon/],
    ['nobody listens', { url: 'http://127.0.0.1:1' }, 'failed', /cannot be reached/],
  ])('%s', async (_, over, state, detail) => {
    expect(await lookAt(connection(over))).toMatchObject({ state, detail: expect.stringMatching(detail) })
  })

  test('and sources that no connection names are listed, to those who may see sources', async () => {
    const { body } = await scene.ask(ann, 'GET', '/sources/asked')
    expect(body.cannot_be_asked).toMatchObject([{ name: 'AM', kind: 'alertmanager', reason: expect.stringContaining('kind alertmanager') }])
    expect((await scene.ask(cyd, 'GET', '/sources/asked')).status).toBe(403)
  })
})

describe('the way out is bounded', () => {
  const get = (signal = new AbortController().signal) =>
    makeRequest(signal)({ method: 'GET', url: `${url}/x`, headers: { authorization: SECRET } })

  test('a redirect is not followed', async () => {
    answer = (_request, response) => response.writeHead(302, { location: 'http://elsewhere.example/' }).end()
    expect(await get()).toEqual({ kind: 'failed', reason: expect.stringContaining('sends elsewhere') })
    expect(asked).toBe(1)
  })

  test('an answer without end is cut off', async () => {
    answer = (_request, response) => {
      const write = () => {
        if (response.destroyed) return
        if (response.write(Buffer.alloc(1_048_576))) setImmediate(write)
        else response.once('drain', write)
      }
      write()
    }
    expect(await get()).toEqual({ kind: 'failed', reason: expect.stringContaining('more than') })
  })

  test('what is unavailable for now is asked three times, what is wrong once', async () => {
    answer = (_request, response) => response.writeHead(503).end()
    expect(await get()).toMatchObject({ kind: 'reply', status: 503 })
    expect(asked).toBe(3)
    asked = 0
    answer = (_request, response) => response.writeHead(404).end()
    await get()
    expect(asked).toBe(1)
  })

  test('an end of the look ends a silent request', async () => {
    answer = () => undefined
    expect(await get(AbortSignal.timeout(200))).toEqual({ kind: 'failed', reason: 'it took too long' })
  })
})

test('looks never pile up: one that still runs is not begun again, and a restart asks at once', async () => {
  await rows('delete from asked_connection')
  let open = 0
  let most = 0
  answer = (_request, response) => {
    open += 1
    most = Math.max(most, open)
    setTimeout(() => {
      open -= 1
      response.end('[]')
    }, 400)
  }
  const service = {
    asked: () => [connection({ name: 'slow', everyMs: 50 })],
    find: () => undefined,
    ids: () => [],
    carriers: { find: () => undefined, named: () => undefined, list: () => [] },
    carriedChannels: () => [],
    withoutSecret: () => [],
  }
  const ports = { ...scene.ports, config: { ...scene.ports.config, timing: { askTickMs: 20 } } }
  const others = { ...ports, serverId: '0195c0de-0000-7000-8000-00000000aaaa' }
  const asker = startAsking(ports, { intake, connections: service })
  const other = startAsking(others, { intake, connections: service })
  await waitFor('it to be asked a few times', () => asked >= 3, { timeoutMs: 15_000 })
  await Promise.all([asker.stop(), other.stop()])
  expect(most).toBe(1)
  expect((await rows<{ state: string }>(`select state from asked_connection where name = 'slow'`))[0]?.state).toBe('answered')
})
