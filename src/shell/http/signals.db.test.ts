import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { ann, bob, cyd, own } from '../../../test/support/playbook.ts'

let scene: ApiScene
let intake: TestIntake
beforeAll(async () => {
  scene = await openApiScene()
  await seedSource(scene.database.database)
  intake = await startTestIntake(scene.database.database)
})
afterAll(async () => {
  await intake.close()
  await scene.close()
})

const fire = async (summary: string, alarm: string, action = 'trigger') => {
  await intake.post('/v2/enqueue', {
    routing_key: KEY,
    event_action: action,
    dedup_key: summary,
    payload: { summary, source: 'host', severity: 'critical', custom_details: { alertname: alarm } },
  })
  await intake.settled()
}

test('what was received is listed with what became of it and why, and its raw bytes', async () => {
  await fire('Checkout fails', 'Spike')
  await fire('Checkout fails', 'Spike')
  await fire('Nobody knows this', 'Unheard')
  const { items } = (await scene.ask(ann, 'GET', '/signals')).body
  expect(items.map((item: { title: string; outcome_kind: string }) => [item.title, item.outcome_kind])).toEqual([
    ['Nobody knows this', 'opened'],
    ['Checkout fails', 'repeated'],
    ['Checkout fails', 'opened'],
  ])
  const opened = items[2]
  expect(opened.outcome).toMatch(/^Opened incident \d+\./)
  expect((await scene.ask(ann, 'GET', `/incidents/${opened.incident_id}`)).body).toMatchObject({
    severity: 'red',
    type: 'spike',
    source: 'test',
    alerts_firing: 1,
  })
  const raw = (await scene.ask(ann, 'GET', `/signals/${opened.id}/raw`)).body
  expect(JSON.parse(raw.body).payload.summary).toBe('Checkout fails')
  expect(Buffer.from(raw.body_base64, 'base64').toString()).toBe(raw.body)
  expect((await scene.ask(cyd, 'GET', '/signals')).status).toBe(403)
})

test('signals are read on by cursor, and searched', async () => {
  for (let count = 0; count < 7; count += 1) await fire(`Numbered ${count}`, 'Spike')
  const all = (await scene.ask(ann, 'GET', '/signals?limit=200')).body
  expect(all.next).toBeNull()
  const read: unknown[] = []
  let next: string | null = ''
  while (next !== null) {
    const part: { items: unknown[]; next: string | null } = (await scene.ask(ann, 'GET', `/signals?limit=3&cursor=${next}`)).body
    read.push(...part.items)
    next = part.next
  }
  expect(read).toEqual(all.items)
  expect((await scene.ask(ann, 'GET', '/signals?q=numbered%203')).body.items).toHaveLength(1)
  expect((await scene.ask(ann, 'GET', '/signals?cursor=nonsense')).body.errors[0].field).toBe('cursor')
})

test('signals are found by source, by what became of them, by time, and by words of their labels', async () => {
  await scene.database.database
    .query(
      `insert into source (id, name, key_prefix, key_hash) values ('00000000-0000-7000-8000-00000000f0f0', 'another', 'xx', decode('ff', 'hex'))
     on conflict do nothing`,
    )
    .catch(() => scene.database.database.query(`insert into source (id, name) values ('00000000-0000-7000-8000-00000000f0f0', 'another')`))
  await fire('Filtered thing', 'Spike')
  await fire('Filtered thing', 'Spike')
  const titles = async (query: string) =>
    (await scene.ask(ann, 'GET', `/signals?q=filtered&${query}`)).body.items.map((item: { outcome_kind: string }) => item.outcome_kind)
  expect(await titles('')).toEqual(['repeated', expect.stringMatching(/opened|joined/u)])
  expect(await titles('outcome=repeated')).toEqual(['repeated'])
  expect(await titles('outcome=opened,joined,repeated')).toHaveLength(2)
  expect(await titles('outcome=refused')).toEqual([])
  expect(await titles('source=test')).toHaveLength(2)
  expect(await titles('source=another')).toEqual([])
  expect(await titles('source=nobody')).toEqual([])
  const { received_at: at } = (await scene.ask(ann, 'GET', '/signals?q=filtered&limit=1')).body.items[0]
  const later = new Date(Date.parse(at) + 1).toISOString()
  expect(await titles(`from=${at}&until=${later}`)).toEqual(['repeated'])
  expect(await titles(`from=${later}`)).toEqual([])
  expect(await titles(`until=2001-01-01T00:00:00Z`)).toEqual([])
  expect((await scene.ask(ann, 'GET', '/signals?q=spike&limit=1')).body.items).toHaveLength(1)
})

test('a signal names the alert it belongs to, and that alert can be asked for', async () => {
  await fire('Has an alert', 'Spike')
  const [signal] = (await scene.ask(ann, 'GET', '/signals?q=has an alert')).body.items
  const alert = (await scene.ask(ann, 'GET', `/alerts/${signal.alert_id}`)).body
  expect(alert).toMatchObject({ title: 'Has an alert', state: 'firing', hold: null })
  expect((await scene.ask(ann, 'GET', '/alerts/none')).status).toBe(404)
})

