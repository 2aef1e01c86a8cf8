/** Keys, signatures and delivery ids of sources, across a crash between the commit and its use. */
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readRecord } from '../support/record-store.ts'
import { setClonedScene } from '../support/scene.ts'
import { API_KEY, send, type RunningServer } from '../support/server.ts'
import { waitFor } from '../support/wait.ts'

let dataFolder: string
beforeAll(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'tocsin-data-'))
})
afterAll(() => rmSync(dataFolder, { recursive: true, force: true }))

const SECRET = 'a secret that is nowhere in clear'
const FIXTURE = JSON.parse(readFileSync('src/integrations/sentry/fixtures/webhook.issue.created.json', 'utf8')) as {
  data: { issue: { id: string } }
}
const issueOf = (id: string) => {
  const body = structuredClone(FIXTURE)
  body.data.issue.id = id
  return JSON.stringify(body)
}
const AUTHORIZATION = { authorization: `Bearer ${API_KEY}` }

/** As Sentry sends it. */
function deliver(server: RunningServer, key: string, message: { id: string; issue: string; secret?: string }) {
  const body = issueOf(message.issue)
  const signature = createHmac('sha256', message.secret ?? SECRET)
    .update(body)
    .digest('hex')
  return send(server.url, 'POST', `/hooks/sentry/${key}`, body, {
    'content-type': 'application/json',
    'sentry-hook-resource': 'issue',
    'sentry-hook-signature': signature,
    'request-id': message.id,
  })
}

test('a signed message that a crash left unapplied is applied once, though its sender repeats it; a forged one never', {
  timeout: 120_000,
}, async () => {
  const scene = await setClonedScene()
  try {
    const first = await scene.start({ dataFolder })
    const made = await first.api('POST', '/api/v1/sources', { name: 'sentry', kind: 'sentry', signing: { secret: SECRET } }, AUTHORIZATION)
    expect(made.status).toBe(201)
    const { id, key } = made.json as { id: string; key: string }
    await waitFor('the key to open', async () => (await deliver(first, key, { id: 'm-1', issue: '1001' })).status < 300, {
      timeoutMs: 5_000,
    })
    expect((await deliver(first, key, { id: 'm-2', issue: '1002', secret: 'guessed secret' })).status).toBeGreaterThanOrEqual(400)
    expect((await first.stop()).code).toBe(0)

    // Each is on disk when its server ends, and neither is applied.
    const crashed: RunningServer[] = []
    for (const message of [
      { id: 'm-3', issue: '1003', secret: 'guessed secret' },
      { id: 'm-4', issue: '1004' },
    ]) {
      const server = await scene.start({ dataFolder, environment: { TOCSIN_FAILPOINT: 'after-receipt-commit' } })
      await deliver(server, key, message).catch(() => null)
      await server.exited
      crashed.push(server)
    }

    const last = await scene.start({ dataFolder })
    await waitFor('the repeat to be taken', async () => (await deliver(last, key, { id: 'm-4', issue: '1004' })).status < 300, {
      timeoutMs: 10_000,
    })
    const detail = async () =>
      (await last.api('GET', `/api/v1/sources/${id}`, undefined, AUTHORIZATION)).json as {
        health: string
        secrets: { readable: boolean }[]
        last_messages: { outcome_kind: string }[]
        faults: { kind: string }[]
      }
    await waitFor('all to be applied', async () => (await detail()).last_messages.every((message) => message.outcome_kind !== 'waiting'), {
      timeoutMs: 10_000,
    })
    const { secrets, last_messages: messages, faults } = await detail()
    expect(secrets).toMatchObject([{ readable: true }])
    expect(messages.map((message) => message.outcome_kind)).toContain('repeated-delivery')
    expect(faults.map((fault) => fault.kind)).toEqual(['distrusted', 'distrusted'])
    const { alerts } = await readRecord(scene.databaseUrl)
    expect(alerts.map((alert) => alert.count)).toEqual([1, 1])
    for (const server of [first, ...crashed, last]) expect(server.log()).not.toContain(SECRET)
  } finally {
    await scene.close()
  }
})
