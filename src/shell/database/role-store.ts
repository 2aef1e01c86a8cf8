/** The app's role: it owns no table, so that a mistake in the app cannot rewrite what has happened. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Client, DatabaseError } from 'pg'

export const APP_ROLE = 'tocsin_app'

const INSUFFICIENT_PRIVILEGE = '42501'
const DUPLICATE_OBJECT = '42710'
const UNIQUE_VIOLATION = '23505' // two servers creating it at once

/**
 * Makes the role where it is missing and lets the connection's user take it on. Runs under the migration lock.
 * @returns whether the role can be used: a user who may not create roles goes without, and the operator is told.
 */
export async function ensureAppRole(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ present: boolean; usable: boolean }>(
    `select exists (select from pg_roles where rolname = $1) as present,
            exists (select from pg_roles where rolname = $1 and pg_has_role(current_user, oid, 'member')) as usable`,
    [APP_ROLE],
  )
  if (rows[0]?.usable === true) return true
  try {
    if (rows[0]?.present !== true) await tolerateTwin(client.query(`create role ${APP_ROLE} nologin noinherit`))
    await client.query(`grant ${APP_ROLE} to current_user`)
    return true
  } catch (error) {
    if (error instanceof DatabaseError && error.code === INSUFFICIENT_PRIVILEGE) return false
    throw error
  }
}

async function tolerateTwin(creating: Promise<unknown>): Promise<void> {
  try {
    await creating
  } catch (error) {
    if (!(error instanceof DatabaseError && (error.code === DUPLICATE_OBJECT || error.code === UNIQUE_VIOLATION))) throw error
  }
}

/** Applies the grants file in one transaction when it differs from what was applied last, or to another role. */
export async function applyGrants(client: Client, file: URL): Promise<void> {
  const sql = await readFile(file, 'utf8')
  const stamp = `tocsin grants ${createHash('sha256').update(sql).digest('hex')}`
  const { rows } = await client.query<{ comment: string | null; granted: boolean }>(
    `select obj_description('public.migration'::regclass, 'pg_class') as comment,
            has_table_privilege($1, 'public.migration', 'select') as granted`,
    [APP_ROLE],
  )
  if (rows[0]?.comment === stamp && rows[0].granted) return
  await client.query(`begin; ${sql.replaceAll('{role}', APP_ROLE)}; comment on table public.migration is '${stamp}'; commit`)
}

/** @throws when the role owns a relation: then it could rewrite history after all. */
export async function refuseOwningRole(client: Client): Promise<void> {
  const { rows } = await client.query<{ relname: string }>(
    `select relname from pg_class where relowner = (select oid from pg_roles where rolname = $1) limit 1`,
    [APP_ROLE],
  )
  const [owned] = rows
  if (owned !== undefined) throw new Error(`the role ${APP_ROLE} owns ${owned.relname}: the app's role must own nothing`)
}
