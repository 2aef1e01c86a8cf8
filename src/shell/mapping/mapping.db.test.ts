import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { ann, cyd, own } from '../../../test/support/playbook.ts'
import { waitFor } from '../../../test/support/wait.ts'
import { readAgain } from '../alert/recover.ts'
import { findReceipt } from '../http/signal-list-store.ts'

let scene: ApiScene
let intake: TestIntake
let source: string
beforeAll(async () => {
  scene = await openApiScene()
  await seedSource(scene.database.database, { kind: 'json' })
  intake = await startTestIntake(scene.database.database)
  source = (await scene.ask(own, 'GET', '/sources')).body.items[0].id
})
afterAll(async () => {
  await intake.close()
  await scene.close()
})

const MAPPING = { each: 'body.checks', alarm: 'item.name', status: 'item.state', dedup_key: 'item.name', labels: { host: 'item.host' } }
const TEN_S = { timeoutMs: 10_000 }
const put = (mapping: unknown) => scene.ask(own, 'PUT', `/sources/${source}/mapping`, { mapping })
const listed = async () => (await scene.ask(ann, 'GET', '/signals')).body.items

test('a mapping is stored in versions, checked, and only those who manage sources change it', async () => {
  expect((await scene.ask(ann, 'GET', `/sources/${source}/mapping`)).body).toEqual({
    mapping: null,
    version: 0,
    updated_at: null,
    updated_by: null,
  })
  expect((await put(MAPPING)).body).toMatchObject({ version: 1, updated_by: 'Owner', mapping: { alarm: 'item.name', value: null } })
  expect((await put({ ...MAPPING, alarm: 'item.n2' })).body.version).toBe(2)
  expect((await scene.ask(ann, 'GET', `/sources/${source}/mapping`)).body).toMatchObject({ version: 2, mapping: { alarm: 'item.n2' } })
  const broken = await put({ ...MAPPING, alarm: 'item.', labels: { a: 'nobody.x' } })
  expect(broken).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
  expect(broken.body.errors.map((error: { field: string }) => error.field)).toEqual(['mapping.alarm', 'mapping.labels.a'])
  expect((await scene.ask(ann, 'PUT', `/sources/${source}/mapping`, { mapping: null })).status).toBe(403)
  expect((await scene.ask(cyd, 'GET', `/sources/${source}/mapping`)).status).toBe(403)
  expect((await scene.ask(own, 'PUT', `/sources/${source.replace(/^./, 'f')}/mapping`, { mapping: null })).status).toBe(404)
})

test('messages are read by the mapping in force, and read again by the one they were read by', async () => {
  const body = {
    checks: [
      { name: 'Spike', state: 'down', host: 'a' },
      { name: 'Other', state: 'up', host: 'b' },
    ],
  }
  await put(MAPPING)
  const taken = async () => JSON.parse((await intake.post(`/hooks/json/${KEY}`, body)).text).signals
  await waitFor('the mapping to be in force here', async () => (await taken()) === 2, TEN_S)
  await intake.settled()
  const before = await listed()
  expect(before.some((item: { title: string; outcome_kind: string }) => item.title === 'Spike' && item.outcome_kind === 'opened')).toBe(
    true,
  )
  await put(null)
  const receipt = await scene.database.database.inTransaction('main', async (tx) => {
    const rows = (await tx.query<{ id: number }>('select max(id) as id from receipt')).rows
    return findReceipt(tx, rows[0]?.id ?? 0)
  })
  if (receipt === undefined) throw new Error('no receipt')
  expect(readAgain(receipt).signals.map((signal) => [signal.alarm, signal.status, signal.labels])).toEqual([
    ['Spike', 'firing', { host: 'a' }],
    ['Other', 'resolved', { host: 'b' }],
  ])
})