test('alerts are found by words, by source, by type and by what holds them', async () => {
  await fire('Quite 100% special', 'Spike')
  const found = (await scene.ask(ann, 'GET', '/alerts?q=100%25 spec')).body.items
  expect(found).toHaveLength(1)
  const titles = async (query: string) =>
    (await scene.ask(ann, 'GET', `/alerts?${query}`)).body.items.map((item: { title: string }) => item.title)
  expect(await titles('q=special&source=test&type=spike')).toEqual(['Quite 100% special'])
  expect(await titles('q=special&source=nobody')).toEqual([])
  expect(await titles('q=special&type=other')).toEqual([])
  expect(await titles('state=held')).toEqual([])
  await scene.database.database.query(
    `insert into alert_hold (alert_id, by_kind, ref_id, reason, held_at, source_kind) values ($1, 'silence', 's1', 'Ann silenced it.', now(), 'pagerduty')`,
    [found[0].id],
  )
  expect(await titles('state=held')).toEqual(['Quite 100% special'])
  const [held] = (await scene.ask(ann, 'GET', '/alerts?state=firing&q=special')).body.items
  expect(held.hold).toMatchObject({ by: 'silence', ref_id: 's1', reason: 'Ann silenced it.', until: null })
})

test('a signal is replayed into a dry run: by the playbook of now, and nothing is written', async () => {
  await fire('Replay me', 'Spike')
  const [signal] = (await scene.ask(ann, 'GET', '/signals?q=replay me')).body.items
  const count = async () =>
    (await scene.database.database.query('select (select count(*) from event) as e, (select count(*) from effect) as f')).rows
  const before = await count()
  const { status, body } = await scene.ask(ann, 'POST', `/signals/${signal.id}/replay`)
  expect(status).toBe(200)
  expect(body.items[0]).toMatchObject({ verdict: 'type', type: { id: 'spike' }, joins: { id: signal.incident_id } })
  expect(await count()).toEqual(before)
  expect((await scene.ask(cyd, 'POST', `/signals/${signal.id}/replay`)).status).toBe(403)
  expect((await scene.ask(ann, 'POST', '/signals/1-999/replay')).status).toBe(404)
})

test('alerts are listed with their state, by incident too, and read on by cursor', async () => {
  await fire('Ends soon', 'Spike')
  await fire('Ends soon', 'Spike', 'resolve')
  const all = (await scene.ask(ann, 'GET', '/alerts?limit=200')).body.items
  const ended = all.find((alert: { dedup_key: string }) => alert.dedup_key === 'Ends soon')
  expect(ended).toMatchObject({ state: 'resolved', title: 'Ends soon', alarm: 'Spike', source: 'test', resolved_at: expect.any(String) })
  expect((await scene.ask(ann, 'GET', '/alerts?state=resolved')).body.items).toEqual([ended])
  const firing = (await scene.ask(ann, 'GET', '/alerts?state=firing&limit=200')).body.items
  expect(firing).toHaveLength(all.length - 1)
  const twice = all.find((alert: { dedup_key: string }) => alert.dedup_key === 'Checkout fails')
  expect(twice.count).toBe(2)
  const beneath = (await scene.ask(ann, 'GET', `/incidents/${twice.incident_id}/alerts?limit=200`)).body.items
  expect(beneath.map((alert: { id: string }) => alert.id)).toContain(twice.id)
  expect((await scene.ask(ann, 'GET', `/alerts?incident=${twice.incident_id}&limit=200`)).body.items).toEqual(beneath)
  expect((await scene.ask(ann, 'GET', '/alerts?incident=999999')).body).toEqual({ items: [], next: null })
  const page = (await scene.ask(ann, 'GET', '/alerts?limit=2')).body
  expect((await scene.ask(ann, 'GET', `/alerts?limit=2&cursor=${page.next}`)).body.items[0].id).toBe(all[2].id)
})

test('alerts and signals of a private incident are for its members', async () => {
  await fire('Secret thing', 'Spike')
  const { incident_id: id } = (await scene.ask(ann, 'GET', '/signals?q=Secret')).body.items[0]
  await scene.database.database.query(`update incident set private = true where id = $1`, [id])
  await scene.database.database.query('delete from incident_member where incident_id = $1', [id])
  await scene.database.database.query('insert into incident_member (incident_id, person_id) values ($1, $2)', [id, ann])
  for (const who of [bob, own]) {
    for (const path of ['/signals?limit=200', '/alerts?limit=200', `/alerts?incident=${id}`]) {
      expect(JSON.stringify((await scene.ask(who, 'GET', path)).body)).not.toContain('Secret thing')
    }
  }
  const seen = (await scene.ask(ann, 'GET', '/signals?q=Secret')).body.items
  expect(seen).toHaveLength(1)
  expect((await scene.ask(bob, 'GET', `/signals/${seen[0].id}/raw`)).status).toBe(404)
  expect((await scene.ask(ann, 'GET', `/signals/${seen[0].id}/raw`)).status).toBe(200)
  expect((await scene.ask(ann, 'GET', '/alerts?limit=200')).body.items.map((alert: { title: string }) => alert.title)).toContain(
    'Secret thing',
  )
})

test('who is paged says so by their own console only', async () => {
  const { id } = (await scene.ask(own, 'POST', '/incidents', { title: 'x', severity: 'red' })).body
  const page = (await scene.ask(ann, 'GET', `/incidents/${id}/pages`)).body.items.find(
    (item: { person: { id: string } }) => item.person.id === ann,
  )
  expect((await scene.ask(bob, 'POST', `/pages/${page.id}/seen`)).status).toBe(404)
  await scene.database.database.query(
    `update effect set state = 'delivered', attempts = 1, sent_at = now() where incident_id = $1 and channel = 'console'`,
    [id],
  )
  const seen = (await scene.ask(ann, 'POST', `/pages/${page.id}/seen`)).body
  expect(seen.deliveries.find((delivery: { channel: string }) => delivery.channel === 'console')).toMatchObject({
    state: 'seen',
    seen_at: expect.any(String),
  })
  expect(seen.deliveries.find((delivery: { channel: string }) => delivery.channel === 'email').seen_at).toBeNull()
})
