import type { AddressInfo } from 'node:net'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { ann, bob, own } from '../../../test/support/playbook.ts'
import { waitFor } from '../../../test/support/wait.ts'
import { revokeApiKey } from '../person/api-key-store.ts'

interface Message {
  readonly event: string
  readonly id: string | undefined
  readonly data: Record<string, unknown>
}
interface Reader {
  readonly messages: Message[]
  readonly changes: () => string[]
  readonly text: () => string
  readonly close: () => void
  readonly ended: () => boolean
}

let scene: ApiScene
let base: string
const readers: Reader[] = []
beforeAll(async () => {
  scene = await openApiScene()
  await scene.app.listen({ port: 0, host: '127.0.0.1' })
  base = `http://127.0.0.1:${(scene.app.server.address() as AddressInfo).port}/api/v1/stream`
})
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close()
})
afterAll(() => scene.close())

/** Opens the feed and waits for its greeting. */
async function follow(who: string, lastId?: string): Promise<Reader> {
  const abort = new AbortController()
  const key = scene.keys[who as keyof typeof scene.keys]
  const response = await fetch(base, {
    headers: { authorization: `Bearer ${key}`, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
    signal: abort.signal,
  })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const messages: Message[] = []
  let text = ''
  let over = false
  const read = async () => {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of response.body ?? []) {
      const more = decoder.decode(chunk, { stream: true })
      text += more
      rest += more
      const blocks = rest.split('\n\n')
      rest = blocks.pop() ?? ''
      messages.push(...blocks.flatMap(parse))
    }
    over = true
  }
  void read().catch(() => {
    over = true
  })
  const reader: Reader = {
    messages,
    changes: () =>
      messages.filter(({ event }) => event === 'change').map(({ data }) => `${String(data['incident_id'])}/${String(data['version'])}`),
    text: () => text,
    close: () => abort.abort(),
    ended: () => over,
  }
  readers.push(reader)
  await waitFor('the greeting', () => messages.some(({ event }) => event === 'hello'), { timeoutMs: 5_000 })
  return reader
}

function parse(block: string): Message[] {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
  const data = field('data')
  return data === undefined ? [] : [{ event: field('event') ?? '', id: field('id'), data: JSON.parse(data) as Record<string, unknown> }]
}

const declare = async (over: object = {}) => (await scene.ask(own, 'POST', '/incidents', { title: 'x', severity: 'blue', ...over })).body
const note = (id: string, text: string) => scene.ask(own, 'POST', `/incidents/${id}/note`, { text })

test('what happens is told to whoever follows, with a page for the one who is paged', async () => {
  const [reader, other] = [await follow(ann), await follow(bob)]
  const made = await declare({ severity: 'red' })
  await waitFor('the page', () => reader.messages.some(({ event }) => event === 'page'), { timeoutMs: 5_000 })
  const page = reader.messages.find(({ event }) => event === 'page')
  expect(page?.data).toEqual({ incident_id: made.id, number: made.number, roles: ['Ops'], at: expect.any(String) })
  const opened = reader.messages.find(({ event }) => event === 'change')
  expect(opened).toMatchObject({
    id: expect.stringMatching(/^\d+-\d+$/),
    data: { incident_id: made.id, number: made.number, type: 'incident.opened', version: 1 },
  })
  await waitFor('the changes', () => other.changes().length >= 2, { timeoutMs: 5_000 })
  expect(other.messages.some(({ event }) => event === 'page')).toBe(false)
})

test('a reader that comes back with its last id misses nothing and gets nothing twice', async () => {
  const { id } = await declare()
  const first = await follow(ann)
  await note(id, 'one')
  await waitFor('the first note', () => first.changes().includes(`${id}/2`), { timeoutMs: 5_000 })
  const lastId = first.messages.at(-1)?.id
  first.close()
  await note(id, 'two')
  await note(id, 'three')
  const second = await follow(ann, lastId)
  await note(id, 'four')
  await waitFor('the rest', () => second.changes().includes(`${id}/5`), { timeoutMs: 5_000 })
  expect(second.changes().filter((change) => change.startsWith(id))).toEqual([`${id}/3`, `${id}/4`, `${id}/5`])
  const idle = await follow(ann, second.messages.at(-1)?.id)
  const helloId = idle.messages[0]?.id
  idle.close()
  await note(id, 'five')
  const third = await follow(ann, helloId)
  await waitFor('what came after the greeting', () => third.changes().includes(`${id}/6`), { timeoutMs: 5_000 })
})

