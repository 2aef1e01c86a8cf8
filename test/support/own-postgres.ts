/**
 * A Postgres of the test's own, from the binaries that the product embeds: to be killed, stopped for a while, started again.
 * It syncs to disk like a real one. Everything else in the tests shares one server, see `postgres.ts`.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBinaries } from '../../src/shell/database/embedded-binaries.ts'
import { findFreePort } from './port.ts'
import { isAlive, tail } from './server.ts'
import { waitFor } from './wait.ts'
import { openConnection } from './record-store.ts'

/** Postgres refuses to run as root: this is the system's user without rights, where there is one. */
const NOBODY = 65_534

export interface OwnPostgres {
  readonly url: string
  readonly port: number
  readonly pid: () => number
  /** SIGKILL to the postmaster: no goodbye, recovery at the next start. */
  readonly kill: () => Promise<void>
  /** SIGQUIT: an immediate stop, clients are cut off, recovery at the next start. */
  readonly stop: () => Promise<void>
  readonly start: () => Promise<void>
  /** A new empty database on it; its connection string. */
  readonly createDatabase: () => Promise<string>
  readonly dropDatabase: (url: string) => Promise<void>
  readonly close: () => Promise<void>
}

export async function startOwnPostgres(settings: Readonly<Record<string, string>> = {}): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-postgres-'))
  const data = join(folder, 'data')
  mkdirSync(data)
  const user = process.getuid?.() === 0 ? { name: 'nobody', uid: NOBODY, gid: NOBODY } : null
  if (user !== null) {
    chmodSync(folder, 0o755)
    chownSync(data, NOBODY, NOBODY)
  }
  const options = {
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
    cwd: data,
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', TZ: 'UTC' },
  }
  const binaries = findBinaries(
    user,
    () => folder,
    () => undefined,
  )
  execFileSync(binaries.initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'], {
    ...options,
    stdio: 'pipe',
  })
  const port = await findFreePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const logFile = join(folder, 'postgres.log')
  const flags = Object.entries({
    port: String(port),
    listen_addresses: '127.0.0.1',
    max_connections: '300',
    unix_socket_directories: data,
    ...settings,
  })
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    // after a kill the backends need a moment to notice; until then the start is refused and tried again
    await waitFor(
      'the own Postgres to take connections',
      async () => {
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
          const log = openSync(logFile, 'a')
          child = spawn(binaries.postgres, ['-D', data, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
            ...options,
            stdio: ['ignore', log, log],
          })
        }
        const client = await openConnection(url)
        await client.end()
        return true
      },
      { timeoutMs: 30_000, everyMs: 100, explain: () => tail(readFileSync(logFile, 'utf8')) },
    )
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const pid = child?.pid
    if (pid === undefined || !isAlive(pid)) return
    process.kill(pid, signal)
    await waitFor('the own Postgres to end', () => !isAlive(pid), { timeoutMs: 20_000 })
  }
  let databases = 0
  await start()
  return {
    url,
    port,
    pid: () => child?.pid ?? 0,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGQUIT'),
    start,
    createDatabase: async () => {
      databases += 1
      const name = `run_${databases}`
      const client = await openConnection(url)
      await client.query(`create database ${name}`)
      await client.end()
      return url.replace(/postgres$/u, name)
    },
    dropDatabase: async (databaseUrl) => {
      const client = await openConnection(url)
      await client.query(`drop database if exists ${new URL(databaseUrl).pathname.slice(1)} with (force)`)
      await client.end()
    },
    close: async () => {
      await end('SIGQUIT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
