/** The embedded Postgres as Tocsin uses it: one for a data folder, started, kept running and stopped by this process. */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChildProcess } from 'node:child_process'
import { Client } from 'pg'
import type { Logger } from 'pino'
import { findBinaries } from './embedded-binaries.ts'
import { connectionUrl, DATABASE_NAME, ensureCluster } from './embedded-cluster.ts'
import { preparePlace } from './embedded-place.ts'
import { startPostmaster, stopPostmaster } from './embedded-postmaster.ts'
import { lockFolder } from './folder-lock.ts'

export interface EmbeddedPostgres {
  /** The URL of Tocsin's database, as the owner of its tables. It holds no secret: the socket knows its user. */
  readonly url: string
  readonly stop: () => Promise<void>
}

export interface EmbeddedSettings {
  readonly dataDir: string
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Postgres settings over the usual ones; for tests. */
  readonly extra?: Readonly<Record<string, string>>
}

const RESTART_AFTER_MS = 1_000

/** Takes the data folder, makes the cluster at the first time, starts it. @throws {FolderInUseError} when a server runs there. */
export async function startEmbeddedPostgres(settings: EmbeddedSettings): Promise<EmbeddedPostgres> {
  const { dataDir, log, extra = {} } = settings
  const lock = await lockFolder(dataDir)
  const say = (message: string) => log.warn(message)
  try {
    const place = preparePlace(dataDir, say)
    const binaries = findBinaries(place.user, () => dirname(place.cluster), say)
    ensureCluster(place, binaries)
    const keeper = keepRunning(await startPostmaster(place, binaries, extra), () => startPostmaster(place, binaries, extra), log)
    await ensureDatabase(connectionUrl(place, 'postgres'))
    const url = connectionUrl(place, DATABASE_NAME)
    writeFileSync(join(dataDir, 'database-url'), `${url}\n`, { mode: 0o600 })
    return {
      url,
      stop: async () => {
        await keeper.stop()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Starts it again whenever it ends without being told to, however often: after a full disk it comes back with the space. */
function keepRunning(first: ChildProcess, start: () => Promise<ChildProcess>, log: EmbeddedSettings['log']): { stop: () => Promise<void> } {
  let current = first
  let stopping = false
  let restarting: Promise<void> = Promise.resolve()

  const watch = (child: ChildProcess) => {
    current = child
    child.once('exit', (code, signal) => {
      if (!stopping) restarting = restart(`Postgres ended (${signal ?? code})`)
    })
    // It may have ended between being ready and being watched.
    if ((child.exitCode ?? child.signalCode) !== null) child.emit('exit', child.exitCode, child.signalCode)
  }
  const restart = async (reason: string) => {
    for (let tries = 1; !stopping; tries += 1) {
      log.error({ reason, tries }, 'the embedded Postgres is down: starting it again')
      try {
        watch(await start())
        log.info('the embedded Postgres runs again')
        return
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
        await sleep(RESTART_AFTER_MS)
      }
    }
  }
  watch(first)
  return {
    stop: async () => {
      stopping = true
      await restarting
      await stopPostmaster(current)
    },
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE_NAME])
    if (rowCount === 0) await client.query(`create database ${DATABASE_NAME}`)
  } finally {
    await client.end()
  }
}
