/** Heartbeats under a clock that the test moves: silence pages by the playbook, a ping ends it, our own absence is no silence. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { soon } from '../../../test/support/outbox-scene.ts'
import { ann, cyd, own, testPlaybook } from '../../../test/support/playbook.ts'
import { HEARTBEAT_ALARM } from '../../core/heartbeat/alarm.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/time.ts'
import type { Ports } from '../ports.ts'
import { heartbeatHookRoutes } from './hook-routes.ts'
import { refreshPingAlarms } from './pings.ts'
import { type HeartbeatWatcher, startHeartbeats } from './watcher.ts'

const clockFile = join(mkdtempSync(join(tmpdir(), 'tocsin-heartbeat-')), 'offset')
let base: TestDatabase
let scene: ApiScene
let it: TestIntake
let hooks: FastifyInstance
let playbook: Playbook
let watchers: HeartbeatWatcher[] = []
let now = Date.UTC(2026, 10, 24, 10)

beforeAll(async () => {
  playbook = detecting()
  goTo(now)
  base = await openTestDatabase({ testClockFile: clockFile })
  await seedSource(base.database)
  const playbooks = { current: () => playbook, load: async () => playbook }
  it = await startTestIntake(base.database, { playbook, ports: { playbooks } })
  scene = await openApiScene({ opened: base, ports: { ...it.ports, playbooks } })
  hooks = Fastify()
  await hooks.register(heartbeatHookRoutes(it.ports))
})
afterAll(async () => {
  await it.close()
  await hooks.close()
  await scene.close()
})
beforeEach(() => {
  playbook = detecting()
})
afterEach(async () => {
  await Promise.all(watchers.map((watcher) => watcher.stop()))
  watchers = []
  await base.database.query(`update lease set until = clock_timestamp() where name = 'heartbeats'`)
  await base.database.query('delete from heartbeat')
  await base.database.query('update heartbeat_watch set seen_at = clock_timestamp()')
  await base.database.query('update alert set resolved_at = now() where resolved_at is null')
  await base.database.query(`update incident set open = false, state = jsonb_set(state, '{phase}', '"closed"') where open`)
})

/** An incident type for heartbeats that stopped, told apart by the heartbeat. */
function detecting(over: Partial<Playbook> = {}): Playbook {
  const plain = testPlaybook()
  const [spike] = plain.incidentTypes
  if (spike === undefined) throw new Error('no type')
  const silence = {
    ...spike,
    id: 'silence',
    title: 'Silence',
    groupBy: ['heartbeat'],
    detection: [{ alarm: HEARTBEAT_ALARM, sources: [], when: null, threshold: null }],
  }
  return { ...plain, incidentTypes: [...plain.incidentTypes, silence], ...over }
}

