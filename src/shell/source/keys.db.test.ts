import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSourceScene, type SourceScene } from '../../../test/support/source-scene.ts'
import { ann, cyd, own } from '../../../test/support/playbook.ts'
import { waitFor } from '../../../test/support/wait.ts'
import { ensureSource } from './source-store.ts'

let it: SourceScene
beforeAll(async () => {
  it = await openSourceScene()
})
afterAll(() => it.close())

const ask = (...args: Parameters<SourceScene['api']['ask']>) => it.api.ask(...args)
const fire = async (key: string, name = 'n') =>
  (await it.post(`/hooks/json/${encodeURIComponent(key)}`, { title: name, dedup_key: name })).status
const opens = async (key: string) => (await fire(key)) < 300

test('a rotation overlaps: the old key works for the time that was chosen, shows its last use, and then opens nothing', async () => {
  const source = await it.addSource({ name: 'rotated', kind: 'json' })
  await it.heard()
  expect(await opens(source.key)).toBe(true)
  const rotated = await ask(own, 'POST', `/sources/${source.id}/rotate`, { overlap_hours: 0.0008 })
  expect(rotated.body).toMatchObject({ key: expect.stringMatching(/^[0-9a-f]{32}$/), ending: [{ in_use: true }] })
  await it.heard()
  expect([await opens(source.key), await opens(rotated.body.key)]).toEqual([true, true])
  await it.settled()
  const { keys, notices } = await it.detail(source.id)
  expect(keys.map((key: { last_used_at: string | null }) => key.last_used_at !== null)).toEqual([true, true])
  expect(notices.map((notice: { code: string }) => notice.code)).toContain('key-ending')
  await waitFor('the old key to end', async () => !(await opens(source.key)), { timeoutMs: 10_000 })
  expect(await opens(rotated.body.key)).toBe(true)
  const listed = (await ask(own, 'GET', '/sources')).body.items.find((item: { id: string }) => item.id === source.id)
  expect(listed.key_prefix).toBe(rotated.body.key.slice(0, 6))
})

test.each(['R0UT1NGK3Y0123456789abcdefABCDEF', '0d9c84f6-1a2b-4c3d-8e9f-0123456789ab', 'short-8x', 'odd+/=~!@#key%20'])(
  'a key of another system is taken over as it is: %s',
  async (key) => {
    const source = await it.addSource({ name: `takes ${key}` })
    const taken = await ask(own, 'POST', `/sources/${source.id}/keys`, { key, label: 'of before' })
    expect(taken).toMatchObject({ status: 201, body: { origin: 'taken', key: null, label: 'of before' } })
    expect(key.startsWith(taken.body.prefix)).toBe(true)
    expect(taken.body.prefix.length).toBeLessThanOrEqual(key.length / 4)
    await it.heard()
    expect([await opens(key), await opens(source.key)]).toEqual([true, true])
    const pagerduty = await it.post('/v2/enqueue', {
      routing_key: key,
      event_action: 'trigger',
      payload: { summary: 's', source: 'h', severity: 'error' },
    })
    expect(pagerduty.status).toBe(202)
    const opsgenie = await it.post('/v2/alerts', { message: 'm' }, { authorization: `GenieKey ${key}` })
    expect(opsgenie.status).toBe(202)
    await it.settled()
    const bodies = await it.rows<{ text: string }>(
      `select encode(body, 'escape') || headers::text || path as text from receipt where source_id = $1`,
      [source.id],
    )
    expect(bodies.some(({ text }) => text.includes(key))).toBe(false)
  },
)

test('a rotation leaves keys that were taken over; naming one ends it', async () => {
  const source = await it.addSource({ name: 'mixed' })
  const taken = (await ask(own, 'POST', `/sources/${source.id}/keys`, { key: 'pagerduty-key-of-before' })).body
  const rotated = await ask(own, 'POST', `/sources/${source.id}/rotate`, { overlap_hours: 0 })
  expect(rotated.body.ending).toHaveLength(1)
  await it.heard()
  expect([await opens(source.key), await opens('pagerduty-key-of-before'), await opens(rotated.body.key)]).toEqual([false, true, true])
  await ask(own, 'POST', `/sources/${source.id}/rotate`, { overlap_hours: 0, key_id: taken.id })
  await it.heard()
  expect(await opens('pagerduty-key-of-before')).toBe(false)
})

test('one key is revoked, the others go on; a revoked source refuses all', async () => {
  const source = await it.addSource({ name: 'ending' })
  const more = (await ask(own, 'POST', `/sources/${source.id}/keys`, {})).body
  await it.heard()
  expect((await ask(own, 'DELETE', `/sources/${source.id}/keys/${more.id}`)).body).toMatchObject({ in_use: false })
  await it.heard()
  expect([await opens(more.key), await opens(source.key)]).toEqual([false, true])
  expect((await ask(own, 'DELETE', `/sources/${source.id}`)).body).toMatchObject({ health: 'revoked' })
  await it.heard()
  expect(await opens(source.key)).toBe(false)
  const again = await ask(own, 'POST', `/sources/${source.id}/keys`, { key: source.key })
  expect(again).toMatchObject({ status: 409, body: { code: 'already-exists' } })
})

