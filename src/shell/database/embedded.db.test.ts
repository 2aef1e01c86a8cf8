/** The embedded Postgres as processes: killed, orphaned, shared, and in folders that are hard to reach. */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import pino from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startEmbeddedPostgres } from './embedded.ts'
import { openDatabase } from './open-database.ts'
import { settleOldPostmaster } from './embedded-postmaster.ts'
import type { ChildProcess } from 'node:child_process'

const NODE = join(import.meta.dirname, '../../../node_modules/.bin/node')
const log = pino({ level: 'silent' })
// Each test makes a cluster, and the machine may be busy.
vi.setConfig({ testTimeout: 90_000 })
let root: string
let dataDir: string
const helpers: ChildProcess[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tocsin-embedded-'))
  chmodSync(root, 0o755)
  dataDir = join(root, 'data')
})
afterEach(async () => {
  for (const helper of helpers.splice(0)) helper.kill('SIGKILL')
  await sleep(50)
  const elsewhere = join(dataDir, 'postgres-folder')
  const base = existsSync(elsewhere) ? readFileSync(elsewhere, 'utf8').trim() : dataDir
  await settleOldPostmaster(join(base, 'postgres'))
  rmSync(base, { recursive: true, force: true })
  rmSync(root, { recursive: true, force: true })
})

async function ask<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(sql)).rows as Row[]
  } finally {
    await client.end()
  }
}

function postmasterPid(): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
}

/** Another process that starts the same data folder, as a server does, and says so. */
async function startHelper(): Promise<{ child: ChildProcess; said: string }> {
  const script = `
    import pino from 'pino'
    const { startEmbeddedPostgres } = await import(${JSON.stringify(join(import.meta.dirname, 'embedded.ts'))})
    try {
      const postgres = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: pino({ level: 'silent' }) })
      process.on('SIGTERM', () => void postgres.stop().then(() => process.exit(0)))
      console.log('ready ' + postgres.url)
    } catch (error) { console.log('refused ' + error.message); process.exit(1) }
    setInterval(() => {}, 1000)`
  const child = spawn(NODE, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'], cwd: import.meta.dirname })
  helpers.push(child)
  const said = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())))
  return { child, said }
}

test('it starts, keeps what is committed over a stop and a start, and syncs to disk', async () => {
  const first = await startEmbeddedPostgres({ dataDir, log })
  await ask(first.url, 'create table kept (id integer)')
  expect(await ask(first.url, "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit")).toEqual([
    { fsync: 'on', commit: 'on' },
  ])
  await first.stop()
  expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false)
  const second = await startEmbeddedPostgres({ dataDir, log })
  expect(await ask(second.url, 'select * from kept')).toEqual([])
  await second.stop()
})

test('after the server was killed, its orphaned Postgres does not stand in the way of the next start', async () => {
  const { child, said } = await startHelper()
  expect(said).toMatch(/^ready /)
  await ask(said.slice(6), 'create table kept (id integer)')
  const orphan = postmasterPid()
  child.kill('SIGKILL')
  const next = await startEmbeddedPostgres({ dataDir, log })
  expect(postmasterPid()).not.toBe(orphan)
  expect(await ask(next.url, 'select * from kept')).toEqual([])
  await next.stop()
})

test('a second server on the same data folder refuses and names the first', async () => {
  const first = await startEmbeddedPostgres({ dataDir, log })
  const { said } = await startHelper()
  expect(said).toMatch(
    new RegExp(`^refused another Tocsin server \\(process ${process.pid} on .*\\) is using the data folder .*TOCSIN_DATA`),
  )
  expect(await ask(first.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await first.stop()
})

test('many starts at once on one folder: one wins', async () => {
  const started = await Promise.all([startHelper(), startHelper(), startHelper()])
  expect(started.filter(({ said }) => said.startsWith('ready '))).toHaveLength(1)
})

test('a lock file left by a process whose pid is now another one is no trap', async () => {
  mkdirSync(dataDir)
  writeFileSync(
    join(dataDir, 'tocsin.lock'),
    JSON.stringify({ pid: 1, host: (await import('node:os')).hostname(), since: '2020-01-01T00:00:00Z' }),
  )
  const started = await startEmbeddedPostgres({ dataDir, log })
  await started.stop()
})

test('a postmaster.pid whose pid belongs to something else is no trap', async () => {
  const first = await startEmbeddedPostgres({ dataDir, log })
  const lines = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  await first.stop()
  writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), [process.pid, ...lines.slice(1)].join('\n'))
  const second = await startEmbeddedPostgres({ dataDir, log })
  await second.stop()
})

test('a postmaster that is killed comes back within seconds, and the pool with it', async () => {
  const postgres = await startEmbeddedPostgres({ dataDir, log })
  const database = openDatabase({ url: postgres.url, role: null, log })
  await database.query('select 1')
  process.kill(postmasterPid(), 'SIGKILL')
  await expect
    .poll(
      () =>
        database.query('select 1').then(
          () => 'answers',
          () => 'away',
        ),
      { timeout: 30_000 },
    )
    .toBe('away')
  await expect
    .poll(
      () =>
        database.query('select 1').then(
          () => 'answers',
          () => 'away',
        ),
      { timeout: 30_000 },
    )
    .toBe('answers')
  await database.close()
  await postgres.stop()
})

test('a cluster whose making was cut short is made anew', async () => {
  mkdirSync(join(dataDir, 'postgres.new', 'base'), { recursive: true })
  const postgres = await startEmbeddedPostgres({ dataDir, log })
  await postgres.stop()
})

test('a data folder with a long path works, though a socket cannot have one', async () => {
  dataDir = join(root, 'x'.repeat(60), 'y'.repeat(60))
  const postgres = await startEmbeddedPostgres({ dataDir, log })
  expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await postgres.stop()
})

test('a cluster of another Postgres version is refused with both versions', async () => {
  const first = await startEmbeddedPostgres({ dataDir, log })
  await first.stop()
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '15\n')
  await expect(startEmbeddedPostgres({ dataDir, log })).rejects.toThrow('was made by Postgres 15, this is 18')
})

test.runIf(process.getuid?.() === 0)('as root below a folder that shuts others out, it takes another folder and says so', async () => {
  const warnings: string[] = []
  const loud = pino({ level: 'warn' }, { write: (line) => void warnings.push(line) })
  chmodSync(root, 0o700)
  const first = await startEmbeddedPostgres({ dataDir, log: loud })
  await ask(first.url, 'create table kept (id integer)')
  await first.stop()
  expect(warnings.join()).toMatch(/cannot reach .*the database is in \/var\/lib\/tocsin\//)
  const second = await startEmbeddedPostgres({ dataDir, log: loud })
  expect(await ask(second.url, 'select * from kept')).toEqual([])
  await second.stop()
})
