import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { type Answer, KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'

let base: TestDatabase
let it: TestIntake

beforeAll(async () => {
  base = await openTestDatabase()
  await seedSource(base.database)
  it = await startTestIntake(base.database)
})

afterAll(async () => {
  await it.close()
  await base.close()
})

const trigger = (over: Record<string, unknown> = {}, payload: Record<string, unknown> = {}) => ({
  routing_key: KEY,
  event_action: 'trigger',
  dedup_key: 'k1',
  payload: { summary: 'Spike on host', source: 'h', severity: 'critical', custom_details: { alertname: 'Spike' }, ...payload },
  ...over,
})

test('a trigger that a type detects opens its incident at its severity, with its page', async () => {
  const answer = await it.post('/v2/enqueue', trigger())
  expect(answer.status).toBe(202)
  expect(JSON.parse(answer.text)).toEqual({ status: 'success', message: 'Event processed', dedup_key: 'k1' })
  await it.settled()
  expect(await it.rows('select title, severity, incident_type, group_key, alerts_total, alerts_firing from incident')).toEqual([
    { title: 'Spike on host', severity: 'red', incident_type: 'spike', group_key: 'type:spike:', alerts_total: 1, alerts_firing: 1 },
  ])
  expect(await it.rows('select dedup_key, alarm, count, resolved_at from alert')).toEqual([
    { dedup_key: 'k1', alarm: 'Spike', count: 1, resolved_at: null },
  ])
  expect((await it.rows('select key from effect')).length).toBeGreaterThan(0)
})

test('repeats count on the alert and change nothing else', async () => {
  const [before] = await it.rows('select version from incident')
  for (let round = 0; round < 3; round += 1) await it.post('/v2/enqueue', trigger())
  await it.settled()
  expect(await it.rows('select count from alert')).toEqual([{ count: 4 }])
  expect((await it.rows('select version from incident'))[0]).toEqual(before)
})

test('the end of the alert leaves the incident green, and an acknowledgement at the source acknowledges it', async () => {
  await it.post('/v2/enqueue', { routing_key: KEY, event_action: 'acknowledge', dedup_key: 'k1' })
  await it.post('/v2/enqueue', { routing_key: KEY, event_action: 'resolve', dedup_key: 'k1' })
  await it.settled()
  const [incident] = await it.rows<{ acknowledged_at: Date | null; alerts_firing: number }>(
    'select acknowledged_at, alerts_firing from incident',
  )
  expect(incident?.alerts_firing).toBe(0)
  expect(incident?.acknowledged_at).not.toBeNull()
  const events = await it.rows<{ type: string }>('select type from event order by version')
  expect(events.map((event) => event.type)).toEqual(expect.arrayContaining(['incident.acknowledged', 'incident.turned-green']))
})

test('signals that no rule matches fold into one open triage incident of their source', async () => {
  const fixture = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../integrations/alertmanager/fixtures/captured.webhook-v4.firing.json'), 'utf8'),
  )
  expect((await it.post(`/hooks/alertmanager/${KEY}`, fixture.body)).status).toBe(200)
  expect((await it.post('/v2/enqueue', trigger({ dedup_key: 'other' }, { custom_details: {}, summary: 'Something else' }))).status).toBe(
    202,
  )
  await it.settled()
  const rows = await it.rows<{ group_key: string; severity: string; alerts_total: number }>(
    "select group_key, severity, alerts_total from incident where group_key like 'triage:%'",
  )
  expect(rows).toEqual([{ group_key: expect.stringMatching(/^triage:/), severity: 'amber', alerts_total: 3 }])
})

test('an unknown key is refused as the vendor would, and nothing is kept', async () => {
  const [before] = await it.rows('select count(*) from receipt')
  const unknown = 'f'.repeat(32)
  const answer = await it.post('/v2/enqueue', trigger({ routing_key: unknown }))
  expect([answer.status, JSON.parse(answer.text)]).toEqual([
    400,
    { status: 'invalid event', message: 'Event object is invalid', errors: ['Invalid routing key'] },
  ])
  expect((await it.post(`/hooks/alertmanager/${unknown}`, {})).status).toBe(401)
  expect((await it.post('/alertmanager/api/v2/alerts', [], { authorization: `Bearer ${unknown}` })).status).toBe(401)
  expect((await it.rows('select count(*) from receipt'))[0]).toEqual(before)
})

test('no key stands in what is kept', async () => {
  const receipts = await it.rows<{ path: string; headers: unknown }>('select path, headers from receipt')
  expect(receipts.length).toBeGreaterThan(3)
  expect(JSON.stringify(receipts)).not.toContain(KEY)
})

describe('while a storm of one source waits to be applied', () => {
  const STORM = 11_000
  const OTHER_KEY = '0123456789abcdef0123456789abcdef'
  const alertsOf = (run: string, count: number) =>
    Array.from({ length: count }, (_, place) => ({ labels: { alertname: 'Storm', instance: `${run}-${place}` } }))
  const pour = (run: string, count: number) =>
    it.post('/alertmanager/api/v2/alerts', alertsOf(run, count), { authorization: `Bearer ${KEY}` })
  const quickly = (answer: Promise<Answer>) => Promise.race([answer.then(({ status }) => status), sleep(1_000).then(() => 'late')])

  test('its senders wait for their turn, and those of others are answered at once', async () => {
    await seedSource(base.database, { name: 'other', key: OTHER_KEY })
    const held = Promise.withResolvers<void>()
    const locked = Promise.withResolvers<void>()
    const lock = base.database.inTransaction('main', async (tx) => {
      await tx.query('lock table alert in exclusive mode')
      locked.resolve()
      await held.promise
    })
    await locked.promise
    try {
      expect((await pour('in hand', 1)).status).toBe(200)
      expect((await pour('waits', STORM)).status).toBe(200)
      expect(await quickly(pour('is held up', 1))).toBe('late')
      expect(await quickly(it.post('/v2/enqueue', trigger({ routing_key: OTHER_KEY, dedup_key: 'small' })))).toBe(202)
    } finally {
      held.resolve()
      await lock
    }
    await it.settled()
    const [kept] = await it.rows<{ storm: number; small: number }>(
      "select count(*) filter (where alarm = 'Storm')::int as storm, count(*) filter (where dedup_key = 'small')::int as small from alert",
    )
    expect(kept).toEqual({ storm: STORM + 2, small: 1 })
  }, 60_000)
})
