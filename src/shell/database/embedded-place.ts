/** Where the embedded cluster lives, reachable by the user that Postgres runs as. */
import { spawnSync } from 'node:child_process'
import { randomBytes, createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findServiceUser, findUser } from './embedded-user.ts'
import type { ServiceUser } from './embedded-user.ts'

export interface Place {
  /** Postgres's data directory. */
  readonly cluster: string
  /** Short enough for a unix socket. */
  readonly socketFolder: string
  readonly logFile: string
  /** Whom Postgres runs as; null: as this process does. */
  readonly user: ServiceUser | null
}

/** Where the cluster goes when a folder above the data folder shuts the Postgres user out. */
const FALLBACK_FOLDER = '/var/lib/tocsin'
const FALLBACK_NOTE = 'postgres-folder'
/** `sun_path` is 108 bytes on Linux and 104 on macOS; Postgres appends `/.s.PGSQL.5432`. */
const SOCKET_FOLDER_BYTES_MAX = 85

/** Makes the folders and settles owners. `say` is told of anything that is not where one would look for it. */
export function preparePlace(dataDir: string, say: (message: string) => void): Place {
  mkdirSync(dataDir, { recursive: true })
  const home = realpathSync(dataDir)
  const user = chooseUser(home, say)
  const base = user === null ? home : findReachable(home, user, say)
  const cluster = join(base, 'postgres')
  return { cluster, socketFolder: makeSocketFolder(base, user), logFile: join(home, 'postgres.log'), user }
}

/** As root, an existing cluster keeps the user that owns it. */
function chooseUser(home: string, say: (message: string) => void): ServiceUser | null {
  const owner = statSync(join(home, 'postgres'), { throwIfNoEntry: false })?.uid
  if (process.getuid?.() !== 0) {
    if (owner !== undefined && owner !== process.getuid?.()) {
      throw new Error(`${join(home, 'postgres')} belongs to user id ${owner}: start Tocsin as that user or as root`)
    }
    return null
  }
  return (owner === undefined || owner === 0 ? null : findUser(owner)) ?? findServiceUser(say)
}

/** The data folder if that user can get there, else a folder of its own elsewhere, remembered in the data folder. */
function findReachable(home: string, user: ServiceUser, say: (message: string) => void): string {
  const note = join(home, FALLBACK_NOTE)
  const elsewhere = existsSync(note) ? readFileSync(note, 'utf8').trim() : null
  if (elsewhere === null) {
    chmodSync(home, statSync(home).mode | 0o011) // lets others pass through, not look around
    if (canEnter(home, user)) return home
    if (existsSync(join(home, 'postgres', 'PG_VERSION'))) {
      throw new Error(
        `the user ${user.name}, whom Postgres runs as, can no longer reach ${home}: let others pass through the folders above it`,
      )
    }
  }
  const base = elsewhere ?? join(FALLBACK_FOLDER, randomBytes(6).toString('hex'))
  mkdirSync(base, { recursive: true })
  for (const folder of [FALLBACK_FOLDER, base]) if (existsSync(folder)) chmodSync(folder, 0o711)
  if (!canEnter(base, user)) throw new Error(`the user ${user.name}, whom Postgres runs as, can reach neither ${home} nor ${base}`)
  if (elsewhere === null) writeFileSync(note, `${base}\n`)
  say(`the user ${user.name}, whom Postgres runs as, cannot reach ${home} (a folder above it shuts others out): the database is in ${base}`)
  return base
}

function canEnter(folder: string, user: ServiceUser): boolean {
  const { uid, gid } = user
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { uid, gid, cwd: '/', stdio: 'ignore', timeout: 5_000 }).status === 0
}

function makeSocketFolder(base: string, user: ServiceUser | null): string {
  const near = join(base, 'socket')
  const hash = createHash('sha256').update(base).digest('hex').slice(0, 16)
  const folder = Buffer.byteLength(near) <= SOCKET_FOLDER_BYTES_MAX ? near : join(tmpdir(), `tocsin-${hash}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const owner = user?.uid ?? process.getuid?.()
  const present = statSync(folder).uid
  // Somebody else's folder could hold somebody else's socket, which we would talk to.
  if (present !== owner && present !== 0) throw new Error(`${folder} belongs to user id ${present}: remove it`)
  chmodSync(folder, 0o700)
  if (user !== null) chownSync(folder, user.uid, user.gid)
  return folder
}

/** Hands a folder and all in it to the user. */
export function giveTo(user: ServiceUser, folder: string): void {
  lchownSync(folder, user.uid, user.gid)
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) lchownSync(join(folder, entry), user.uid, user.gid)
}
