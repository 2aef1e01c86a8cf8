/** The sockets: what the public one lets through, TLS and its renewal, taken ports, closing. */
import { writeFile } from 'node:fs/promises'
import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { makeCertificate, makeCertificateFiles } from '../../../test/support/certificate.ts'
import { findFreePort } from '../../../test/support/port.ts'
import { listenerSettings } from './listeners-settings.ts'
import { type ListenerParts, type Listeners, type ListenerSettings, startListeners } from './listeners.ts'

const parts: ListenerParts = {
  handler: (request, response) => void response.end(`inside ${request.url}`),
  doors: (request, response) => {
    if (!(request.url ?? '').startsWith('/v2/enqueue')) return false
    response.end('door')
    return true
  },
  log: pino({ level: 'silent' }),
}
const plain: ListenerSettings = { host: '127.0.0.1', port: 0, public: null, tls: null }
const both: ListenerSettings = { ...plain, public: { host: '127.0.0.1', port: 0 } }

const open: Listeners[] = []
async function start(settings: ListenerSettings, changed: Partial<ListenerParts> = {}): Promise<Listeners> {
  const listeners = await startListeners(settings, { ...parts, ...changed })
  open.push(listeners)
  return listeners
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((listeners) => listeners.close(0)))
})

interface Answer {
  status: number
  text: string
  headers: Record<string, unknown>
  fingerprint: string
}

