/** Starts one Postgres for the whole test run, with a migrated database that every test file clones. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import pino from 'pino'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/shell/database/embedded.ts'
import { prepareDatabase } from '../../src/shell/database/prepare.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The test run's Postgres, connecting as its superuser. */
    postgresUrl: string
  }
}

export const TEMPLATE_DATABASE = 'tocsin_template'
/** Tests may lose their database with the machine; they still see real commits, locks and crashes of processes. */
const FAST_SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '400', checkpoint_timeout: '1h' }

let tearDown = () => Promise.resolve()

/** Called by vitest once, before the first test file. */
export async function setup(project: TestProject): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'postgres-'))
  const log = pino({ level: 'silent' })
  const postgres = await startEmbeddedPostgres({ dataDir, log, extra: FAST_SETTINGS })
  await makeTemplate(postgres.url)
  project.provide('postgresUrl', postgres.url)
  tearDown = async () => {
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Called by vitest once, after the last test file. */
export async function teardown(): Promise<void> {
  await tearDown()
}

async function makeTemplate(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`create database ${TEMPLATE_DATABASE}`)
  await client.end()
  await prepareDatabase(databaseUrl(url, TEMPLATE_DATABASE), pino({ level: 'silent' }))
}

/** The same server and user, another database. */
export function databaseUrl(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.toString()
}
