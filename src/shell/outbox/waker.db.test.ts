/** Incidents are woken at their time, by one server, and one that cannot be does not keep the others asleep. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openTestDatabase } from '../../../test/support/database.ts'
import { openOutboxScene, type OutboxScene, soon } from '../../../test/support/outbox-scene.ts'
import { MINUTE_MS } from '../../core/time.ts'
import type { Ports } from '../ports.ts'
import { pause } from './retry.ts'
import { startWaker, type Waker } from './waker.ts'

let scene: OutboxScene
const running: Waker[] = []
const wake = (ports: Ports): void => void running.push(startWaker(ports))
beforeAll(async () => {
  scene = await openOutboxScene()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((waker) => waker.stop()))
  await scene.rows('update incident set wake_at = null')
})
afterAll(() => scene.close())

const overdue = (id: string): Promise<unknown> => scene.rows(`update incident set wake_at = now() - interval '1 hour' where id = $1`, [id])
const wakeAt = async (id: string): Promise<Date | null> =>
  (await scene.rows<{ wake_at: Date | null }>('select wake_at from incident where id = $1', [id]))[0]?.wake_at ?? null

test('an incident whose time passed while nobody ran is woken at the start, and sleeps until its next', async () => {
  const ports = scene.makeServer()
  const id = await scene.open(ports)
  await overdue(id)
  wake(ports)
  await soon('a later wake-up', async () => ((await wakeAt(id))?.getTime() ?? 0) > Date.now())
})

test('it is woken at the very time, not at the next poll', async () => {
  const ports = scene.makeServer()
  const id = await scene.open(ports)
  await scene.rows(`update incident set wake_at = now() + interval '150 ms' where id = $1`, [id])
  wake(ports)
  const startedMs = performance.now()
  await soon('a later wake-up', async () => ((await wakeAt(id))?.getTime() ?? 0) > Date.now() + 1_000)
  expect(performance.now() - startedMs).toBeLessThan(900)
})

test('a hint makes it look at once', async () => {
  const ports = scene.makeServer()
  wake(ports)
  await pause(100)
  const id = await scene.open(ports)
  await overdue(id)
  const startedMs = performance.now()
  ports.nudges.send('wake')
  await soon('a later wake-up', async () => ((await wakeAt(id))?.getTime() ?? 0) > Date.now())
  expect(performance.now() - startedMs).toBeLessThan(800)
})

test('several servers wake each incident once', async () => {
  const servers = [scene.makeServer(), scene.makeServer(), scene.makeServer()]
  const ids = await Promise.all(servers.flatMap((ports) => [scene.open(ports), scene.open(ports)]))
  // Past the response time as well: the wake has something to write down.
  await scene.rows(
    `update incident set wake_at = now() - interval '1 s', state = jsonb_set(state, '{responses,0,dueAt}', to_jsonb(1000)) where id = any($1::uuid[])`,
    [ids],
  )
  for (const ports of servers) wake(ports)
  for (const id of ids) await soon('the breach', async () => ((await wakeAt(id))?.getTime() ?? 0) > Date.now())
  const breaches = await scene.rows(
    `select count(*) as breaches from event where type = 'incident.response-breached' and stream_id = any($1::uuid[]) group by stream_id`,
    [ids],
  )
  expect(breaches).toEqual(ids.map(() => ({ breaches: 1 })))
})

test('an incident that throws rests, and does not keep the others asleep', async () => {
  const ports = scene.makeServer()
  const bad = await scene.open(ports)
  const good = await scene.open(ports)
  await scene.rows(`insert into playbook_version (digest, source) values ('broken', '') on conflict do nothing`)
  await scene.rows(`update incident set playbook_digest = 'broken', wake_at = now() - interval '1 hour' where id = $1`, [bad])
  await scene.rows(`update incident set wake_at = now() - interval '1 s' where id = $1`, [good])
  let broken = 0
  const load: Ports['playbooks']['load'] = (tx, digest) => {
    if (digest !== 'broken') return ports.playbooks.load(tx, digest)
    broken += 1
    throw new Error('a broken rule')
  }
  wake({ ...ports, playbooks: { current: ports.playbooks.current, load } })
  await soon('the good one to be woken', async () => ((await wakeAt(good))?.getTime() ?? 0) > Date.now())
  await pause(1_500)
  expect(broken).toBeGreaterThan(0)
  expect(broken).toBeLessThanOrEqual(3)
})

test('a moved clock wakes what is due by it', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'tocsin-clock-')), 'offset')
  writeFileSync(file, '0')
  const opened = await openTestDatabase({ testClockFile: file })
  try {
    await opened.database.query(`insert into playbook_version (digest, source) values ('d1', '')`)
    const ports: Ports = { ...scene.makeServer(), database: opened.database }
    const id = await scene.open(ports)
    wake(ports)
    writeFileSync(file, String(20 * MINUTE_MS))
    await soon('the breach', async () => {
      const { rows } = await opened.database.query(`select from event where stream_id = $1 and type = 'incident.response-breached'`, [id])
      return rows.length > 0
    })
    await running.pop()?.stop()
  } finally {
    await opened.close()
  }
})
