/** Makes the embedded cluster once, and says how it runs: settings for a small server that must not lose a commit. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, chmodSync, chownSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Binaries } from './embedded-binaries.ts'
import { giveTo } from './embedded-place.ts'
import type { Place } from './embedded-place.ts'
import { ownName } from './embedded-user.ts'

const DATABASE_USER = 'tocsin'
export const DATABASE_NAME = 'tocsin'
/** Part of the socket's name only: nothing listens on a network. */
const SOCKET_PORT = 5432

const INITDB_TIMEOUT_MS = 120_000

/** Settings by name. `fsync`, `full_page_writes` and `synchronous_commit` stay on: an answered signal survives a power cut. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  max_connections: '60',
  shared_buffers: '128MB',
  effective_cache_size: '512MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'replica',
  wal_buffers: '8MB',
  max_wal_size: '2GB',
  min_wal_size: '256MB', // recycled segments: a commit need not wait for a new file
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  io_method: 'sync',
  random_page_cost: '1.1',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  max_worker_processes: '4',
  autovacuum_naptime: '15s',
  autovacuum_vacuum_scale_factor: '0.05',
  autovacuum_vacuum_cost_limit: '1000',
  // A server that died without a word frees its locks and rows soon.
  idle_in_transaction_session_timeout: '15s',
  client_connection_check_interval: '5s',
  log_min_duration_statement: '2s',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  log_timezone: 'UTC',
  timezone: 'UTC',
  update_process_title: 'off',
}

/** Makes the cluster if there is none. A making that was cut short is begun again. @throws when a newer or older one is there. */
export function ensureCluster(place: Place, binaries: Binaries): void {
  const { cluster, user } = place
  if (existsSync(join(cluster, 'PG_VERSION'))) {
    const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
    if (version !== binaries.major) {
      throw new Error(`${cluster} was made by Postgres ${version}, this is ${binaries.major}: move it with pg_upgrade, or dump and restore`)
    }
    if (user !== null && statSync(cluster).uid !== user.uid) giveTo(user, cluster)
  } else {
    initialise(place, binaries)
  }
  chmodSync(cluster, 0o700)
  writeAccess(place)
}

function initialise({ cluster, user }: Place, binaries: Binaries): void {
  const unfinished = `${cluster}.new`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  if (user !== null) chownSync(unfinished, user.uid, user.gid)
  const result = spawnSync(
    binaries.initdb,
    [
      `--pgdata=${unfinished}`,
      `--username=${DATABASE_USER}`,
      '--auth=peer',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
      '--no-instructions',
    ],
    { ...identityOf(user), cwd: unfinished, env: processEnv(), encoding: 'utf8', timeout: INITDB_TIMEOUT_MS },
  )
  if (result.status !== 0) throw new Error(`making the embedded database failed: ${result.error?.message ?? result.stderr.trim()}`)
  renameSync(unfinished, cluster)
}

/** Only the socket, and there only the system user that this process runs as: there is no password to leak. */
function writeAccess({ cluster, user }: Place): void {
  const quoted = `"${ownName().replaceAll('"', '""')}"`
  const files = {
    'pg_hba.conf': '# Written by Tocsin at each start.\nlocal all all peer map=tocsin\nlocal replication all peer map=tocsin\n',
    'pg_ident.conf': `# Written by Tocsin at each start.\ntocsin ${quoted} ${DATABASE_USER}\n`,
  }
  for (const [name, content] of Object.entries(files)) {
    const file = join(cluster, name)
    writeFileSync(file, content, { mode: 0o600 })
    if (user !== null) chownSync(file, user.uid, user.gid)
  }
}

/** The command line of the postmaster. */
export function postmasterArguments(place: Place, extra: Readonly<Record<string, string>>): string[] {
  const settings = {
    ...SETTINGS,
    unix_socket_directories: `"${place.socketFolder.replaceAll('"', '""')}"`,
    port: String(SOCKET_PORT),
    ...extra,
  }
  return ['-D', place.cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

export function connectionUrl(place: Place, database: string): string {
  return `postgresql://${DATABASE_USER}@localhost/${database}?host=${encodeURIComponent(place.socketFolder)}&port=${SOCKET_PORT}`
}

export function identityOf(user: Place['user']): { uid: number; gid: number } | Record<string, never> {
  return user === null ? {} : { uid: user.uid, gid: user.gid }
}

/** Nothing of our own environment, which holds secrets. */
export function processEnv(): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}