test('keys have bounds, and two sources never share one', async () => {
  const [one, other] = [await it.addSource({ name: 'one' }), await it.addSource({ name: 'other' })]
  for (const key of ['short', 'has space', 'ümläut-key', 'x'.repeat(257), `nul\u0000nul-nul`]) {
    expect(await ask(own, 'POST', `/sources/${one.id}/keys`, { key }), key).toMatchObject({ status: 400 })
  }
  await ask(own, 'POST', `/sources/${one.id}/keys`, { key: 'shared-by-nobody' })
  expect(await ask(own, 'POST', `/sources/${other.id}/keys`, { key: 'shared-by-nobody' })).toMatchObject({ status: 409 })
  for (let made = 2; made < 50; made += 1) expect((await ask(own, 'POST', `/sources/${one.id}/keys`, {})).status).toBe(201)
  expect(await ask(own, 'POST', `/sources/${one.id}/keys`, {})).toMatchObject({ status: 400 })
})

test('a key is shown once: a repeat of the request shows it no second time', async () => {
  const source = await it.addSource({ name: 'once' })
  const headers = { 'idempotency-key': 'k-1' }
  expect((await ask(own, 'POST', `/sources/${source.id}/rotate`, {}, headers)).status).toBe(200)
  expect(await ask(own, 'POST', `/sources/${source.id}/rotate`, {}, headers)).toMatchObject({
    status: 409,
    body: { code: 'idempotency-secret-shown' },
  })
  expect((await it.detail(source.id)).keys).toHaveLength(2)
})

test('only those who manage sources change keys; responders see how sources are', async () => {
  const source = await it.addSource({ name: 'watched' })
  expect((await ask(ann, 'GET', `/sources/${source.id}`)).status).toBe(200)
  expect((await ask(cyd, 'GET', `/sources/${source.id}`)).status).toBe(403)
  for (const path of ['keys', 'rotate', 'test']) expect((await ask(ann, 'POST', `/sources/${source.id}/${path}`, {})).status).toBe(403)
  expect((await ask(ann, 'PATCH', `/sources/${source.id}`, { name: 'x' })).status).toBe(403)
  for (const id of ['nonsense', '00000000-0000-7000-8000-000000000000']) expect((await ask(own, 'GET', `/sources/${id}`)).status).toBe(404)
})

test('a source is bound to a kind, and to a team of the playbook', async () => {
  const source = await it.addSource({ name: 'bound', kind: 'json' })
  await it.heard()
  const pagerduty = { routing_key: source.key, event_action: 'trigger', payload: { summary: 's', source: 'h', severity: 'error' } }
  expect((await it.post('/v2/enqueue', pagerduty)).status).toBe(400)
  expect((await ask(own, 'PATCH', `/sources/${source.id}`, { kind: null })).body.kind).toBeNull()
  await it.heard()
  expect((await it.post('/v2/enqueue', pagerduty)).status).toBe(202)
  expect(await ask(own, 'PATCH', `/sources/${source.id}`, { team: 'Nobody' })).toMatchObject({ status: 400 })
  expect(await ask(own, 'PATCH', `/sources/${source.id}`, { kind: 'nothing' })).toMatchObject({ status: 400 })
  expect(await ask(own, 'PATCH', `/sources/${source.id}`, { name: 'watched' })).toMatchObject({ status: 409 })
})

test('what it sent is counted, and its last messages are shown', async () => {
  const source = await it.addSource({ name: 'counted', kind: 'json' })
  expect(await it.detail(source.id)).toMatchObject({ health: 'never', last_seen_at: null, today: { messages: 0 } })
  await it.heard()
  for (const name of ['a', 'b']) await fire(source.key, name)
  await it.post(`/hooks/json/${source.key}`, '{"broken')
  await it.settled()
  expect(await it.detail(source.id)).toMatchObject({
    health: 'troubled',
    last_seen_at: expect.any(String),
    today: { messages: 3, signals: 2, refused: 1, distrusted: 0 },
    faults: [{ kind: 'refused' }],
    last_messages: [{ outcome_kind: 'refused' }, { title: 'b' }, { title: 'a' }],
  })
})

test('the key that the environment gives takes the place of the one it gave before, and of no other', async () => {
  const give = (key: string) => it.ports.database.inTransaction('main', (tx) => ensureSource(tx, { name: 'given', kind: null, key }))
  const { id } = await give('first-key-of-the-environment')
  const another = (await ask(own, 'POST', `/sources/${id}/keys`, {})).body.key
  expect((await give('first-key-of-the-environment')).id).toBe(id)
  expect((await give('second-key-of-the-environment')).id).toBe(id)
  await it.heard()
  expect(await Promise.all(['first-key-of-the-environment', 'second-key-of-the-environment', another].map(opens))).toEqual([
    false,
    true,
    true,
  ])
  await give('first-key-of-the-environment')
  await it.heard()
  expect(await Promise.all(['first-key-of-the-environment', 'second-key-of-the-environment', another].map(opens))).toEqual([
    true,
    false,
    true,
  ])
  const { keys } = await it.detail(id)
  const given = keys.find((key: { label: string; in_use: boolean }) => key.label === 'given at start' && key.in_use)
  await ask(own, 'DELETE', `/sources/${id}/keys/${given.id}`)
  await give('first-key-of-the-environment')
  await it.heard()
  expect(await opens('first-key-of-the-environment'), 'one that somebody revoked stays so').toBe(false)
})
