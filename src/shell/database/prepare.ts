/** From a URL to a database that is ready for the app: migrated, granted, and opened under the app's role. */
import type { Logger } from 'pino'
import { migrate } from './migration-store.ts'
import { applyGrants, APP_ROLE, ensureAppRole, refuseOwningRole } from './role-store.ts'
import { openDatabase } from './open-database.ts'
import type { Database } from './database.ts'

const MIGRATIONS_FOLDER = new URL('../../../db/migrations/', import.meta.url)
const GRANTS_FILE = new URL('../../../db/grants.sql', import.meta.url)

/**
 * Migrates, and sees to the app's role. @returns the role the app connects as; null when the URL's user may not make it.
 * @throws {MigrationError}
 */
export async function prepareDatabase(url: string, log: Pick<Logger, 'info' | 'warn'>): Promise<string | null> {
  let role: string | null = null
  await migrate({
    url,
    folder: MIGRATIONS_FOLDER,
    log,
    afterwards: async (client) => {
      if (!(await ensureAppRole(client))) return
      await refuseOwningRole(client)
      await applyGrants(client, GRANTS_FILE)
      role = APP_ROLE
    },
  })
  if (role === null) {
    log.warn(
      `The database's user may not create the role ${APP_ROLE}, so Tocsin runs with that user's own rights and a fault could change ` +
        `the record of events. Let an administrator run: create role ${APP_ROLE} nologin noinherit; grant ${APP_ROLE} to <user>;`,
    )
  }
  return role
}

/** Prepares and opens. */
export async function openPreparedDatabase(url: string, log: Logger, testClockFile: string | null): Promise<Database> {
  const role = await prepareDatabase(url, log)
  return openDatabase({ url, role, log, testClockFile })
}
