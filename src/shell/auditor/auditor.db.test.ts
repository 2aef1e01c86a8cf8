/** The auditor against sabotage: each kind of lateness is found, repaired where asking again repairs it, and raised once. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fakeChannels, openOutboxScene, type OutboxScene, soon } from '../../../test/support/outbox-scene.ts'
import type { Signal } from '../../core/alert/signal.ts'
import type { IncidentId } from '../../core/id.ts'
import type { Ports } from '../ports.ts'
import { pause } from '../outbox/retry.ts'
import { takeLease } from '../server/lease-store.ts'
import { AUDITOR_DEDUP_KEY } from './alarm.ts'
import { type Auditor, startAuditor } from './auditor.ts'
import { examineIncidents } from './examination.ts'

let scene: OutboxScene
let ports: Ports
const running: Auditor[] = []
beforeAll(async () => {
  scene = await openOutboxScene()
})
beforeEach(async () => {
  ports = scene.makeServer()
  await scene.rows(`update incident set open = false, wake_at = null`)
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((auditor) => auditor.stop()))
  await scene.stopAll()
  await scene.rows('update alert set resolved_at = now() where resolved_at is null')
})
afterAll(() => scene.close())

function watch(raised: Signal[], over: Partial<Ports> = {}): Auditor {
  const raise = (signal: Signal): Promise<void> => Promise.resolve(void raised.push(signal))
  const auditor = startAuditor({ ...ports, ...over }, raise, { everyMs: 150, confirmMs: 20 })
  running.push(auditor)
  return auditor
}

const look = async (): Promise<string[]> =>
  (await examineIncidents(ports, null, performance.now() + 5_000)).findings.map((finding) => finding.kind)
const wakeAt = async (id: IncidentId): Promise<Date | null> =>
  (await scene.rows<{ wake_at: Date | null }>('select wake_at from incident where id = $1', [id]))[0]?.wake_at ?? null

describe('what it finds', () => {
  test('nothing, while every step is on time', async () => {
    await scene.open(ports)
    expect(await look()).toEqual([])
  })

  test('a wake-up that was lost', async () => {
    const id = await scene.open(ports)
    await scene.rows('update incident set wake_at = null where id = $1', [id])
    expect(await look()).toEqual(['no-wake-up'])
  })

  test('a wake-up that was put off', async () => {
    const id = await scene.open(ports)
    await scene.rows(`update incident set wake_at = now() + interval '1 day' where id = $1`, [id])
    expect(await look()).toEqual(['no-wake-up'])
  })

  test('a wake-up that nobody came for, once it is 30 s late', async () => {
    const id = await scene.open(ports)
    await scene.rows(`update incident set wake_at = now() - interval '20 s' where id = $1`, [id])
    expect(await look()).toEqual([])
    await scene.rows(`update incident set wake_at = now() - interval '40 s' where id = $1`, [id])
    expect(await look()).toEqual(['wake-up-overdue'])
  })

  test('a due step that was not carried out', async () => {
    const id = await scene.open(ports)
    await scene.rows(
      `update incident set state = jsonb_set(state, '{duties,0,step}', '-1'), wake_at = now() + interval '10 s' where id = $1`,
      [id],
    )
    expect(await look()).toEqual(['step-due'])
  })

  test('a page for which nothing was to be sent', async () => {
    const id = await scene.open(ports)
    await scene.rows(`update effect set page_keys = '{}' where incident_id = $1`, [id])
    expect(await look()).toEqual(['page-without-effect'])
  })

  test('a message that nobody tries, once it is 30 s late', async () => {
    const id = await scene.open(ports)
    await scene.rows(`update effect set due_at = clock_timestamp() - interval '29 s' where incident_id = $1`, [id])
    expect(await look()).toEqual([])
    await scene.rows(`update effect set due_at = clock_timestamp() - interval '31 s' where incident_id = $1`, [id])
    expect(await look()).toEqual(['effect-waiting', 'effect-waiting'])
  })

  test('a message whose worker is gone for 30 s', async () => {
    const id = await scene.open(ports)
    await scene.rows(
      `update effect set attempts = 1, lease_until = clock_timestamp() - interval '31 s' where incident_id = $1 and channel = 'email'`,
      [id],
    )
    expect(await look()).toEqual(['effect-waiting'])
  })

  test('an incident whose plan throws, and the others all the same', async () => {
    const bad = await scene.open(ports)
    const late = await scene.open(ports)
    await scene.rows(`update incident set state = '{}' where id = $1`, [bad])
    await scene.rows('update incident set wake_at = null where id = $1', [late])
    expect((await look()).sort()).toEqual(['no-wake-up', 'unreadable'])
  })

  test('more incidents than one batch holds', async () => {
    await Promise.all(Array.from({ length: 120 }, () => scene.open(ports)))
    await scene.rows('update incident set wake_at = null where open')
    const found = await examineIncidents(ports, null, performance.now() + 10_000)
    expect([found.looked, found.findings.length]).toEqual([120, 120])
  })
})

describe('what it does', () => {
  test('asks the plan again, says so once by one alert, and clears it when all is well', async () => {
    const raised: Signal[] = []
    const id = await scene.open(ports)
    await scene.rows('update incident set wake_at = null where id = $1', [id])
    const auditor = watch(raised)
    await soon('the repair', async () => (await wakeAt(id)) !== null)
    await soon('the alarm', () => raised.length > 0)
    expect(raised[0]).toMatchObject({
      status: 'firing',
      dedupKey: AUDITOR_DEDUP_KEY,
      value: 1,
      summary: expect.stringContaining('(no-wake-up)'),
    })
    // The intake would have made this row of it.
    await scene.rows(
      `insert into alert (id, source_id, fingerprint, dedup_key, alarm, title, labels, first_at, last_at) values ($1, $1, $1, $2, 'a', 't', '{}', now(), now())`,
      [ports.freshId(), AUDITOR_DEDUP_KEY],
    )
    await soon('the all-clear', () => raised.at(-1)?.status === 'resolved')
    await scene.rows('update alert set resolved_at = now()')
    await pause(50)
    const told = raised.length
    await pause(500)
    expect(raised.length).toBeLessThanOrEqual(told + 1)
    expect(auditor.findings()).toEqual([])
    expect(auditor.healthy()).toBe(true)
    expect(auditor.lastRun()).toBeGreaterThan(Date.now() - 60_000)
  })

  test('pages who was forgotten', async () => {
    const raised: Signal[] = []
    const id = await scene.open(ports)
    await scene.rows(`update effect set page_keys = '{}', state = 'cancelled', key = 'gone/' || key where incident_id = $1`, [id])
    watch(raised)
    await soon('the page', async () => (await scene.effects(id)).filter((effect) => effect.state === 'pending').length === 2)
    const channels = fakeChannels()
    scene.start(ports, channels)
    await scene.settled(id)
    expect(channels.calls.map((call) => call.channel).sort()).toEqual(['console', 'email'])
  })

  test('stays quiet about what was only on its way', async () => {
    const raised: Signal[] = []
    const id = await scene.open(ports)
    await scene.rows(`update incident set wake_at = now() - interval '40 s' where id = $1`, [id])
    const auditor = startAuditor(ports, (signal) => Promise.resolve(void raised.push(signal)), { everyMs: 10_000, confirmMs: 300 })
    running.push(auditor)
    await pause(100)
    await scene.rows(`update incident set wake_at = now() + interval '30 s' where id = $1`, [id])
    await soon('a run', () => auditor.lastRun() !== null)
    expect([raised, auditor.findings()]).toEqual([[], []])
  })

  test('leaves the work to the server that holds the lease, and knows that it is done', async () => {
    const raised: Signal[] = []
    const id = await scene.open(ports)
    await scene.rows('update incident set wake_at = null where id = $1', [id])
    const other = scene.makeServer()
    const lease = await takeLease(other, 'auditor', 60_000)
    expect(lease).not.toBeNull()
    const auditor = watch(raised)
    await soon('a round', () => auditor.lastRun() !== null)
    expect([raised, await wakeAt(id)]).toEqual([[], null])
    expect(auditor.healthy()).toBe(true)
    await scene.rows(`update lease set until = clock_timestamp() where name = 'auditor'`)
    await soon('the other one to take over', async () => (await wakeAt(id)) !== null)
  })

  test('is not healthy when its rounds fail', async () => {
    const broken: Ports = { ...ports, database: { ...ports.database, inTransaction: () => Promise.reject(new Error('away')) } }
    const auditor = startAuditor(broken, () => Promise.resolve(), { everyMs: 20, silentMaxMs: 100 })
    running.push(auditor)
    expect(auditor.healthy()).toBe(true)
    await pause(150)
    expect([auditor.healthy(), auditor.lastRun()]).toEqual([false, null])
  })
})