function goTo(at: number): void {
  now = at
  writeFileSync(clockFile, String(at - Date.now()))
}
async function watch(over: Partial<Ports> = {}): Promise<HeartbeatWatcher> {
  const watcher = await startHeartbeats(
    { ...it.ports, ...over },
    { raise: (signal) => it.intake.submit(signal, 'Tocsin') },
    { everyMs: 25 },
  )
  watchers.push(watcher)
  return watcher
}
const declare = async (body: object) => {
  const answer = await scene.ask(own, 'POST', '/heartbeats', { name: 'backup', interval_seconds: 300, grace_seconds: 60, ...body })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const read = async (name = 'backup') => (await scene.ask(own, 'GET', `/heartbeats/${name}`)).body
const ping = (name = 'backup', key = KEY, method: 'GET' | 'POST' = 'POST') =>
  hooks.inject({ method, url: `/hooks/heartbeat/${key}/${name}` })
type Opened = { title: string; severity: string; group_key: string; incident_type: string | null; alerts_firing: number }
const incidents = () =>
  it.rows<Opened>('select title, severity, group_key, incident_type, alerts_firing from incident where open order by number')
const settle = () => new Promise((resolve) => setTimeout(resolve, 250))

test('silence after a ping opens an incident of the type that names the alarm, and the next ping ends the alert', async () => {
  await declare({ labels: { team: 'data' } })
  expect((await ping()).json()).toEqual({ status: 'ok', heartbeat: 'backup', state: 'alive' })
  await watch()
  goTo(now + 5 * MINUTE_MS + 59 * SECOND_MS)
  await settle()
  expect(await incidents()).toEqual([])
  expect(await read()).toMatchObject({ state: 'alive', pings: 1, excused_until: null })
  goTo(now + 2 * SECOND_MS)
  await soon('the incident', async () => (await incidents()).length === 1)
  expect(await incidents()).toMatchObject([{ title: 'Silence: Heartbeat backup has stopped', severity: 'red', incident_type: 'silence' }])
  expect(await read()).toMatchObject({ state: 'late' })
  const [alert] = await it.rows<{ alarm: string; labels: object }>('select alarm, labels from alert where resolved_at is null')
  expect(alert).toEqual({ alarm: HEARTBEAT_ALARM, labels: { alertname: HEARTBEAT_ALARM, heartbeat: 'backup', team: 'data' } })
  await settle()
  expect(await it.rows('select 1 from receipt where door = $1', ['tocsin'])).toHaveLength(1)

  expect((await ping('backup', KEY, 'GET')).statusCode).toBe(200)
  await soon('the end', async () => (await incidents())[0]?.alerts_firing === 0)
  expect(await read()).toMatchObject({ state: 'alive', pings: 2, late_since: null })
})

test('while it waits for its first ping, and while it is paused, nothing is missed; a resume counts from now', async () => {
  await declare({})
  await watch()
  goTo(now + 24 * HOUR_MS)
  await settle()
  expect([(await read()).state, await incidents()]).toEqual(['waiting', []])
  await ping()
  await scene.ask(own, 'PATCH', '/heartbeats/backup', { paused: true })
  goTo(now + 24 * HOUR_MS)
  await settle()
  expect([(await read()).state, await incidents()]).toEqual(['paused', []])
  await scene.ask(own, 'PATCH', '/heartbeats/backup', { paused: false })
  await settle()
  expect([(await read()).state, await incidents()]).toEqual(['alive', []])
})

test('pausing and removing a heartbeat that is late end its alarm', async () => {
  await declare({})
  await declare({ name: 'other' })
  await ping()
  await ping('other')
  await watch()
  goTo(now + HOUR_MS)
  await soon('two incidents', async () => (await incidents()).length === 2)
  await scene.ask(own, 'PATCH', '/heartbeats/backup', { paused: true })
  expect((await scene.ask(own, 'DELETE', '/heartbeats/other')).status).toBe(204)
  await soon('both to end', async () => (await incidents()).every((incident) => incident.alerts_firing === 0))
  await soon('it to be forgotten', async () => (await it.rows('select 1 from heartbeat')).length === 1)
  expect((await scene.ask(own, 'GET', '/heartbeats/other')).status).toBe(404)
})

test('a downtime of ours pages for nothing that may have been lost in it, and says so', async () => {
  await declare({})
  await declare({ name: 'other' })
  await ping()
  await ping('other')
  // Nobody has looked for ten minutes of real time; in the domain's time both are overdue.
  await base.database.query(`insert into heartbeat_watch (seen_at) values (now()) on conflict (one) do nothing`)
  await base.database.query(`update heartbeat_watch set seen_at = clock_timestamp() - interval '10 min'`)
  goTo(now + 10 * MINUTE_MS)
  await watch()
  await settle()
  expect(await incidents()).toEqual([])
  expect((await read()).excused_until).toMatch(/^2026/)
  await ping('other')
  goTo(now + 6 * MINUTE_MS - 5 * SECOND_MS)
  await settle()
  expect(await incidents()).toEqual([])
  await ping('other')
  goTo(now + 10 * SECOND_MS)
  await soon('the one that is silent', async () => (await incidents()).length === 1)
  expect((await incidents())[0]?.title).toContain('backup')
})

test('a restart of seconds is a downtime too for what is expected every few seconds', async () => {
  await declare({ name: 'quick', interval_seconds: 10, grace_seconds: 0 })
  await ping('quick')
  await base.database.query(`insert into heartbeat_watch (seen_at) values (now()) on conflict (one) do nothing`)
  await base.database.query(`update heartbeat_watch set seen_at = clock_timestamp() - interval '8 s'`)
  goTo(now + 12 * SECOND_MS)
  await watch()
  await settle()
  expect(await incidents()).toEqual([])
  goTo(now + 11 * SECOND_MS)
  await soon('the silence after it', async () => (await incidents())[0]?.title.includes('quick') === true)
})

test('several servers raise it once', async () => {
  await declare({})
  await ping()
  await watch()
  await watch({ serverId: it.ports.freshId() })
  await watch({ serverId: it.ports.freshId() })
  const before = (await it.rows('select 1 from receipt')).length
  goTo(now + HOUR_MS)
  await soon('the incident', async () => (await incidents()).length === 1)
  await settle()
  expect((await it.rows('select 1 from receipt')).length).toBe(before + 1)
})

test('an alert that always fires is a ping: it opens nothing, and its silence pages', async () => {
  await declare({ name: 'prometheus-eu', alarm: 'Watchdog', labels: { cluster: 'eu' } })
  await watch()
  await refreshPingAlarms(it.ports)
  const send = async (cluster: string) => {
    await settle()
    await settle()
    await settle()
    return it.post(`/hooks/json/${KEY}`, { title: 'Watchdog', alarm: 'Watchdog', labels: { cluster } })
  }
  await send('eu')
  await it.settled()
  expect(await incidents()).toEqual([])
  expect(await read('prometheus-eu')).toMatchObject({ state: 'alive', pings: 1 })
  goTo(now + 4 * MINUTE_MS)
  await send('eu')
  await it.settled()
  expect(await read('prometheus-eu')).toMatchObject({ state: 'alive', pings: 2 })
  goTo(now + 7 * MINUTE_MS)
  await soon('the incident', async () => (await incidents()).length === 1)
  expect((await incidents())[0]?.title).toContain('prometheus-eu')
  // Another cluster's is nobody's ping: people are told of it.
  await send('us')
  await it.settled()
  expect((await incidents()).map((incident) => incident.group_key.split(':')[0])).toEqual(['type', 'triage'])
})

test('heartbeats of the playbook are made, changed and removed with it, and the API leaves them to the file', async () => {
  const row = { name: 'prometheus', description: '', intervalMs: 5 * MINUTE_MS, graceMs: MINUTE_MS, alarm: 'Watchdog', labels: {} }
  playbook = detecting({ heartbeats: [row], digest: 'h1' as Playbook['digest'] })
  const watcher = await watch()
  await soon('it to be made', async () => (await read('prometheus')).id !== undefined)
  const made = await read('prometheus')
  expect(made).toMatchObject({ origin: 'playbook', alarm: 'Watchdog', interval_seconds: 300 })
  expect((await scene.ask(own, 'PATCH', '/heartbeats/prometheus', { interval_seconds: 60 })).status).toBe(409)
  expect((await scene.ask(own, 'DELETE', '/heartbeats/prometheus')).status).toBe(409)
  expect((await scene.ask(own, 'PATCH', '/heartbeats/prometheus', { paused: true })).body.state).toBe('paused')
  playbook = detecting({ heartbeats: [{ ...row, intervalMs: MINUTE_MS }], digest: 'h2' as Playbook['digest'] })
  watcher.look()
  await soon('the change', async () => (await read('prometheus')).interval_seconds === 60)
  expect(await read('prometheus')).toMatchObject({ id: made.id, state: 'paused' })
  playbook = detecting({ digest: 'h3' as Playbook['digest'] })
  watcher.look()
  await soon('the removal', async () => (await scene.ask(own, 'GET', '/heartbeats/prometheus')).status === 404)
})

test('a ping needs a key that opens the doors, and a heartbeat of that name', async () => {
  await declare({})
  expect((await ping('backup', 'nonsense')).statusCode).toBe(401)
  expect((await ping('nobody')).statusCode).toBe(404)
  expect((await ping('backup%00')).statusCode).toBe(404)
  await seedSource(base.database, { name: 'bound', kind: 'sentry', key: 'b'.repeat(32) })
  await soon('the key', async () => (await ping('backup', 'b'.repeat(32))).statusCode === 401)
  const posted = await hooks.inject({
    method: 'POST',
    url: `/hooks/heartbeat/${KEY}/backup`,
    headers: { 'content-type': 'text/plain' },
    payload: 'x',
  })
  expect(posted.statusCode).toBe(200)
  expect((await scene.ask(ann, 'POST', '/heartbeats/backup/ping')).body).toMatchObject({ pings: 2 })
  expect((await scene.ask(cyd, 'POST', '/heartbeats/backup/ping')).status).toBe(403)
  expect((await scene.ask(ann, 'POST', '/heartbeats', { name: 'x', interval_seconds: 60 })).status).toBe(403)
  expect((await scene.ask(own, 'POST', '/heartbeats', { name: 'backup', interval_seconds: 60 })).body.code).toBe('already-exists')
})
