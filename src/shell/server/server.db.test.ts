/** Servers that share a database: leases change hands only when they may, signs of life are judged by the database. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase } from '../../../test/support/database.ts'
import { testPorts } from '../../../test/support/ports.ts'
import { keepHouse } from './housekeeping.ts'
import { makeReceiptDays } from './housekeeping-store.ts'
import { holdsLease, releaseLease, takeLease } from './lease-store.ts'
import { startPresence } from './presence.ts'
import { countLiveServers, listDeadServers } from './server-store.ts'
import type { TestDatabase } from '../../../test/support/database.ts'

let own: TestDatabase
beforeAll(async () => {
  own = await openTestDatabase()
})
afterAll(() => own.close())

const MINUTE_MS = 60_000

test('a lease has one holder, who may renew it without raising the fence', async () => {
  const [one, other] = [testPorts(own.database), testPorts(own.database)]
  const lease = await takeLease(one, 'held', MINUTE_MS)
  expect(await takeLease(other, 'held', MINUTE_MS)).toBeNull()
  expect(await takeLease(one, 'held', MINUTE_MS)).toEqual(lease)
})

test('many servers that ask at once get one lease', async () => {
  const asked = await Promise.all(Array.from({ length: 8 }, () => takeLease(testPorts(own.database), 'raced', MINUTE_MS)))
  expect(asked.filter((lease) => lease !== null)).toHaveLength(1)
})

test('a lease that ran out changes hands, and its old holder is fenced off', async () => {
  const [sleeper, other] = [testPorts(own.database), testPorts(own.database)]
  const old = await takeLease(sleeper, 'slept', 1)
  await own.database.query('select pg_sleep(0.01)')
  const taken = await takeLease(other, 'slept', MINUTE_MS)
  expect(taken?.fence).toBe((old?.fence ?? 0) + 1)
  const held = await own.database.inTransaction('main', async (tx) => [
    old !== null && (await holdsLease(tx, old)),
    taken !== null && (await holdsLease(tx, taken)),
  ])
  expect(held).toEqual([false, true])
  expect(await takeLease(sleeper, 'slept', MINUTE_MS)).toBeNull()
})

test('a holder that takes its own lease back after a gap can tell by the fence', async () => {
  const ports = testPorts(own.database)
  const before = await takeLease(ports, 'gap', 1)
  await own.database.query('select pg_sleep(0.01)')
  const after = await takeLease(ports, 'gap', MINUTE_MS)
  expect(after?.fence).toBe((before?.fence ?? 0) + 1)
})

test('a released lease can be taken at once', async () => {
  const [one, other] = [testPorts(own.database), testPorts(own.database)]
  const lease = await takeLease(one, 'released', MINUTE_MS)
  if (lease !== null) await releaseLease(one, lease)
  expect(await takeLease(other, 'released', MINUTE_MS)).not.toBeNull()
})

test('a server that falls silent is dead after ten seconds, one that said goodbye is not', async () => {
  const [silent, polite] = [testPorts(own.database), testPorts(own.database)]
  await startPresence(polite).then((presence) => presence.stop())
  const presence = await startPresence(silent)
  expect(await countLiveServers(own.database)).toBe(1)
  await own.database.query("update server set seen_at = seen_at - interval '11 seconds'")
  const dead = await own.database.inTransaction('main', listDeadServers)
  expect(dead.map((server) => server.id)).toEqual([silent.serverId])
  await presence.stop()
})

test('a clock that is off by ten minutes is measured and told once', async () => {
  const warnings: unknown[] = []
  const base = testPorts(own.database)
  const log = Object.assign(Object.create(base.log), { warn: (fields: unknown) => warnings.push(fields) })
  const config = { ...base.config, timing: { beatMs: 5 } }
  const presence = await startPresence(testPorts(own.database, { log, config }), () => Date.now() - 600_000)
  expect(presence.skewMs()).toBeGreaterThan(598_000)
  await own.database.query('select pg_sleep(0.1)')
  await presence.stop()
  expect(warnings).toHaveLength(1)
})

test('servers that start at once make each day once, and none of them fails', async () => {
  const made = await Promise.allSettled(Array.from({ length: 8 }, () => makeReceiptDays(own.database)))
  expect(made.map((one) => one.status)).toEqual(made.map(() => 'fulfilled'))
  expect(await countReceiptDays()).toBe(3)
})

test('housekeeping makes the coming days and removes what is over', async () => {
  await own.database.query(
    "insert into idempotency (owner, key, request_hash, created_at) values ('p', 'k', '', now() - interval '3 days')",
  )
  await keepHouse(testPorts(own.database))
  const left = await own.database.query('select from idempotency')
  expect([left.rowCount, await countReceiptDays()]).toEqual([0, 3])
})

async function countReceiptDays(): Promise<number | undefined> {
  const { rows } = await own.database.query<{ n: number }>(
    "select count(*) as n from pg_inherits where inhparent = 'receipt'::regclass and inhrelid <> 'receipt_default'::regclass",
  )
  return rows[0]?.n
}