test('transactions that commit out of order leave no gap', async () => {
  const { id } = await declare()
  const reader = await follow(ann)
  const insert = (version: number) => ({
    text: `insert into event (stream_id, version, type, data, actor, at) values ($1, $2, 'incident.noted', '{}', '{}', now())`,
    values: [id, version],
  })
  const slow = new Client({ connectionString: scene.database.url })
  await slow.connect()
  await slow.query('begin')
  await slow.query(insert(100))
  const quick = new Client({ connectionString: scene.database.url })
  await quick.connect()
  await quick.query(insert(101))
  await new Promise((resolve) => setTimeout(resolve, 800))
  expect(reader.changes()).not.toContain(`${id}/101`)
  await slow.query('commit')
  await waitFor('both', () => reader.changes().includes(`${id}/101`), { timeoutMs: 5_000 })
  expect(reader.changes().filter((change) => /\/10[01]$/.test(change))).toEqual([`${id}/100`, `${id}/101`])
  await slow.end()
  await quick.end()
})

test('many writers at once: every reader sees every event once, in one order', async () => {
  const ids = await Promise.all(Array.from({ length: 4 }, async () => (await declare()).id as string))
  const live = await follow(ann)
  const lastId = live.messages[0]?.id
  await Promise.all(ids.flatMap((id) => Array.from({ length: 10 }, (_, count) => note(id, `note ${count}`))))
  const late = await follow(ann, lastId)
  const mine = (reader: Reader) => reader.changes().filter((change) => ids.some((id) => change.startsWith(id)))
  await waitFor('all', () => mine(live).length >= 40 && mine(late).length >= 40, { timeoutMs: 10_000 })
  expect(new Set(mine(live)).size).toBe(mine(live).length)
  expect(mine(late).slice(-40)).toEqual(mine(live).slice(-40))
})

test('a private incident is told to its members alone, live and when reading on', async () => {
  const [member, outsider] = [await follow(own), await follow(bob)]
  const lastId = outsider.messages[0]?.id
  const secret = await declare({ private: true })
  const open = await declare()
  await waitFor('the open one', () => outsider.changes().some((change) => change.startsWith(open.id)), { timeoutMs: 5_000 })
  expect(outsider.text()).not.toContain(secret.id)
  await waitFor('the private one', () => member.changes().some((change) => change.startsWith(secret.id)), { timeoutMs: 5_000 })
  const again = await follow(bob, lastId)
  await waitFor('the open one again', () => again.changes().some((change) => change.startsWith(open.id)), { timeoutMs: 5_000 })
  expect(again.text()).not.toContain(secret.id)
})

test('an id of another database is told to start over; nonsense starts at the end', async () => {
  const reader = await follow(ann, '9000000000000000000-1')
  expect(reader.messages.map(({ event }) => event)).toEqual(['hello', 'reset'])
  for (const id of ['nonsense', '1-x', '99999999999999999999-1', '-1', '1-99999999999999999999']) {
    const other = await follow(ann, id)
    expect(other.messages.map(({ event }) => event)).toEqual(['hello'])
  }
})

test('a key that is revoked loses its feed at the next heartbeat', async () => {
  const short = await openApiScene({ ports: { config: { ...scene.ports.config, timing: { heartbeatMs: 100 } } } })
  await short.app.listen({ port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${(short.app.server.address() as AddressInfo).port}/api/v1/stream`
  const response = await fetch(url, { headers: { authorization: `Bearer ${short.keys[bob]}` } })
  const read = response.text()
  await short.database.database.inTransaction('main', async (tx) => {
    const { rows } = await tx.query<{ id: string }>('select id from api_key where person_id = $1', [bob])
    await revokeApiKey(tx, rows[0]?.id ?? '')
  })
  expect(await read).toContain(': \n\n')
  await short.close()
})
