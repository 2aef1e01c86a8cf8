/**
 * One server a data folder. On Linux the lock is an abstract socket named after the folder's device and inode: the
 * kernel takes it away with the process, however it ends, so no stale lock can exist. Elsewhere, and across containers
 * that share a volume but no network, a file that its holder keeps fresh stands in. The file also tells who holds it.
 */
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from 'node:net'

export interface FolderLock {
  readonly release: () => Promise<void>
}

/** Another live server holds the folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
}

interface Holder {
  readonly pid: number
  readonly host: string
  readonly since: string
}

const LOCK_FILE = 'tocsin.lock'
const REFRESH_MS = 2_000
/** A holder that has not refreshed its file for this long is dead, or stopped so long that it has lost its leases too. */
const STALE_MS = 12_000
/** A process that was just killed may need a moment to be gone, and looks alive until then. */
const DYING_MS_MAX = 3_000
const POLL_MS = 100

/** Takes the folder, which is made if it is missing. @throws {FolderInUseError} */
export async function lockFolder(folder: string): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, LOCK_FILE)
  const socket = process.platform === 'linux' ? await takeSocket(folder, file) : null
  try {
    await awaitStaleFile(folder, file, socket !== null)
  } catch (error) {
    socket?.close()
    throw error
  }
  const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() }
  writeFileSync(file, JSON.stringify(holder), { mode: 0o644 })
  const refreshing = setInterval(() => touch(file), REFRESH_MS)
  refreshing.unref()
  return {
    release: async () => {
      clearInterval(refreshing)
      rmSync(file, { force: true })
      if (socket !== null) await new Promise<void>((resolve) => socket.close(() => resolve()))
    },
  }
}

async function takeSocket(folder: string, file: string): Promise<Server> {
  const { dev, ino } = statSync(folder)
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const server = await listenOn(`\0tocsin-folder-${dev}-${ino}`)
    if (server !== null) return server
    if (waitedMs >= DYING_MS_MAX) throw inUse(folder, readHolder(file))
    await sleep(POLL_MS)
  }
}

function listenOn(name: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)))
    server.listen(name, () => {
      server.unref()
      resolve(server)
    })
  })
}

/**
 * The file of a holder on this host that is dead is nothing; with the socket ours, so is that of a pid that lives on as
 * something else. A file from elsewhere is watched until it is stale.
 */
async function awaitStaleFile(folder: string, file: string, socketIsOurs: boolean): Promise<void> {
  const holder = readHolder(file)
  if (holder === null) return
  const here = holder.host === hostname()
  if (here && (socketIsOurs || !isAlive(holder))) return
  const seen = refreshedAt(file)
  if (Date.now() - seen > STALE_MS) return
  for (let waitedMs = 0; waitedMs < STALE_MS; waitedMs += POLL_MS) {
    await sleep(POLL_MS)
    if (refreshedAt(file) !== seen) throw inUse(folder, readHolder(file))
  }
}

function inUse(folder: string, holder: Holder | null): FolderInUseError {
  const who =
    holder === null ? 'another Tocsin server' : `another Tocsin server (process ${holder.pid} on ${holder.host}, since ${holder.since})`
  return new FolderInUseError(`${who} is using the data folder ${folder}: stop it, or set TOCSIN_DATA to another folder`)
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    return null
  }
}

/** A pid that we may not signal is alive all the same. */
export function isAlive({ pid }: { readonly pid: number }): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function touch(file: string): void {
  try {
    const now = new Date()
    utimesSync(file, now, now)
  } catch {
    // The folder was removed under us, or the disk fails: the server's own work will tell.
  }
}

function refreshedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
