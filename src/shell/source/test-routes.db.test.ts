import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSourceScene, type SourceScene } from '../../../test/support/source-scene.ts'
import { ann, cyd, own } from '../../../test/support/playbook.ts'
import { integrations } from '../../integrations/index.ts'
import { readAgain } from '../alert/recover.ts'
import { findReceipt } from '../http/signal-list-store.ts'

let it: SourceScene
beforeAll(async () => {
  it = await openSourceScene()
})
afterAll(() => it.close())

const run = (id: string, body: object = {}) => it.api.ask(own, 'POST', `/sources/${id}/test`, body)
const traces = async () => {
  const [row] = await it.rows(
    'select (select count(*) from alert) as alerts, (select count(*) from incident) as incidents, (select count(*) from effect) as effects, (select count(*) from change_report) as changes',
  )
  return row
}

test.each(integrations.filter(({ setup }) => setup !== undefined).map(({ id }) => id))(
  'the sample of %s arrives, is explained, and does nothing',
  async (kind) => {
    const { id } = await it.addSource({ name: `tests ${kind}`, kind })
    const before = await traces()
    const { status, body } = await run(id)
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.status).toBeLessThan(300)
    expect(body.explained.refused).toBeNull()
    expect(body.explained.items.length, 'the sample says something').toBeGreaterThan(0)
    await it.settled()
    expect(await traces()).toEqual(before)
    const { last_messages: messages, today, last_seen_at: seen } = await it.detail(id)
    expect(messages[0]).toMatchObject({ signal_id: body.signal_id, outcome_kind: 'test' })
    expect([today.messages, seen]).toEqual([0, null])
  },
)

test('it says whom the playbook would page, and what keeps a real message from it', async () => {
  const { id } = await it.addSource({ name: 'would', kind: 'json', observe: true })
  const { body } = await run(id, { body: JSON.stringify({ alarm: 'Spike', title: 'now' }) })
  expect(body.explained.items[0]).toMatchObject({ verdict: 'type', severity: { id: 'red' } })
  expect(body.explained.items[0].pages.length).toBeGreaterThan(0)
  expect(body.but).toEqual(['The source is only observed: a real message opens nothing and pages nobody.'])
})

test('read again after a crash it is a test still', async () => {
  const { id } = await it.addSource({ name: 'crashed', kind: 'json' })
  const { body } = await run(id, { body: '{"title":"t"}' })
  const receipt = await it.ports.database.inTransaction('main', (tx) => findReceipt(tx, Number(body.signal_id.split('-')[0])))
  expect(receipt === undefined ? null : readAgain(receipt)).toMatchObject({ aside: 'test' })
})

test('hostile words are read as from a sender, and harm nothing', async () => {
  const { id } = await it.addSource({ name: 'hostile', kind: 'json' })
  const before = await traces()
  for (const body of [
    '{"broken',
    '['.repeat(5_000),
    '\u0000',
    '{"title":"\\u0000\\ud800\u202e"}',
    JSON.stringify({ title: 'x'.repeat(150_000) }),
    '',
  ]) {
    const tried = await run(id, { body })
    expect(tried.status, body.slice(0, 20)).toBe(200)
  }
  await it.settled()
  expect(await traces()).toEqual(before)
  expect((await run(id, { body: 'x'.repeat(200_001) })).status).toBe(400)
})

test('a source that is bound to no kind is told which door to test; another kind’s is refused', async () => {
  const any = await it.addSource({ name: 'any' })
  expect(await run(any.id)).toMatchObject({ status: 400, body: { errors: [{ field: 'door' }] } })
  expect((await run(any.id, { door: 'json', body: '{"title":"t"}' })).status).toBe(200)
  const bound = await it.addSource({ name: 'bound', kind: 'json' })
  expect((await run(bound.id, { door: 'pagerduty-v2' })).status).toBe(400)
})

test('a repeat of the request sends it once', async () => {
  const { id } = await it.addSource({ name: 'repeats', kind: 'json' })
  const ask = () => it.api.ask(own, 'POST', `/sources/${id}/test`, { body: '{"title":"t"}' }, { 'idempotency-key': 'test-1' })
  expect((await ask()).body.signal_id).toBe((await ask()).body.signal_id)
})

test('kinds are shown from their manifests, with places for address and key', async () => {
  const { body } = await it.api.ask(ann, 'GET', '/source_kinds')
  const kinds = new Map<string, { doors: { url: string; key_in: string }[]; setup: unknown }>(
    body.items.map((kind: { id: string }) => [kind.id, kind]),
  )
  expect(kinds.get('json')?.doors[0]).toMatchObject({
    url: expect.stringMatching(/^http:\/\/[^/]+\/hooks\/json\/\{\{key\}\}$/),
    key_in: 'url',
  })
  expect(kinds.get('pagerduty')?.doors.some(({ key_in: place }) => place === 'body')).toBe(true)
  expect(JSON.stringify([...kinds.values()].map(({ doors }) => doors))).not.toContain(':key')
  expect((await it.api.ask(cyd, 'GET', '/source_kinds')).status).toBe(403)
})
