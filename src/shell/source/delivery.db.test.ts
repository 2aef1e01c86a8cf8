import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, post, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { sleep, waitFor } from '../../../test/support/wait.ts'
import { decodeOutcomes } from '../alert/outcome.ts'
import { toStored } from '../alert/receipt-store.ts'
import { removeOldRows } from '../server/housekeeping-store.ts'

let base: TestDatabase
let it: TestIntake
beforeAll(async () => {
  base = await openTestDatabase()
  await seedSource(base.database, { kind: 'sentry' })
})
beforeEach(async () => {
  it = await startTestIntake(base.database)
})
afterEach(async () => {
  await it.close()
})
afterAll(() => base.close())

const FIXTURE = JSON.parse(readFileSync('src/integrations/sentry/fixtures/webhook.issue.created.json', 'utf8')) as {
  data: { issue: { id: string } }
}
/** An issue of its own for each name. */
const issue = (name: string) => {
  const body = structuredClone(FIXTURE)
  body.data.issue.id = name
  return JSON.stringify(body)
}
const HEADERS = { 'sentry-hook-resource': 'issue' }
const send = (name: string, id: string, port = it.port) => post(port, `/hooks/sentry/${KEY}`, issue(name), { ...HEADERS, 'request-id': id })

/** Kinds of outcomes of the last receipts, oldest first. */
async function outcomes(count: number): Promise<string[]> {
  const batches = await it.rows<{ encoding: string; outcomes: Buffer }>('select encoding, outcomes from applied_batch')
  const all = new Map(batches.flatMap(({ encoding, outcomes: bytes }) => [...decodeOutcomes(encoding, bytes)]))
  const ids = [...all.keys()].toSorted((one, other) => one - other).slice(-count)
  return ids.flatMap((id) => (all.get(id) ?? []).map(({ kind }) => kind))
}
const alertCount = async (name: string) =>
  (await it.rows<{ count: number }>(`select count::int from alert where dedup_key like $1`, [`%${name}%`])).map(({ count }) => count)

test('a second delivery is answered alike, kept, and applied no second time; the list says why', async () => {
  const first = await send('one', 'a-1')
  const second = await send('one', 'a-1')
  await it.settled()
  expect([second.status, second.text]).toEqual([first.status, first.text])
  expect(await alertCount('one')).toEqual([1])
  expect((await outcomes(2))[1]).toBe('repeated-delivery')
  await send('one', 'a-2')
  await it.settled()
  expect(await alertCount('one')).toEqual([2])
})

test('an id that comes with other words is another message: no alarm is lost to a sender that numbers badly', async () => {
  await send('two-a', 'always-1')
  await send('two-b', 'always-1')
  await it.settled()
  expect(await alertCount('two-a')).toEqual([1])
  expect(await alertCount('two-b')).toEqual([1])
})

test('the same id at another source is another message', async () => {
  await seedSource(base.database, { kind: 'sentry', name: 'other', key: 'a'.repeat(32) })
  await sleep(700)
  await send('three', 'b-1')
  await post(it.port, `/hooks/sentry/${'a'.repeat(32)}`, issue('three'), { ...HEADERS, 'request-id': 'b-1' })
  await it.settled()
  expect(await alertCount('three')).toEqual([1, 1])
})

test('both in one batch: the first counts', async () => {
  await Promise.all(Array.from({ length: 8 }, () => send('four', 'c-1')))
  await it.settled()
  expect(await alertCount('four')).toEqual([1])
  const kinds = await outcomes(8)
  expect(kinds.filter((kind) => kind === 'repeated-delivery')).toHaveLength(7)
})

test('after a restart it is known still', async () => {
  await send('five', 'd-1')
  await it.settled()
  await it.close()
  it = await startTestIntake(base.database)
  await send('five', 'd-1')
  await it.settled()
  expect(await alertCount('five')).toEqual([1])
})

test('two servers that get it at once apply it once', async () => {
  const other = await startTestIntake(base.database)
  await Promise.all(
    Array.from({ length: 10 }, (_, index) => [send(`six-${index}`, `e-${index}`), send(`six-${index}`, `e-${index}`, other.port)]).flat(),
  )
  await it.settled()
  await other.settled()
  await other.close()
  const counts = await Promise.all(Array.from({ length: 10 }, (_, index) => alertCount(`six-${index}`)))
  expect(counts).toEqual(Array.from({ length: 10 }, () => [1]))
})

test('what a dead server committed and did not apply is not applied again when another delivery was', async () => {
  const [source] = await it.rows<{ id: string }>(`select id from source where name = 'test'`)
  const dead = '00000000-0000-7000-8000-00000000dead'
  await it.rows(`insert into server (id, seen_at) values ($1, clock_timestamp() - interval '1 hour')`, [dead])
  await it.close()
  const stored = toStored(Buffer.from(issue('seven')))
  await base.database.query(
    `insert into receipt (received_at, server_id, source_id, door, path, headers, encoding, body) values (now(), $1, $2, 'sentry', '/hooks/sentry/:key', $3, $4, $5)`,
    [dead, source?.id, JSON.stringify({ ...HEADERS, 'request-id': 'f-1' }), stored.encoding, stored.bytes],
  )
  it = await startTestIntake(base.database)
  await send('seven', 'f-1')
  await it.settled()
  await waitFor(
    'the dead one to be closed',
    async () => {
      const [row] = await it.rows<{ stopped: boolean }>('select stopped_at is not null as stopped from server where id = $1', [dead])
      return row?.stopped === true
    },
    { timeoutMs: 10_000 },
  )
  expect(await alertCount('seven')).toEqual([1])
})

test('a message that was not believed claims no id: the true one that follows is applied', async () => {
  const before = await it.rows('select 1 from source_message')
  await it.post(`/hooks/sentry/${KEY}`, '{"broken', { ...HEADERS, 'request-id': 'g-1' })
  await it.settled()
  expect(await it.rows('select 1 from source_message')).toHaveLength(before.length)
})

test('ids, counts and faults are forgotten after their time; the latest hour of a source stays', async () => {
  const [source] = await it.rows<{ id: string }>(`select id from source where name = 'test'`)
  await it.rows('delete from source_message')
  await it.rows('delete from source_tally')
  await it.rows(
    `insert into source_message (digest, receipt_id, seen_at) select gen_random_uuid(), n, now() - make_interval(days => n) from generate_series(1, 10) n`,
  )
  await it.rows(
    `insert into source_tally (source_id, hour, messages, last_at)
     select $1, date_trunc('hour', now()) - make_interval(days => n), 1, now() from unnest(array[100, 200, 300]) n`,
    [source?.id],
  )
  await removeOldRows(base.database)
  expect(await it.rows('select receipt_id from source_message order by receipt_id')).toEqual(
    [1, 2, 3, 4, 5, 6].map((n) => ({ receipt_id: n })),
  )
  expect(await it.rows('select 1 from source_tally')).toHaveLength(1)
})
