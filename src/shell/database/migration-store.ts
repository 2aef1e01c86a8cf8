/** Brings a database to the newest schema: numbered files, each once, in order, safe against a kill and against company. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import type { Logger } from 'pino'

export interface Migration {
  readonly number: number
  /** File name, such as `0007_event.sql`. */
  readonly name: string
  readonly sql: string
  /** SHA-256 of the file's bytes, hex. */
  readonly checksum: string
  /** False for a file that begins with the marker: it holds one statement that must not run in a transaction. */
  readonly transactional: boolean
}

export interface MigrateOptions {
  /** Connects as the owner of the tables. */
  readonly url: string
  readonly folder: URL
  readonly log: Pick<Logger, 'info' | 'warn'>
  /** Runs under the lock when the schema is up to date; for the grants. */
  readonly afterwards?: (client: Client) => Promise<void>
  readonly lockWaitMsMax?: number
}

/** The schema cannot be brought up to date without a person: an edited file, a newer database, a failing statement. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

const NO_TRANSACTION_MARKER = '-- no transaction\n'
/** Any number will do as long as it stays the same: "tocsin" in ASCII. */
const LOCK_KEY = '127970252450158'
const LOCK_POLL_MS = 100
const LOCK_WAIT_MS_MAX = 120_000
/** A lock on a busy table is asked for briefly and often, so that pages do not queue behind it. */
const TABLE_LOCK_TIMEOUT_MS = 2_000
const TABLE_LOCK_TRIES_MAX = 30
const LOCK_NOT_AVAILABLE = '55P03'
const POSTGRES_VERSION_MIN = 150_000

/** Reads the migrations of a folder, in order. @throws {MigrationError} when names or numbers are not as they must be. */
export async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(name) || Number(name.slice(0, 4)) !== index + 1) {
        throw new MigrationError(`${name}: expected migration ${String(index + 1).padStart(4, '0')}_<words>.sql at this place`)
      }
      const sql = await readFile(new URL(name, folder), 'utf8')
      const checksum = createHash('sha256').update(sql).digest('hex')
      return { number: index + 1, name, sql, checksum, transactional: !sql.startsWith(NO_TRANSACTION_MARKER) }
    }),
  )
}

/**
 * Applies what is missing. Several servers may call it at once: one works, the others wait and find it done.
 * @returns the names applied. @throws {MigrationError}
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const migrations = await readMigrations(options.folder)
  const client = new Client({ connectionString: options.url, application_name: 'tocsin migrate', connectionTimeoutMillis: 10_000 })
  client.on('error', (error) => options.log.warn({ reason: error.message }, 'the migrating connection broke'))
  await client.connect()
  try {
    await refuseOldPostgres(client)
    await takeLock(client, options)
    await client.query(
      `create table if not exists migration (
         number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`,
    )
    const applied = await applyMissing(client, migrations, options)
    await options.afterwards?.(client)
    return applied
  } finally {
    await client.end()
  }
}

/** `unique nulls not distinct`, which keeps one firing episode an alert, came with 15. */
async function refuseOldPostgres(client: Client): Promise<void> {
  const { rows } = await client.query<{ number: number; name: string }>(
    "select current_setting('server_version_num')::integer as number, current_setting('server_version') as name",
  )
  const [version] = rows
  if (version !== undefined && version.number < POSTGRES_VERSION_MIN) {
    throw new MigrationError(`this is Postgres ${version.name}; Tocsin needs 15 or newer (DATABASE_URL)`)
  }
}

/** Polls: a blocking wait would deadlock with `create index concurrently`, which waits for every older snapshot. */
async function takeLock(client: Client, options: MigrateOptions): Promise<void> {
  const waitMsMax = options.lockWaitMsMax ?? LOCK_WAIT_MS_MAX
  for (let waitedMs = 0; waitedMs <= waitMsMax; waitedMs += LOCK_POLL_MS) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1::bigint) as taken', [LOCK_KEY])
    if (rows[0]?.taken === true) return
    if (waitedMs === 0) options.log.info('another server is migrating the database: waiting for it')
    await sleep(LOCK_POLL_MS)
  }
  throw new MigrationError(`another server has held the migration lock for ${waitMsMax} ms: is one stuck?`)
}

async function applyMissing(client: Client, migrations: readonly Migration[], options: MigrateOptions): Promise<string[]> {
  const { rows } = await client.query<{ number: number; name: string; checksum: string }>(
    'select number, name, checksum from migration order by number',
  )
  for (const row of rows) {
    const migration = migrations[row.number - 1]
    if (migration === undefined) {
      throw new MigrationError(`the database is newer than this Tocsin: it has migration ${row.name}. Start a newer version.`)
    }
    if (migration.checksum !== row.checksum) {
      throw new MigrationError(
        `${migration.name} was edited after it had been applied. Restore the file, and put the change into a new one.`,
      )
    }
  }
  const missing = migrations.slice(rows.length)
  for (const migration of missing) {
    await (migration.transactional ? applyInTransaction(client, migration) : applyAlone(client, migration))
    options.log.info({ migration: migration.name }, 'applied a migration')
  }
  return missing.map((migration) => migration.name)
}

async function applyInTransaction(client: Client, migration: Migration): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await client.query(`begin; set local lock_timeout = ${TABLE_LOCK_TIMEOUT_MS}`)
      await client.query(migration.sql)
      await record(client, migration)
      await client.query('commit')
      return
    } catch (error) {
      await client.query('rollback').catch(() => undefined)
      if (!(error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE) || tries >= TABLE_LOCK_TRIES_MAX) {
        throw explain(migration, error)
      }
    }
  }
}

/**
 * A kill between the statement and its record runs the statement again, so it is written with `if not exists`. An index
 * that was being built concurrently is left invalid and would be taken for existing: it is dropped first. Nobody else
 * can be building one, because we hold the lock.
 */
async function applyAlone(client: Client, migration: Migration): Promise<void> {
  try {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_index i
       join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
       where not i.indisvalid and n.nspname = current_schema()`,
    )
    for (const { name } of rows) await client.query(`drop index concurrently ${name}`)
    await client.query(migration.sql)
    await record(client, migration)
  } catch (error) {
    throw explain(migration, error)
  }
}

async function record(client: Client, migration: Migration): Promise<void> {
  const { number, name, checksum } = migration
  await client.query('insert into migration (number, name, checksum) values ($1, $2, $3)', [number, name, checksum])
}

function explain(migration: Migration, error: unknown): MigrationError {
  return new MigrationError(`${migration.name} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
}
