/** PagerDuty's own `@pagerduty/pdjs`, unchanged but for server and key, over the server's built-in TLS. */
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCertificateFiles } from '../../support/certificate.ts'
import { PAGED_ALARM } from '../../support/playbook-folder.ts'
import { setClonedScene, waitForPages, type Scene } from '../../support/scene.ts'
import { API_KEY, INGEST_KEY, NODE, ROOT, type RunningServer } from '../../support/server.ts'
import { waitFor } from '../../support/wait.ts'

let scene: Scene
let server: RunningServer
let tls: Awaited<ReturnType<typeof makeCertificateFiles>>

beforeAll(async () => {
  tls = await makeCertificateFiles()
  scene = await setClonedScene({ escalationWait: '5 min' })
  server = await scene.start({ waitUntilReady: false, environment: { TOCSIN_TLS_CERT: tls.certFile, TOCSIN_TLS_KEY: tls.keyFile } })
  await waitFor('the server to answer over TLS', async () => (await get('/readyz')).status === 200, {
    timeoutMs: 60_000,
    explain: () => server.log().slice(-3_000),
  })
})
afterAll(async () => {
  await scene?.close()
  rmSync(tls.folder, { recursive: true, force: true })
})

function get(path: string): Promise<{ status: number; json: unknown }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: 'localhost', port: server.port, path, ca: tls.cert, agent: false, headers: { authorization: `Bearer ${API_KEY}` } },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: incoming.statusCode ?? 0, json: text.startsWith('{') ? JSON.parse(text) : undefined })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
  })
}

async function sendEvent(data: Record<string, unknown>): Promise<{ status: number; data: { status: string; dedup_key: string } }> {
  const { stdout } = await promisify(execFile)(
    NODE,
    [join(ROOT, 'test/peers/npm/pdjs-client.ts'), `localhost:${server.port}`, JSON.stringify({ routing_key: INGEST_KEY, ...data })],
    {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: tls.certFile },
    },
  )
  return JSON.parse(stdout) as { status: number; data: { status: string; dedup_key: string } }
}

async function alertState(key: string): Promise<string | undefined> {
  const list = (await get('/api/v1/alerts?limit=50')).json as { items: { dedup_key: string; state: string }[] }
  return list.items.find((alert) => alert.dedup_key === key)?.state
}

test('trigger, acknowledge and resolve by @pagerduty/pdjs are understood', { timeout: 120_000 }, async () => {
  const payload = {
    summary: 'pdjs says hello',
    source: 'checkout',
    severity: 'critical',
    custom_details: { alertname: PAGED_ALARM, service: 'pdjs' },
  }
  const triggered = await sendEvent({ event_action: 'trigger', payload })
  expect(triggered.status).toBe(202)
  expect(triggered.data.status).toBe('success')
  const key = triggered.data.dedup_key
  expect(key).toMatch(/^.{16,}$/u)
  await waitForPages(scene.webhook, 'pdjs says hello', 2, 30_000, server)

  expect((await sendEvent({ event_action: 'acknowledge', dedup_key: key })).status).toBe(202)
  await waitFor(
    'the incident to be acknowledged',
    async () => {
      const list = (await get('/api/v1/incidents?open=true')).json as { items: { title: string; acknowledged_at: string | null }[] }
      return list.items.some((incident) => incident.title.includes('pdjs') && incident.acknowledged_at !== null)
    },
    { timeoutMs: 30_000 },
  )
  expect((await sendEvent({ event_action: 'resolve', dedup_key: key })).status).toBe(202)
  await waitFor('the alert to resolve', async () => (await alertState(key)) === 'resolved', { timeoutMs: 30_000 })
})
