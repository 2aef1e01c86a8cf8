/** A database user without the right to make roles: Tocsin runs all the same, and says what is missing. */
import { Client } from 'pg'
import pino from 'pino'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { databaseUrl } from '../../../test/support/postgres.ts'
import { openPreparedDatabase, prepareDatabase } from './prepare.ts'

/** Peer authentication lets only the superuser in, so the test's user comes in by `SET ROLE` at the start of a session. */
function urlAs(role: string, database: string): string {
  const url = new URL(databaseUrl(inject('postgresUrl'), database))
  url.searchParams.set('options', `-c role=${role}`)
  return url.toString()
}

async function asSuperuser(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: databaseUrl(inject('postgresUrl'), 'postgres') })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

const suffix = `${process.pid}_${Math.random().toString(36).slice(2, 8)}`
const poor = `poor_${suffix}`
beforeAll(() => asSuperuser(`create role ${poor} nologin`, `create database ${poor} owner ${poor}`))
afterAll(() => asSuperuser(`drop database ${poor} with (force)`, `drop role ${poor}`))

test('without the right to make or take on the role it migrates, warns with the statement to run, and works', async () => {
  const warnings: string[] = []
  const log = pino({ level: 'warn' }, { write: (line) => void warnings.push(line) })
  const database = await openPreparedDatabase(urlAs(poor, poor), log, null)
  const { rows } = await database.query<{ user: string }>('select current_user as user')
  await database.close()
  expect(rows[0]?.user).toBe(poor)
  expect(warnings.join()).toContain('create role tocsin_app nologin')
})

test('once the role is granted, the next start takes it on with its rights', async () => {
  await asSuperuser(`grant tocsin_app to ${poor}`)
  expect(await prepareDatabase(urlAs(poor, poor), pino({ level: 'silent' }))).toBe('tocsin_app')
})
