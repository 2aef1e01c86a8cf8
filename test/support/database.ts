/** A database of one's own for a test file, cloned from the migrated template, and ports around it. */
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import pino from 'pino'
import { inject } from 'vitest'
import { openDatabase } from '../../src/shell/database/open-database.ts'
import { APP_ROLE } from '../../src/shell/database/role-store.ts'
import { databaseUrl, TEMPLATE_DATABASE } from './postgres.ts'
import type { Database } from '../../src/shell/database/database.ts'

export interface TestDatabase {
  /** Opened under the app's role, as the server opens it. */
  readonly database: Database
  /** Connects as the owner of the tables: for what the app may not do. */
  readonly url: string
  readonly close: () => Promise<void>
}

export interface TestDatabaseOptions {
  readonly testClockFile?: string
  /** False: empty, without any table. */
  readonly migrated?: boolean
}

const SIZES = { main: 8, pages: 4, ingest: 4 }

/** Clones the template; call it in `beforeAll` or in a test, and `close` when done. */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const name = `test_${randomBytes(8).toString('hex')}`
  const template = options.migrated === false ? 'template1' : TEMPLATE_DATABASE
  await asSuperuser(server, `create database ${name} template ${template} strategy file_copy`)
  const url = databaseUrl(server, name)
  const log = pino({ level: 'silent' })
  const database = openDatabase({ url, role: APP_ROLE, log, sizes: SIZES, testClockFile: options.testClockFile ?? null })
  return {
    database,
    url,
    close: async () => {
      await database.close()
      await asSuperuser(server, `drop database ${name} with (force)`)
    },
  }
}

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl(url, 'postgres') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
