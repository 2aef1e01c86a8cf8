/** The postmaster as a process: settling an old one, starting, watching, stopping. */
import { spawn } from 'node:child_process'
import { chownSync, closeSync, openSync, readFileSync, readlinkSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChildProcess } from 'node:child_process'
import type { Binaries } from './embedded-binaries.ts'
import { identityOf, postmasterArguments, processEnv } from './embedded-cluster.ts'
import type { Place } from './embedded-place.ts'
import { isAlive } from './folder-lock.ts'

/** How long an old or dying postmaster is waited for. */
const SETTLE_MS_MAX = 15_000
/** An orphan that is asked to stop fast writes a checkpoint; after this it is told to stop at once. */
const FAST_STOP_MS = 8_000
/** Replay after an unclean stop of a large database takes this long at worst. */
const READY_MS_MAX = 600_000
const POLL_MS = 20
const LOG_BYTES_MAX = 8 * 1024 * 1024
const LOG_TAIL_LINES = 5

/**
 * Sees to it that no postmaster runs on the cluster: an orphan of a killed server is stopped, a dying one waited for,
 * and a pid file whose pid now belongs to something else is removed. @throws when an old one does not go.
 */
export async function settleOldPostmaster(cluster: string): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const pid = readPid(cluster)
    if (pid === null) return
    if (!isAlive({ pid })) return // Postgres removes such a file by itself
    if (!isPostmasterOf(pid, cluster)) {
      rmSync(join(cluster, 'postmaster.pid'), { force: true })
      return
    }
    if (waitedMs >= SETTLE_MS_MAX) throw new Error(`an old Postgres (process ${pid}) still runs on ${cluster} and does not stop`)
    if (waitedMs === 0) signal(pid, 'SIGINT')
    if (waitedMs === FAST_STOP_MS) signal(pid, 'SIGQUIT')
    await sleep(POLL_MS)
  }
}

/**
 * Starts one. Shared memory that an old one's dying children still hold is waited out.
 * @returns the process, ready for connections. @throws with the end of Postgres's own log.
 */
export async function startPostmaster(place: Place, binaries: Binaries, extra: Readonly<Record<string, string>>): Promise<ChildProcess> {
  for (let waitedMs = 0; ; waitedMs += 500) {
    await settleOldPostmaster(place.cluster)
    const child = launch(place, binaries, extra)
    if (await awaitReady(child, place.cluster)) return child
    const tail = readTail(place.logFile)
    if (!/shared memory block|lock file .* already exists/.test(tail) || waitedMs >= SETTLE_MS_MAX) {
      throw new Error(`the embedded Postgres did not start; its log (${place.logFile}) ends:\n${tail}`)
    }
    await sleep(500)
  }
}

/** In a session of its own, so that Ctrl-C reaches Tocsin first, which stops it in order. */
function launch(place: Place, binaries: Binaries, extra: Readonly<Record<string, string>>): ChildProcess {
  if ((statSync(place.logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES_MAX) renameSync(place.logFile, `${place.logFile}.1`)
  const log = openSync(place.logFile, 'a', 0o600)
  if (place.user !== null) chownSync(place.logFile, place.user.uid, place.user.gid)
  try {
    return spawn(binaries.postgres, postmasterArguments(place, extra), {
      ...identityOf(place.user),
      cwd: place.cluster,
      env: processEnv(),
      detached: true,
      stdio: ['ignore', log, log],
    })
  } finally {
    closeSync(log)
  }
}

async function awaitReady(child: ChildProcess, cluster: string): Promise<boolean> {
  let failed = false
  child.once('error', () => (failed = true))
  for (let waitedMs = 0; waitedMs < READY_MS_MAX; waitedMs += POLL_MS) {
    if (failed || child.exitCode !== null || child.signalCode !== null) return false
    if (readPid(cluster) === child.pid && isReady(cluster)) return true
    await sleep(POLL_MS)
  }
  throw new Error(`the embedded Postgres was not ready after ${READY_MS_MAX} ms`)
}

/** Stops it in order: a checkpoint, then the end; at once when that takes too long (the next start replays). */
export async function stopPostmaster(child: ChildProcess): Promise<void> {
  const ended = () => child.exitCode !== null || child.signalCode !== null
  for (let waitedMs = 0; !ended(); waitedMs += POLL_MS) {
    if (waitedMs === 0) child.kill('SIGINT')
    if (waitedMs === SETTLE_MS_MAX) child.kill('SIGQUIT')
    if (waitedMs === 2 * SETTLE_MS_MAX) child.kill('SIGKILL')
    await sleep(POLL_MS)
  }
}

/**
 * The first line of the pid file is the pid, the eighth the state.
 * Source: Postgres 18, src/include/utils/pidfile.h (read 2026-11-24).
 */
function readPidFile(cluster: string): string[] {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

function readPid(cluster: string): number | null {
  const pid = Number(readPidFile(cluster)[0])
  return Number.isInteger(pid) && pid > 0 ? pid : null
}

function isReady(cluster: string): boolean {
  return readPidFile(cluster)[7]?.trim() === 'ready'
}

/** A postmaster's working directory is its cluster. Where that cannot be seen, the pid is believed. */
function isPostmasterOf(pid: number, cluster: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === cluster
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    return process.platform !== 'linux' || code === 'EACCES'
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (cause) {
    throw new Error(`cannot stop the old Postgres (process ${pid})`, { cause })
  }
}

function readTail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n')
  } catch {
    return '(no log)'
  }
}
