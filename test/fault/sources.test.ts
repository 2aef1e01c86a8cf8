/** Keys, signatures and delivery ids of sources, across a crash between the commit and its use. */
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ageHeartbeatWatch, readRecord } from '../support/record-store.ts'
import { requestsAbout, setClonedScene } from '../support/scene.ts'
import { API_KEY, INGEST_KEY, send, type RunningServer } from '../support/server.ts'
import { sleep, waitFor } from '../support/wait.ts'

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
  timeout: 300_000,
}, async () => {
  const scene = await setClonedScene()
  try {
    const first = await scene.start({ dataFolder })
    const made = await first.api('POST', '/api/v1/sources', { name: 'sentry', kind: 'sentry', signing: { secret: SECRET } }, AUTHORIZATION)
    expect(made.status).toBe(201)
    const { id, key } = made.json as { id: string; key: string }
    await waitFor('the key to open', async () => (await deliver(first, key, { id: 'm-1', issue: '1001' })).status < 300, {
      timeoutMs: 30_000,
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
      timeoutMs: 30_000,
    })
    const detail = async () =>
      (await last.api('GET', `/api/v1/sources/${id}`, undefined, AUTHORIZATION)).json as {
        health: string
        secrets: { readable: boolean }[]
        last_messages: { outcome_kind: string }[]
        faults: { kind: string }[]
      }
    await waitFor('all to be applied', async () => (await detail()).last_messages.every((message) => message.outcome_kind !== 'waiting'), {
      timeoutMs: 30_000,
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

test('over a restart, a heartbeat that stopped while the server was away pages, and one that goes on does not', {
  timeout: 300_000,
}, async () => {
  const scene = await setClonedScene({ timing: 'heartbeatWatchMs=200' })
  const { databaseUrl } = scene
  const clockFile = join(dataFolder, 'clock')
  const goTo = (minutes: number) => writeFileSync(clockFile, String(minutes * 60_000))
  goTo(0)
  const environment = { TOCSIN_TEST_CLOCK: clockFile }
  const ping = (server: RunningServer, name: string) => send(server.url, 'POST', `/hooks/heartbeat/${INGEST_KEY}/${name}`, '')
  try {
    const first = await scene.start({ environment })
    for (const name of ['stops', 'goes-on']) {
      const made = await first.api('POST', '/api/v1/heartbeats', { name, interval_seconds: 300, grace_seconds: 60 }, AUTHORIZATION)
      expect(made.status, made.text).toBe(201)
      expect((await ping(first, name)).status).toBeLessThan(300)
    }
    await sleep(500)
    await first.kill()

    // An hour later; nobody could be heard in it.
    await ageHeartbeatWatch(databaseUrl, 60)
    goTo(60)
    const second = await scene.start({ environment })
    await sleep(1_000)
    expect((await readRecord(databaseUrl)).alerts).toEqual([])
    await ping(second, 'goes-on')
    goTo(64)
    await ping(second, 'goes-on')
    // On a busy machine the watcher may take its own delay for a downtime and excuse once more; its excuses are counted.
    let minute = 64
    await waitFor(
      'a page about the one that stopped',
      async () => {
        minute += 3
        goTo(minute)
        expect((await ping(second, 'goes-on')).status).toBeLessThan(300)
        return requestsAbout(scene.webhook, 'stops').length > 0
      },
      { timeoutMs: 120_000, everyMs: 2_000, explain: () => second.log().slice(-3_000) },
    )
    expect((await readRecord(databaseUrl)).alerts.map(({ title }) => title)).toEqual(['Heartbeat stops has stopped'])
    expect(requestsAbout(scene.webhook, 'goes-on')).toEqual([])
  } finally {
    await scene.close()
  }
})