/** `path` goes out as it is: `fetch` would tidy dots away. */
async function get(base: string | null, path: string, ca?: string): Promise<Answer> {
  const url = new URL(base ?? 'http://no-listener.invalid')
  const ask = url.protocol === 'https:' ? tlsRequest : plainRequest
  return new Promise((resolve, reject) => {
    const sent = ask({ host: url.hostname, port: url.port, path, agent: false, ...(ca === undefined ? {} : { ca }) }, (reply) => {
      const fingerprint = url.protocol === 'https:' ? (reply.socket as TLSSocket).getPeerCertificate().fingerprint256 : ''
      let text = ''
      reply.setEncoding('utf8')
      reply.on('data', (chunk: string) => {
        text += chunk
      })
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text, headers: reply.headers, fingerprint }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('one listener serves everything', async () => {
  const listeners = await start(plain)
  expect(listeners.public).toBeNull()
  expect((await get(listeners.main, '/api/v1/incidents')).text).toBe('inside /api/v1/incidents')
})

test('the public listener serves what outsiders need', async () => {
  const listeners = await start(both)
  expect((await get(listeners.public, '/v2/enqueue')).text).toBe('door')
  for (const path of ['/a/token', '/healthz', '/status', '/status/api/v2/summary.json', '/callbacks/slack', '/healthz?x=1']) {
    expect((await get(listeners.public, path)).text).toBe(`inside ${path}`)
  }
  for (const path of [
    '/v2/alerts?limit=1',
    '/v2/alerts/',
    '/v2/alerts/disk%2Fdb/close',
    '/jsm/ops/integration/v2/heartbeats/backup/ping',
  ]) {
    expect((await get(listeners.public, path)).text).toBe(`inside ${path}`)
  }
})

test('everything else is 404 on the public listener, however it is spelt', async () => {
  const listeners = await start(both)
  const inside = ['/', '/api/v1/incidents', '/incidents', '/metrics', '/readyz', '/sign-in', '/assets/index.js', '/a', '/a/', '/statusx']
  const tricks = [
    '/a/../api/v1/people',
    '/a/%2e%2e/api/v1/people',
    '/a/..%2fapi/v1/people',
    '/a/x%2fy',
    '/v2/alertsx',
    '/v2/alerts/../../api/v1/people',
    '/v2/alerts/%2e%2e/api',
    '/v2/alerts//x',
    '/jsm/ops/integration/api/v1/people',
    '//api/v1/people',
    '/a//../api',
    '/status/./x',
    '/A/token',
    'http://other/api',
    '/a\\..\\api',
  ]
  for (const path of [...inside, ...tricks]) {
    const answer = await get(listeners.public, path)
    expect([path, answer.status]).toEqual([path, 404])
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'not-found', status: 404 })
  }
  expect((await get(listeners.main, '/api/v1/incidents')).status).toBe(200)
})

test('a taken port is named with its variable', async () => {
  const listeners = await start(plain)
  const port = Number(new URL(listeners.main).port)
  await expect(startListeners({ ...plain, port }, parts)).rejects.toThrow(`TOCSIN_PORT: 127.0.0.1:${port} is already in use`)
  const free = await findFreePort()
  const outside = { ...plain, port: free, public: { host: '127.0.0.1', port } }
  await expect(startListeners(outside, parts)).rejects.toThrow('TOCSIN_PUBLIC_PORT:')
  // What was bound before the failure has been let go.
  await start({ ...plain, port: free })
})

test('an address of another machine is named with its variable', async () => {
  await expect(startListeners({ ...plain, host: '192.0.2.1' }, parts)).rejects.toThrow('TOCSIN_HOST: 192.0.2.1 is no address')
})

test('TLS serves the files, and the new ones after a reload without a restart', async () => {
  const files = await makeCertificateFiles()
  const listeners = await start({ ...plain, tls: { files } })
  expect(listeners.main).toMatch(/^https:/)
  const first = await get(listeners.main, '/healthz', files.cert)
  expect(first.text).toBe('inside /healthz')

  const next = await makeCertificate()
  await writeFile(files.certFile, next.cert)
  await writeFile(files.keyFile, next.key)
  await listeners.reload()
  const second = await get(listeners.main, '/healthz', next.cert)
  expect(second.fingerprint).not.toBe(first.fingerprint)
  await expect(get(listeners.main, '/healthz', files.cert)).rejects.toThrow(/self-signed|unable to verify/u)
})

test('with a public listener the certificate is there, and a main listener on loopback stays plain', async () => {
  const files = await makeCertificateFiles()
  const listeners = await start({ ...both, tls: { files } })
  expect(listeners.main).toMatch(/^http:/)
  expect(listeners.public).toMatch(/^https:/)
  expect((await get(listeners.public, '/a/token', files.cert)).text).toBe('inside /a/token')
  expect(listeners.tls()?.certificate?.names).toContain('localhost')
})

test('closing waits for a request under way', async () => {
  const started = Promise.withResolvers<void>()
  const listeners = await start(plain, {
    handler: (_request, response) => {
      started.resolve()
      setTimeout(() => response.end('late'), 150)
    },
  })
  const answer = get(listeners.main, '/slow')
  await started.promise
  await listeners.close(5_000)
  expect((await answer).text).toBe('late')
})

test('closing cuts what does not end in time', async () => {
  const started = Promise.withResolvers<void>()
  const listeners = await start(plain, { handler: () => started.resolve() })
  const answer = get(listeners.main, '/never')
  const cut = expect(answer).rejects.toThrow(/socket hang up|ECONNRESET/u)
  await started.promise
  await listeners.close(50)
  await cut
})

test('the settings of the environment become listeners', () => {
  const config = {
    host: '10.0.0.5',
    port: 4600,
    publicListener: null,
    tls: null,
    acme: null,
    dataDir: '/data',
    url: 'https://t.example.com',
  }
  expect(listenerSettings(config)).toEqual({ host: '10.0.0.5', port: 4600, public: null, tls: null })
  const acme = { domain: 't.example.com', email: 'a@example.com', directoryUrl: 'https://acme.example', challengePort: 80 }
  const outside = { host: '0.0.0.0', port: 443 }
  expect(listenerSettings({ ...config, acme, publicListener: outside })).toMatchObject({
    public: outside,
    tls: { acme: { folder: '/data/acme', challenge: { host: '0.0.0.0', port: 80 }, redirectTo: 'https://t.example.com' } },
  })
})
