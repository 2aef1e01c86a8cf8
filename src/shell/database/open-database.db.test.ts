/** The door to Postgres against a real one: transactions, savepoints, the role, and healing. */
import { writeFileSync } from 'node:fs'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase } from '../../../test/support/database.ts'
import { isDatabaseAway } from './errors.ts'
import type { TestDatabase } from '../../../test/support/database.ts'

let own: TestDatabase
beforeAll(async () => {
  own = await openTestDatabase()
})
afterAll(() => own.close())

const insertTeam = 'insert into team (id, name) values (gen_random_uuid(), $1)'
async function countTeams(name: string): Promise<number> {
  const { rows } = await own.database.query<{ n: number }>('select count(*) as n from team where name = $1', [name])
  return rows[0]?.n ?? -1
}

test('a transaction commits as a whole, and its hints run after the commit', async () => {
  const seen: number[] = []
  await own.database.inTransaction('main', async (tx) => {
    await tx.query(insertTeam, ['committed'])
    tx.afterCommit(() => void countTeams('committed').then((n) => seen.push(n)))
    expect(seen).toEqual([])
  })
  await expect.poll(() => seen).toEqual([1])
})

test('what throws undoes the transaction and its hints', async () => {
  let hinted = false
  const failing = own.database.inTransaction('main', async (tx) => {
    await tx.query(insertTeam, ['undone'])
    tx.afterCommit(() => (hinted = true))
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect([await countTeams('undone'), hinted]).toEqual([0, false])
})

test('a swallowed error of a statement cannot pass for a commit', async () => {
  const swallowing = own.database.inTransaction('main', async (tx) => {
    await tx.query('select 1 / 0').catch(() => undefined)
  })
  await expect(swallowing).rejects.toThrow('rolled back')
})

test('what fails under a savepoint undoes only that', async () => {
  let hints = 0
  await own.database.inTransaction('main', async (tx) => {
    await tx.query(insertTeam, ['kept'])
    tx.afterCommit(() => (hints += 1))
    const inner = tx.savepoint(async () => {
      await tx.query(insertTeam, ['dropped'])
      tx.afterCommit(() => (hints += 10))
      await tx.query('select 1 / 0')
    })
    await expect(inner).rejects.toThrow('division by zero')
  })
  expect([await countTeams('kept'), await countTeams('dropped'), hints]).toEqual([1, 0, 1])
})

test('a transaction has one now, which is the database time', async () => {
  await own.database.inTransaction('main', async (tx) => {
    const { rows } = await tx.query<{ now: Date }>('select now() as now')
    expect(tx.now).toBe(rows[0]?.now.getTime())
    expect(Number.isInteger(tx.now)).toBe(true)
  })
})

test('the test clock moves now and leaves the database time alone', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'clock-')), 'offset')
  const moved = await openTestDatabase({ testClockFile: file })
  const offset = () =>
    moved.database.inTransaction('main', async (tx) => {
      const { rows } = await tx.query<{ now: Date }>('select now() as now')
      return tx.now - (rows[0]?.now.getTime() ?? 0)
    })
  expect(await offset()).toBe(0)
  writeFileSync(file, '3600000\n')
  expect(await offset()).toBe(3_600_000)
  await moved.close()
})

test('an int8 is a number, and one too large for a number is refused', async () => {
  const { rows } = await own.database.query<{ n: number }>('select 9007199254740991::int8 as n')
  expect(rows[0]?.n).toBe(9_007_199_254_740_991)
  await expect(own.database.query('select 9007199254740992::int8 as n')).rejects.toThrow('too large')
})

test('a backend killed while its client is checked out costs that transaction, not the process, and the pool heals', async () => {
  const killed = own.database.inTransaction('pages', async (tx) => {
    const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
    await asOwner('select pg_terminate_backend($1)', [rows[0]?.pid])
    await tx.query('select 1')
  })
  const error: unknown = await killed.catch((reason: unknown) => reason)
  expect(isDatabaseAway(error)).toBe(true)
  await expect(own.database.inTransaction('pages', () => Promise.resolve('healed'))).resolves.toBe('healed')
})

test('connections that were killed while idle are replaced without an error', async () => {
  const busy = () => own.database.inTransaction('ingest', (tx) => tx.query('select pg_sleep(0.05)'))
  await Promise.all([busy(), busy(), busy(), busy()])
  await asOwner(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'tocsin ingest'",
  )
  await expect(busy()).resolves.toBeDefined()
})

test('a statement that runs too long is cut off', async () => {
  const { rows } = await own.database.query<{ statement: string; lock: string; idle: string; user: string }>(
    `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
            current_setting('idle_in_transaction_session_timeout') as idle, current_user as user`,
  )
  expect(rows[0]).toEqual({ statement: '10s', lock: '5s', idle: '15s', user: 'tocsin_app' })
})

test.each([
  "update event set type = 'x'",
  'delete from event',
  'truncate event',
  'update audit_leaf set leaf_index = 1',
  'delete from audit_leaf',
  'delete from receipt',
  "update receipt set door = 'x'",
  'drop table event',
  'alter table event add column x text',
  'delete from incident',
  "update playbook_version set source = ''",
  'delete from playbook_load',
  'create table mine (id integer)',
])('the app may not: %s', async (statement) => {
  await expect(own.database.query(statement)).rejects.toThrow(/permission denied|must be owner/)
})

test('day partitions are made and dropped by the app, and rows that came too early are moved into their day', async () => {
  const insert = `insert into receipt (received_at, server_id, source_id, door, path, headers, encoding, body)
                  values ($1, gen_random_uuid(), gen_random_uuid(), 'd', '/', '{}', 'identity', 'x')`
  await own.database.query(insert, [new Date('2020-03-01T12:00:00Z')])
  const made = await own.database.query<{ n: number }>("select ensure_receipt_days('2020-03-01', 2) as n")
  const again = await own.database.query<{ n: number }>("select ensure_receipt_days('2020-03-01', 3) as n")
  expect([made.rows[0]?.n, again.rows[0]?.n]).toEqual([2, 1])
  const where = await own.database.query<{ part: string }>('select tableoid::regclass::text as part from receipt')
  expect(where.rows.map((row) => row.part)).toEqual(['receipt_20200301'])
  await own.database.query(insert, [new Date('2020-03-02T23:59:59Z')])
  const dropped = await own.database.query<{ n: number }>("select drop_receipt_days('2020-03-02') as n")
  const left = await own.database.query('select from receipt')
  expect([dropped.rows[0]?.n, left.rowCount]).toEqual([1, 1])
  await expect(own.database.query('select drop_receipt_days(current_date)')).rejects.toThrow('always kept')
})

async function asOwner(statement: string, values: unknown[] = []): Promise<void> {
  const { Client } = await import('pg')
  const client = new Client({ connectionString: own.url })
  await client.connect()
  await client.query(statement, values)
  await client.end()
}
