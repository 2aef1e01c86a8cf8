/** The migration runner against a real Postgres: edits, newer databases, kills and company. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { openTestDatabase } from '../../../test/support/database.ts'
import { migrate, readMigrations } from './migration-store.ts'
import { dumpSchema } from './schema-store.ts'
import type { TestDatabase } from '../../../test/support/database.ts'

let own: TestDatabase
let folder: string
beforeEach(async () => {
  own = await openTestDatabase({ migrated: false })
  folder = `${mkdtempSync(join(tmpdir(), 'migrations-'))}/`
  write('0001_first.sql', 'create table one (id integer primary key)')
  write('0002_second.sql', 'create table two (id integer primary key)')
})
afterEach(() => own.close())

function write(name: string, sql: string): void {
  writeFileSync(join(folder, name), sql)
}

const silent = { info: () => undefined, warn: () => undefined }
const run = () => migrate({ url: own.url, folder: pathToFileURL(folder), log: silent })

async function ask<Row extends Record<string, unknown>>(sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: own.url })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}
const tables = async () =>
  (
    await ask<{ name: string }>(
      "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
    )
  ).map((row) => row.name)

test('each file is applied once, in order', async () => {
  expect(await run()).toEqual(['0001_first.sql', '0002_second.sql'])
  expect(await run()).toEqual([])
  write('0003_third.sql', 'create table three (id integer)')
  expect(await run()).toEqual(['0003_third.sql'])
})

test('a file that was edited after it had been applied is refused by name', async () => {
  await run()
  write('0001_first.sql', 'create table one (id bigint primary key)')
  await expect(run()).rejects.toThrow('0001_first.sql was edited after it had been applied')
})

test('a database newer than the code is refused', async () => {
  await run()
  await ask("insert into migration (number, name, checksum) values (3, '0003_future.sql', 'x')")
  await expect(run()).rejects.toThrow('newer than this Tocsin: it has migration 0003_future.sql')
})

test('a file that fails leaves nothing behind and says which it is', async () => {
  write('0003_broken.sql', 'create table three (id integer); select 1 / 0')
  await expect(run()).rejects.toThrow('0003_broken.sql failed: division by zero')
  expect(await tables()).toEqual(['migration', 'one', 'two'])
})

test('a migration killed half-way is whole after the next start', async () => {
  write('0003_slow.sql', 'create table three (id integer); select pg_sleep(30)')
  const killed = run().catch((error: unknown) => error)
  await expect
    .poll(() => ask("select pid from pg_stat_activity where query like '%pg_sleep(30)' and application_name = 'tocsin migrate'"))
    .toHaveLength(1)
  await ask(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tocsin migrate' and datname = current_database()",
  )
  expect(await killed).toBeInstanceOf(Error)
  expect(await tables()).toEqual(['migration', 'one', 'two'])
  write('0003_slow.sql', 'create table three (id integer)')
  expect(await run()).toEqual(['0003_slow.sql'])
})

test('many servers that start at once migrate once', async () => {
  write('0003_slow.sql', 'create table three (id integer); select pg_sleep(0.2)')
  const applied = await Promise.all([run(), run(), run(), run()])
  expect(applied.filter((names) => names.length > 0)).toEqual([['0001_first.sql', '0002_second.sql', '0003_slow.sql']])
})

test('a statement that cannot run in a transaction runs alone, beside another server that waits for the lock', async () => {
  write('0003_index.sql', '-- no transaction\ncreate index concurrently if not exists one_index on one (id)')
  const applied = await Promise.all([run(), run()])
  expect(applied.flat()).toHaveLength(3)
})

test('an index whose making was cut short is made again, not taken for whole', async () => {
  await run()
  await ask('insert into one values (1); create table dup (id integer); insert into dup values (1), (1)')
  await ask('create unique index concurrently one_index on dup (id)').catch(() => undefined)
  await ask('delete from dup')
  write('0003_index.sql', '-- no transaction\ncreate unique index concurrently if not exists one_index on dup (id)')
  await run()
  expect(await ask("select indisvalid from pg_index where indexrelid = 'one_index'::regclass")).toEqual([{ indisvalid: true }])
})

test('a gap in the numbers is refused before anything is applied', async () => {
  write('0004_late.sql', 'select 1')
  await expect(run()).rejects.toThrow('0004_late.sql: expected migration 0003_')
  expect(await tables()).toEqual([])
})

test('every migration that ships keeps the schema that db/schema.sql shows', async () => {
  const migrated = await openTestDatabase()
  const client = new Client({ connectionString: migrated.url })
  await client.connect()
  const dumped = await dumpSchema(client)
  await client.end()
  await migrated.close()
  expect(dumped).toBe(readFileSync(new URL('../../../db/schema.sql', import.meta.url), 'utf8'))
  expect(await readMigrations(new URL('../../../db/migrations/', import.meta.url))).not.toHaveLength(0)
})
