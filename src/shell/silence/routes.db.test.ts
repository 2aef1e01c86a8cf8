/** The API of silences, windows and snoozes, as people use it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiScene, aud, openApiScene } from '../../../test/support/api.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { ann, cyd, own, testPlaybook } from '../../../test/support/playbook.ts'
import { MINUTE_MS } from '../../core/time.ts'
import { releaseDue } from './release.ts'

let scene: ApiScene
let intake: TestIntake
const playbook = testPlaybook({
  muting: { reasonRequired: ['red'], maxMs: 24 * 60 * MINUTE_MS, never: [], noticeBeforeMs: MINUTE_MS },
  services: [{ name: 'checkout', description: '', team: null, tier: null, labels: [{ name: 'app', values: ['shop'] }], links: [] }],
})
beforeAll(async () => {
  scene = await openApiScene({ playbook })
  await seedSource(scene.database.database)
  intake = await startTestIntake(scene.database.database, { playbook, ports: { database: scene.ports.database } })
})
afterAll(async () => {
  await intake.close()
  await scene.close()
})

const fire = async (alertname: string, labels: Record<string, string> = {}) => {
  const alert = { labels: { alertname, ...labels }, startsAt: '2026-11-24T00:00:00Z', endsAt: '2030-01-01T00:00:00Z' }
  await intake.post('/alertmanager/api/v2/alerts', [alert], { authorization: `Bearer ${KEY}` })
  await intake.settled()
}
const opened = async (alarm: string) =>
  (await intake.rows<{ count: number }>('select count(incident_id)::int as count from alert where alarm = $1', [alarm]))[0]?.count

test('a silence is made from matchers as people write them, listed, extended, and expired', async () => {
  const made = await scene.ask(ann, 'POST', '/silences', {
    match: ['{alertname="Quiet", env=~"stag.*"}'],
    duration_seconds: 3_600,
    reason: 'move',
  })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  expect(made.body).toMatchObject({
    state: 'active',
    text: 'alertname="Quiet", env=~"stag.*"',
    author: { kind: 'person', name: 'Ann' },
    created_by: 'Ann',
    holding: 0,
  })
  await fire('Quiet', { env: 'staging' })
  await fire('Quiet', { env: 'prod' })
  expect(await opened('Quiet')).toBe(1)
  const { items } = (await scene.ask(aud, 'GET', '/silences?state=active')).body
  expect(items).toMatchObject([{ id: made.body.id, holding: 1 }])
  const later = new Date(Date.parse(made.body.ends_at) + MINUTE_MS).toISOString()
  expect((await scene.ask(ann, 'PATCH', `/silences/${made.body.id}`, { ends_at: later })).body).toMatchObject({ ends_at: later })
  const over = await scene.ask(ann, 'DELETE', `/silences/${made.body.id}`)
  expect(over.body).toMatchObject({ state: 'expired', expired_by: { name: 'Ann' } })
  expect((await scene.ask(ann, 'PATCH', `/silences/${made.body.id}`, { reason: 'x' })).body).toMatchObject({ code: 'silence-over' })
  await releaseDue(intake.ports)
  expect(await opened('Quiet')).toBe(2)
  const leaves = await intake.rows<{ act: string }>(
    `select convert_from(leaf, 'UTF8')::jsonb ->> 'act' as act from audit_leaf where convert_from(leaf, 'UTF8')::jsonb ->> 'subject' = $1 order by id`,
    [`silence:${made.body.id}`],
  )
  expect(leaves.map(({ act }) => act)).toEqual(['silence.created', 'silence.changed', 'silence.expired'])
})

test.each([
  [{ match: ['alertname="Spike"'], duration_seconds: 60 }, 422, 'reason-required', 'reason'],
  [{ match: ['alertname=~"("'], duration_seconds: 60, reason: 'x' }, 400, 'invalid-request', 'matchers'],
  [{ match: ['alertname=~".*"'], duration_seconds: 60, reason: 'x' }, 400, 'invalid-request', 'matchers'],
  [{ match: ['alertname'], duration_seconds: 60, reason: 'x' }, 400, 'invalid-request', 'match.0'],
  [{ matchers: [], duration_seconds: 60, reason: 'x' }, 400, 'invalid-request', 'matchers'],
  [{ match: ['a="b"'], ends_at: '2020-01-01T00:00:00Z', reason: 'x' }, 400, 'invalid-request', 'ends_at'],
  [{ match: ['a="b"'], reason: 'x' }, 400, 'invalid-request', 'ends_at'],
])('%j is refused', async (body, status, code, field) => {
  const answer = await scene.ask(ann, 'POST', '/silences', body)
  expect(answer).toMatchObject({ status, body: { code, errors: [{ field }] } })
})

test('who only reads may look, and silence nothing', async () => {
  expect((await scene.ask(cyd, 'POST', '/silences', { match: ['a="b"'], duration_seconds: 60, reason: 'x' })).status).toBe(403)
  expect((await scene.ask(aud, 'GET', '/silences')).status).toBe(200)
  expect((await scene.ask(ann, 'GET', '/silences/nonsense')).status).toBe(404)
})

test('the same request twice makes one silence', async () => {
  const body = { match: ['alertname="Once"'], duration_seconds: 60, reason: 'x' }
  const first = await scene.ask(ann, 'POST', '/silences', body, { 'idempotency-key': 'k1' })
  const second = await scene.ask(ann, 'POST', '/silences', body, { 'idempotency-key': 'k1' })
  expect(second.body.id).toBe(first.body.id)
})

test('a preview shows what would be held and what would not, and why', async () => {
  await fire('Looked', { n: '1' })
  await fire('Looked', { n: '2' })
  const { body } = await scene.ask(ann, 'POST', '/silences/preview', { match: ['alertname="Looked"', 'n="1"'] })
  expect(body).toMatchObject({
    current_total: 1,
    current: [
      { alarm: 'Looked', severity: 'amber', would_hold: false, why: expect.stringMatching(/^Incident \d+ is open and stays open\.$/) },
    ],
    open_incidents: [{ severity: 'amber' }],
    reason_required: false,
    cut: false,
  })
  const red = await scene.ask(ann, 'POST', '/silences/preview', { match: ['alertname="Spike"'] })
  expect(red.body).toMatchObject({ reason_required: true, warnings: ['It holds no alert of red without a reason.'] })
})

test('an explanation says what holds a signal at that instant, and what does not and why', async () => {
  const made = await scene.ask(ann, 'POST', '/silences', {
    match: ['alertname=~"Asked|Spike"', 'env="dev"'],
    duration_seconds: 60,
    reason: 'dev',
  })
  const at = async (query: string) => (await scene.ask(ann, 'GET', `/explain?source=test&label=env%3Ddev&${query}`)).body.items[0]
  expect(await at('alarm=Asked')).toMatchObject({
    verdict: 'triage',
    hold: { by: 'silence', ref_id: made.body.id, reason: expect.stringMatching(/^A silence of Ann holds it until .*: dev$/) },
  })
  expect((await at('alarm=Other')).hold).toBeNull()
  const later = new Date(Date.parse(made.body.ends_at)).toISOString()
  expect((await at(`alarm=Asked&at=${later}`)).hold).toBeNull()
  await intake.rows(`update silence set reason = '' where id = $1`, [made.body.id])
  expect(await at('alarm=Spike')).toMatchObject({
    hold: null,
    hold_passed: [expect.stringContaining('mutes nothing at red without a reason')],
  })
  await scene.ask(ann, 'DELETE', `/silences/${made.body.id}`)
})

test('a maintenance window holds what it is about while it runs', async () => {
  const body = {
    title: 'Move of the shop',
    reason: 'planned',
    zone: 'UTC',
    schedule: { kind: 'weekly', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], at: '00:00', minutes: 24 * 60 },
    services: ['checkout'],
  }
  const made = await scene.ask(ann, 'POST', '/maintenance', body)
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  expect(made.body).toMatchObject({ state: 'active', schedule_text: 'every day at 00:00 for 1 d (UTC)', text: 'service checkout' })
  expect(made.body.next).toHaveLength(3)
  await fire('Shop', { app: 'shop' })
  await fire('Shop', { app: 'other' })
  expect(await opened('Shop')).toBe(1)
  expect((await scene.ask(ann, 'GET', '/maintenance')).body.items).toMatchObject([{ id: made.body.id, holding: 1 }])
  const moved = await scene.ask(ann, 'PATCH', `/maintenance/${made.body.id}`, { services: [], match: ['app="third"'] })
  expect(moved.body).toMatchObject({ text: 'app="third"' })
  await releaseDue(intake.ports)
  expect(await opened('Shop')).toBe(2)
  expect((await scene.ask(ann, 'DELETE', `/maintenance/${made.body.id}`)).body).toMatchObject({ state: 'expired' })
})

test.each([
  [{ services: [] }, 400, 'matchers'],
  [{ services: ['none'] }, 400, 'services'],
  [{ types: ['none'] }, 400, 'types'],
  [{ zone: 'Mars/Olympus' }, 400, 'zone'],
  [{ schedule: { kind: 'once', from: '2026-02-30T00:00', to: '2026-03-01T00:00' } }, 400, 'schedule'],
  [{ types: ['spike'], services: [], reason: '' }, 422, 'reason'],
])('a window with %j is refused', async (over, status, field) => {
  const schedule = { kind: 'once', from: '2030-01-01T00:00', to: '2030-01-01T01:00' }
  const answer = await scene.ask(ann, 'POST', '/maintenance', { title: 'W', reason: 'r', schedule, services: ['checkout'], ...over })
  expect(answer).toMatchObject({ status, body: { errors: [{ field }] } })
})

test('a snoozed alert opens nothing until it is woken; then what fires pages', async () => {
  await scene.ask(ann, 'POST', '/silences', { match: ['alertname="Nap"'], duration_seconds: 2, reason: 'x' })
  await fire('Nap')
  const [alert] = await intake.rows<{ id: string }>(`select id from alert where alarm = 'Nap'`)
  const snoozed = await scene.ask(ann, 'POST', `/alerts/${alert?.id ?? ''}/snooze`, { duration_seconds: 3_600, reason: 'known' })
  expect(snoozed.status, JSON.stringify(snoozed.body)).toBe(201)
  await intake.rows(`update silence set ends_at = now() where matchers::text like '%Nap%'`)
  await intake.rows(`update alert_hold set due_at = now() - interval '1 second' where alert_id = '${alert?.id ?? ''}'`)
  await intake.rows('update mute_version set version = version + 1')
  await new Promise((resolve) => setTimeout(resolve, 600))
  await releaseDue(intake.ports)
  expect(await opened('Nap')).toBe(0)
  expect(await intake.rows(`select by_kind from alert_hold where alert_id = '${alert?.id ?? ''}'`)).toEqual([{ by_kind: 'snooze' }])
  expect((await scene.ask(ann, 'DELETE', `/alerts/${alert?.id ?? ''}/snooze`)).status).toBe(200)
  expect((await scene.ask(ann, 'DELETE', `/alerts/${alert?.id ?? ''}/snooze`)).status).toBe(404)
  await releaseDue(intake.ports)
  expect(await opened('Nap')).toBe(1)
})

test('an alert whose incident a person has resolved is heard again when its snooze is over and it fires still', async () => {
  await fire('Again')
  const [alert] = await intake.rows<{ id: string; incident_id: string }>(`select id, incident_id from alert where alarm = 'Again'`)
  const snoozed = await scene.ask(ann, 'POST', `/alerts/${alert?.id ?? ''}/snooze`, { duration_seconds: 3_600 })
  expect(snoozed.body.warnings).toEqual([expect.stringMatching(/^Incident \d+ is open and goes on paging/)])
  await scene.ask(ann, 'POST', `/incidents/${alert?.incident_id ?? ''}/resolve`, { reason: 'enough' })
  await fire('Again')
  await scene.ask(ann, 'DELETE', `/alerts/${alert?.id ?? ''}/snooze`)
  await releaseDue(intake.ports)
  const [after] = await intake.rows<{ incident_id: string; open: boolean }>(
    `select a.incident_id, i.open from alert a join incident i on i.id = a.incident_id where a.alarm = 'Again'`,
  )
  expect(after).toMatchObject({ open: true })
  expect(after?.incident_id).not.toBe(alert?.incident_id)
})

test('a signal that was received says at its replay what would hold it now, and by whom', async () => {
  await fire('Replayed', { env: 'dev' })
  const [signal] = (await scene.ask(ann, 'GET', '/signals?q=Replayed')).body.items
  const replay = async () => (await scene.ask(ann, 'POST', `/signals/${signal.id}/replay`)).body.items[0]
  expect(await replay()).toMatchObject({ hold: null })
  const silence = await scene.ask(ann, 'POST', '/silences', { match: ['alertname="Replayed"'], duration_seconds: 60, reason: 'r' })
  expect(await replay()).toMatchObject({
    verdict: 'triage',
    hold: { by: 'silence', ref_id: silence.body.id, reason: expect.stringMatching(/^A silence of Ann holds it until .*: r$/) },
  })
  await scene.ask(ann, 'DELETE', `/silences/${silence.body.id}`)
  const from = new Date(Date.now() - 60_000).toISOString().slice(0, 16)
  const to = new Date(Date.now() + 3_600_000).toISOString().slice(0, 16)
  const schedule = { kind: 'once', from, to }
  const window = await scene.ask(ann, 'POST', '/maintenance', { title: 'Move', reason: 'r', zone: 'UTC', schedule, sources: ['test'] })
  expect(await replay()).toMatchObject({
    hold: { by: 'maintenance', ref_id: window.body.id, reason: expect.stringContaining('The maintenance "Move" holds it until') },
  })
  await scene.ask(ann, 'DELETE', `/maintenance/${window.body.id}`)
  const [source] = (await scene.ask(own, 'GET', '/sources')).body.items.filter(({ name }: { name: string }) => name === 'test')
  await scene.ask(own, 'PATCH', `/sources/${source.id}`, { observe: true })
  expect(await replay()).toMatchObject({ hold: { by: 'observe', ref_id: source.id, reason: expect.stringContaining('only observed') } })
  await scene.ask(own, 'PATCH', `/sources/${source.id}`, { observe: false })
  expect(await replay()).toMatchObject({ hold: null })
})
