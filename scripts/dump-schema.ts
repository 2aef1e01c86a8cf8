/** Writes db/schema.sql from the migrations; with --check, compares instead and exits 1 where it differs. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import pino from 'pino'
import { startEmbeddedPostgres } from '../src/shell/database/embedded.ts'
import { prepareDatabase } from '../src/shell/database/prepare.ts'
import { dumpSchema } from '../src/shell/database/schema-store.ts'

const SCHEMA_FILE = new URL('../db/schema.sql', import.meta.url)

const schema = await schemaOfMigrations()
if (!process.argv.includes('--check')) {
  writeFileSync(SCHEMA_FILE, schema)
} else if (readFileSync(SCHEMA_FILE, 'utf8') !== schema) {
  console.error('db/schema.sql differs from what the migrations make: run `npm run schema` and look at the difference')
  process.exitCode = 1
}

/** In a throw-away cluster, so that nothing of this machine's databases can show through. */
async function schemaOfMigrations(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-schema-'))
  const log = pino({ level: 'error' })
  const postgres = await startEmbeddedPostgres({ dataDir, log, extra: { fsync: 'off' } })
  try {
    await prepareDatabase(postgres.url, log)
    const client = new Client({ connectionString: postgres.url })
    await client.connect()
    const text = await dumpSchema(client)
    await client.end()
    return text
  } finally {
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
