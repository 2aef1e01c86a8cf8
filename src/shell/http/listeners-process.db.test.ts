/** Reach, as a whole server has it: outsiders' listener with TLS from files, renewal by SIGHUP, and starts that must fail plainly. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCertificate, makeCertificateFiles } from '../../../test/support/certificate.ts'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { findFreePort } from '../../../test/support/port.ts'
import { API_KEY, INGEST_KEY, NODE, ROOT, type RunningServer, startServer } from '../../../test/support/server.ts'
import { waitFor } from '../../../test/support/wait.ts'

let db: TestDatabase
let server: RunningServer
let publicPort: number
let files: Awaited<ReturnType<typeof makeCertificateFiles>>
beforeAll(async () => {
  db = await openTestDatabase()
  publicPort = await findFreePort()
  files = await makeCertificateFiles()
  server = await startServer({
    databaseUrl: db.url,
    environment: {
      TOCSIN_URL: `https://localhost:${publicPort}`,
      TOCSIN_PUBLIC_HOST: '127.0.0.1',
      TOCSIN_PUBLIC_PORT: String(publicPort),
      TOCSIN_TLS_CERT: files.certFile,
      TOCSIN_TLS_KEY: files.keyFile,
      NODE_EXTRA_CA_CERTS: files.certFile,
    },
  })
}, 90_000)
afterAll(async () => {
  await server.cleanUp()
  await db.close()
})

/** One request over TLS, by hand, so that the certificate shown can be compared. */
function ask(text: string, ca: string): Promise<{ head: string; fingerprint: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: publicPort, servername: 'localhost', ca }, () => socket.write(text))
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      answer += chunk
      if (!answer.includes('\r\n\r\n')) return
      const fingerprint = socket.getPeerCertificate().fingerprint256
      socket.destroy()
      resolve({ head: answer.split('\r\n', 1)[0] ?? '', fingerprint })
    })
    socket.on('error', reject)
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer in 10 s')))
  })
}

const get = (path: string, ca = files.cert) =>
  ask(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${API_KEY}\r\n\r\n`, ca)

test('outsiders reach the doors and the acknowledge page, and nothing else even with a key', async () => {
  const event = JSON.stringify({
    routing_key: INGEST_KEY,
    event_action: 'trigger',
    payload: { summary: 'x', source: 's', severity: 'info' },
  })
  const post = `POST /v2/enqueue HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${event.length}\r\n\r\n${event}`
  expect((await ask(post, files.cert)).head).toBe('HTTP/1.1 202 Accepted')
  expect((await get('/healthz')).head).toBe('HTTP/1.1 200 OK')
  // The page for a link that is not known is a page of ours, not the refusal of the listener.
  expect((await get('/a/unknown-token')).head).toMatch(/^HTTP\/1\.1 (404|410) /)
  for (const path of ['/', '/api/v1/incidents', '/api/v1/openapi.json', '/metrics', '/readyz', '/sign-in/x', '/api/v1/stream']) {
    expect([path, (await get(path)).head]).toEqual([path, 'HTTP/1.1 404 Not Found'])
  }
  expect((await server.api('GET', '/api/v1/incidents')).status).toBe(200)
})

test('the doctor sees the certificate and reaches the public address through it', async () => {
  const { json } = await server.api('GET', '/api/v1/doctor')
  const checks = (json as { checks: { id: string; state: string; found: string }[] }).checks
  expect(checks.find((check) => check.id === 'certificate')).toMatchObject({
    state: 'ok',
    found: expect.stringContaining('localhost') as string,
  })
  expect(checks.find((check) => check.id === 'url')?.state).toBe('ok')
})

test('a renewed certificate is served after SIGHUP, and connections go on', async () => {
  const before = await get('/healthz')
  const next = await makeCertificate()
  writeFileSync(files.certFile, next.cert)
  writeFileSync(files.keyFile, next.key)
  process.kill(server.pid, 'SIGHUP')
  const after = await waitFor('the new certificate', () => get('/healthz', next.cert), { timeoutMs: 10_000 })
  expect(after.fingerprint).not.toBe(before.fingerprint)
  expect(server.hasExited()).toBe(false)
})

/** Starts a server that must not come up. */
async function startInVain(environment: Record<string, string>): Promise<{ code: number | null; err: string }> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: '/tmp',
    NODE_ENV: 'test',
    DATABASE_URL: db.url,
    TOCSIN_DATA: files.folder,
    ...environment,
  }
  const child = spawn(NODE, ['src/main.ts'], { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let err = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (chunk: string) => {
    err += chunk
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, err }
}

test('a port that is taken stops the start with one sentence that names the variable', async () => {
  const holder = createServer()
  const port = await findFreePort()
  await new Promise<void>((resolve) => {
    holder.listen(port, '127.0.0.1', resolve)
  })
  const { code, err } = await startInVain({ TOCSIN_PORT: String(port) })
  holder.close()
  expect([code, err]).toEqual([1, `TOCSIN_PORT: 127.0.0.1:${port} is already in use by another process\n`])
})

test('a certificate that cannot be read stops the start with one sentence that names the variable', async () => {
  const { code, err } = await startInVain({ TOCSIN_PORT: '0', TOCSIN_TLS_CERT: '/nowhere/cert.pem', TOCSIN_TLS_KEY: files.keyFile })
  expect([code, err]).toEqual([1, 'TOCSIN_TLS_CERT (/nowhere/cert.pem) cannot be read: ENOENT\n'])
})
