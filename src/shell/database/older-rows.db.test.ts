/** A database of an earlier release that has rows: keys that stood with their sources open the same doors, and nothing is lost. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { toSignal } from '../../core/alert/build.ts'
import { fingerprintOf } from '../alert/fingerprint.ts'
import { freshId } from '../fresh-id.ts'
import { hashKey } from '../source/key-store.ts'
import { migrate } from './migration-store.ts'
import { prepareDatabase } from './prepare.ts'

/** The last one before keys had a table of their own. */
const LAST_BEFORE = 8
const REVOKED_KEY = '0123456789abcdef0123456789abcdef'
const source = freshId()
const revoked = freshId()
const internal = freshId()
const dead = freshId()
const alert = freshId()
const silent = { info: () => undefined, warn: () => undefined }
let own: TestDatabase
let intake: TestIntake

beforeAll(async () => {
  own = await openTestDatabase({ migrated: false })
  const older = `${mkdtempSync(join(tmpdir(), 'migrations-'))}/`
  mkdirSync(older, { recursive: true })
  for (const name of readdirSync('db/migrations'))
    if (Number(name.slice(0, 4)) <= LAST_BEFORE) cpSync(join('db/migrations', name), join(older, name))
  await migrate({ url: own.url, folder: pathToFileURL(older), log: silent })
  await layRows()
  await prepareDatabase(own.url, silent)
  intake = await startTestIntake(own.database)
})
afterAll(async () => {
  await intake.close()
  await own.close()
})

/** As the release of that schema left them: an alert that fires, and a receipt that its server did not come to apply. */
async function layRows(): Promise<void> {
  const client = new Client({ connectionString: own.url })
  await client.connect()
  const insert = (text: string, values: readonly unknown[]) => client.query(text, [...values])
  const sources = 'insert into source (id, name, kind, key_prefix, key_hash, revoked_at) values ($1, $2, $3, $4, decode($5, $6), $7)'
  await insert(sources, [source, 'scripts', null, KEY.slice(0, 6), hashKey(KEY), 'hex', null])
  await insert(sources, [revoked, 'gone', 'json', REVOKED_KEY.slice(0, 6), hashKey(REVOKED_KEY), 'hex', new Date('2026-10-01')])
  await insert(sources, [internal, 'Tocsin', 'tocsin', '', hashKey('nobody has it'), 'hex', null])
  const fingerprint = fingerprintOf(source, toSignal({ alarm: 'Spike', status: 'firing', title: 'Old', dedupKey: 'old' }))
  await insert(
    `insert into alert (id, source_id, fingerprint, dedup_key, alarm, title, labels, first_at, last_at, count)
     values ($1, $2, $3, 'old', 'Spike', 'Old', '{"env":"prod"}', now() - interval '1 day', now() - interval '1 hour', 41)`,
    [alert, source, fingerprint],
  )
  await insert("insert into server (id, started_at, seen_at) values ($1, now() - interval '2 days', now() - interval '1 hour')", [dead])
  for (const [title, dedupKey] of [
    ['Old', 'old'],
    ['Left behind', 'left'],
  ])
    await insert(
      `insert into receipt (received_at, server_id, source_id, door, path, headers, encoding, body)
       values (now() - interval '1 hour', $1, $2, 'json', '/hooks/json/*', '{"content-type":"application/json"}', 'identity', $3)`,
      [dead, source, Buffer.from(JSON.stringify({ title, alarm: 'Spike', dedup_key: dedupKey }))],
    )
  await client.end()
}

const alerts = () =>
  intake.rows<{ id: string; dedup_key: string; count: number; labels: object }>(
    'select id, dedup_key, count, labels from alert order by dedup_key',
  )

test('what an earlier release took and did not apply is applied, to the alerts that it had', async () => {
  expect(await alerts()).toMatchObject([
    { dedup_key: 'left', count: 1 },
    { id: alert, dedup_key: 'old', count: 42, labels: { env: 'prod' } },
  ])
  expect(await intake.rows('select door, source_id from receipt order by id')).toEqual([
    { door: 'json', source_id: source },
    { door: 'json', source_id: source },
  ])
})

test('a key opens the doors that it opened, one that was revoked opens none, and Tocsin itself has none', async () => {
  expect((await intake.post(`/hooks/json/${REVOKED_KEY}`, { title: 't' })).status).toBe(401)
  expect((await intake.post(`/hooks/json/${KEY}`, { title: 'Old', alarm: 'Spike', dedup_key: 'old' })).status).toBe(202)
  await intake.settled()
  expect((await alerts()).find(({ id }) => id === alert)?.count).toBe(43)
  expect(
    await intake.rows('select source_id, origin, prefix, revoked_at is null as open from source_key order by revoked_at nulls first'),
  ).toEqual([
    { source_id: source, origin: 'made', prefix: KEY.slice(0, 6), open: true },
    { source_id: revoked, origin: 'made', prefix: REVOKED_KEY.slice(0, 6), open: false },
  ])
})
