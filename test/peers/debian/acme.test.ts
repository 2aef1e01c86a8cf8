/** A real server gets its certificate from a real ACME authority (pebble), and keeps it over a restart without one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../support/database.ts'
import { type Pebble, startPebble } from '../../support/pebble.ts'
import { findFreePort } from '../../support/port.ts'
import { type RunningServer, send, startServer, tail } from '../../support/server.ts'
import { waitFor } from '../../support/wait.ts'

const DOMAIN = 'tocsin.test'
const dataFolder = mkdtempSync(join(tmpdir(), 'tocsin-acme-'))
let db: TestDatabase
let pebble: Pebble
let server: RunningServer
let environment: Record<string, string>
let publicPort: number
let challengePort: number
beforeAll(async () => {
  db = await openTestDatabase()
  publicPort = await findFreePort()
  challengePort = await findFreePort()
  pebble = await startPebble(challengePort)
  environment = {
    TOCSIN_URL: `https://${DOMAIN}:${publicPort}`,
    TOCSIN_PUBLIC_HOST: '127.0.0.1',
    TOCSIN_PUBLIC_PORT: String(publicPort),
    TOCSIN_ACME_DOMAIN: DOMAIN,
    TOCSIN_ACME_EMAIL: 'ops@example.com',
    TOCSIN_ACME_DIRECTORY: pebble.directoryUrl,
    TOCSIN_ACME_PORT: String(challengePort),
    NODE_EXTRA_CA_CERTS: pebble.trustFile,
  }
  server = await startServer({ databaseUrl: db.url, dataFolder, environment })
}, 120_000)
afterAll(async () => {
  await server.cleanUp()
  await pebble.stop()
  await db.close()
  rmSync(dataFolder, { recursive: true, force: true })
})

/** As a phone would: the name resolved to here, the certificate checked against the authority's root. */
function ask(path: string, ca: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: publicPort, path, servername: DOMAIN, ca, agent: false }, (reply) => {
      let text = ''
      reply.setEncoding('utf8')
      reply.on('data', (chunk: string) => {
        text += chunk
      })
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('the certificate is ordered while the server runs, trusted by its root, and found again without the authority', async () => {
  const root = await pebble.root()
  const answer = await waitFor('a certificate to be served', () => ask('/healthz', root), {
    timeoutMs: 60_000,
    everyMs: 250,
    explain: () => tail(pebble.log() + server.log()),
  })
  expect(answer).toEqual({ status: 200, text: '{"ok":true}' })
  expect((await ask('/api/v1/incidents', root)).status).toBe(404)
  expect((await ask('/', root)).status).toBe(404)

  const elsewhere = await send(`http://127.0.0.1:${challengePort}`, 'GET', '/a/token')
  expect([elsewhere.status, elsewhere.headers['location']]).toEqual([308, `https://${DOMAIN}:${publicPort}/a/token`])

  await server.stop()
  await pebble.stop()
  server = await startServer({ databaseUrl: db.url, dataFolder, environment })
  expect((await ask('/healthz', root)).status).toBe(200)
}, 120_000)
