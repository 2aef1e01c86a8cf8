/** The settings: defaults, what is refused and how it is said. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('an empty environment gives a server on this machine with an embedded database', () => {
  const config = readConfig({ TOCSIN_DATA: '' })
  expect(config).toMatchObject({
    host: '127.0.0.1',
    port: 4600,
    databaseUrl: null,
    url: 'http://127.0.0.1:4600',
    urlIsSet: false,
    ownerEmail: 'owner@localhost',
    warnings: [],
  })
  expect(config.dataDir).toBe(join(process.cwd(), 'data'))
})

test.each([
  [{ TOCSIN_PORT: '80a' }, 'TOCSIN_PORT: expected a port'],
  [{ TOCSIN_PORT: '65536' }, 'TOCSIN_PORT: expected a port'],
  [{ TOCSIN_SMTP_PORT: '0' }, 'TOCSIN_SMTP_PORT: expected a port'],
  [{ DATABASE_URL: 'mysql://localhost/x' }, 'DATABASE_URL: expected a URL such as postgresql://'],
  [{ TOCSIN_URL: 'tocsin.example.com' }, 'TOCSIN_URL: expected the public address'],
  [{ TOCSIN_URL: 'https://x.example/?a=1' }, 'TOCSIN_URL: expected an address without query'],
  [{ TOCSIN_MAIL_URL: 'http://mail' }, 'TOCSIN_MAIL_URL: expected smtp://'],
  [{ TOCSIN_MAIL_FROM: 'a@b\r\nBcc: c@d' }, 'TOCSIN_MAIL_FROM: expected one line'],
  [{ TOCSIN_OWNER_EMAIL: 'me' }, 'TOCSIN_OWNER_EMAIL: expected an e-mail address'],
  [{ TOCSIN_TRUSTED_PROXIES: '10.0.0.0/33' }, 'TOCSIN_TRUSTED_PROXIES: expected CIDR blocks'],
  [{ TOCSIN_TLS_CERT: '/c.pem' }, 'TOCSIN_TLS_KEY: expected to be set, because TOCSIN_TLS_CERT is'],
  [{ TOCSIN_ACME_DOMAIN: 'x.example' }, 'TOCSIN_ACME_EMAIL: expected to be set'],
  [{ TOCSIN_PUBLIC_PORT: '4600' }, 'TOCSIN_PUBLIC_PORT: expected another port'],
  [{ TOCSIN_LOG_LEVEL: 'loud' }, 'TOCSIN_LOG_LEVEL: expected one of'],
  [{ TOCSIN_TEST_CLOCK: '/clock' }, 'TOCSIN_TEST_CLOCK: expected to be unset, it is for tests'],
  [{ TOCSIN_FAILPOINT: 'inside-apply' }, 'TOCSIN_FAILPOINT: expected to be unset, it is for tests'],
])('%o is refused by name', (env, problem) => {
  const problems = problemsOf(env)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(problem)
})

test('every wrong setting is named at once, and no value is repeated', () => {
  const problems = problemsOf({ TOCSIN_PORT: 'x', DATABASE_URL: 'oracle://me:canary-password@host', TOCSIN_LOG_LEVEL: 'canary-level' })
  expect(problems.map((problem) => problem.split(':')[0])).toEqual(['TOCSIN_PORT', 'DATABASE_URL', 'TOCSIN_LOG_LEVEL'])
  expect(problems.join()).not.toContain('canary')
})

test('what tests may set is accepted under NODE_ENV=test only', () => {
  const config = readConfig({
    NODE_ENV: 'test',
    TOCSIN_TEST_CLOCK: '/c',
    TOCSIN_FAILPOINT: 'inside-apply',
    TOCSIN_TEST_TIMING: 'leaseMs=500,pollMs=5',
  })
  expect(config).toMatchObject({ testing: true, testClockFile: '/c', failpoint: 'inside-apply', timing: { leaseMs: 500, pollMs: 5 } })
})

test('the two keys are taken as they are, whatever their form', () => {
  expect(readConfig({ TOCSIN_API_KEY: 'k', TOCSIN_INGEST_KEY: ' ü ' })).toMatchObject({ apiKey: 'k', ingestKey: ' ü ' })
})

test('the public address loses its trailing slash and keeps its path', () => {
  expect(readConfig({ TOCSIN_URL: 'https://ops.example.com/tocsin/' }).url).toBe('https://ops.example.com/tocsin')
})

test('an address made up from the settings works in a browser on this machine', () => {
  expect(readConfig({ TOCSIN_HOST: '0.0.0.0', TOCSIN_PORT: '8080' }).url).toBe('http://127.0.0.1:8080')
  expect(readConfig({ TOCSIN_HOST: '::1' }).url).toBe('http://[::1]:4600')
  expect(readConfig({ TOCSIN_TLS_CERT: 'c', TOCSIN_TLS_KEY: 'k' }).url).toBe('https://127.0.0.1:4600')
})

test('a misspelt setting is told, a secret for a connection is not', () => {
  const { warnings } = readConfig({ TOCSIN_PROT: '80', TOCSIN_SLACK_TOKEN: 'x' })
  expect(warnings).toEqual(['TOCSIN_PROT is set, but Tocsin knows no such setting'])
})

test('a secret comes from its variable, else from the file that its _FILE variable names', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'token')
  writeFileSync(file, 'from file\n')
  const { findSecret } = readConfig({ OPS_HOOK: 'direct', MAIL_FILE: file })
  expect([findSecret('OPS_HOOK'), findSecret('MAIL'), findSecret('NONE')]).toEqual(['direct', 'from file', null])
})