test('a message that the mapping fails on is kept, told plainly, and its sender is not bothered', async () => {
  await put(MAPPING)
  const body = { checks: [{ name: 'Spike', state: 'purple' }] }
  await waitFor(
    'the mapping to fail',
    async () => (await intake.post(`/hooks/json/${KEY}`, body)).text.includes('could not read it'),
    TEN_S,
  )
  expect((await intake.post(`/hooks/json/${KEY}`, body)).status).toBe(202)
  await intake.settled()
  const [latest] = await listed()
  expect(latest).toMatchObject({ outcome_kind: 'refused' })
  expect(latest.outcome).toContain('its mapping failed at status (item 1): "purple" is no status that is known')
  const raw = (await scene.ask(ann, 'GET', `/signals/${latest.id}/raw`)).body
  expect(JSON.parse(raw.body)).toEqual(body)
  expect(latest.incident_id).not.toBeNull()
})

test('a mapping that costs too much is kept raw, told plainly, and shown on the page of its source', async () => {
  const costly = 'string(size(body.names.filter(a, body == body && [body] == [body])))'
  expect((await put({ title: costly })).status).toBe(200)
  const body = { names: Array.from({ length: 1_000 }, (_, index) => `n${index}`) }
  await waitFor(
    'it to be too much',
    async () => {
      await intake.post(`/hooks/json/${KEY}`, body)
      await intake.settled()
      return (await listed())[0].outcome.includes('at title: it costs too much on a message of this size')
    },
    TEN_S,
  )
  const [latest] = await listed()
  expect(latest).toMatchObject({ outcome_kind: 'refused', incident_id: expect.any(String) })
  expect(JSON.parse((await scene.ask(ann, 'GET', `/signals/${latest.id}/raw`)).body.body)).toEqual(body)
  const { faults } = (await scene.ask(own, 'GET', `/sources/${source}`)).body
  expect(faults[0]).toMatchObject({ kind: 'refused', reason: expect.stringContaining('costs too much') })
})

test('a sample shows the signals a mapping makes, and what the playbook would do, and keeps nothing', async () => {
  const sample = JSON.stringify({ checks: [{ name: 'Spike', state: 'down', host: 'a' }] })
  const count = (await listed()).length
  const tried = await scene.ask(ann, 'POST', '/mappings/try', { sample, mapping: MAPPING })
  expect(tried.body).toMatchObject({
    problems: [],
    fault: null,
    signals: [{ alarm: 'Spike', status: 'firing', labels: { host: 'a' } }],
    explained: { items: [{ verdict: 'type', type: { id: 'spike' } }] },
  })
  const broken = await scene.ask(ann, 'POST', '/mappings/try', { sample, mapping: { ...MAPPING, title: 'item.' } })
  expect(broken.body).toMatchObject({ problems: [{ field: 'title', offset: expect.any(Number) }], explained: null })
  const faulty = await scene.ask(ann, 'POST', '/mappings/try', { sample, mapping: { ...MAPPING, status: 'item.host' } })
  expect(faulty.body).toMatchObject({ fault: { field: 'status (item 1)' }, explained: { refused: { people_are_told: true } } })
  expect((await scene.ask(ann, 'POST', '/mappings/try', { sample: '{', mapping: MAPPING })).body.errors[0].field).toBe('sample')
  expect((await listed()).length).toBe(count)
})

test('a sample suggests a mapping that reads it', async () => {
  const sample = JSON.stringify({
    alerts: [{ rule_name: 'Spike', state: 'firing', id: 12345678901234567890n.toString(), tags: { a: 'b' } }],
  })
  const { body } = await scene.ask(ann, 'POST', '/mappings/suggest', { sample })
  expect(body.mapping).toMatchObject({ each: 'body.alerts', alarm: 'item.rule_name', labels: 'item.tags' })
  const tried = await scene.ask(ann, 'POST', '/mappings/try', { sample, mapping: body.mapping })
  expect(tried.body.signals).toMatchObject([{ alarm: 'Spike', dedup_key: '12345678901234567890' }])
})
