/** The database goes away: nothing accepted is lost, senders are told to come back, and pages resume by themselves. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findViolations, type AcceptedSignal } from '../support/checker.ts'
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts'
import { openConnection, readRecord } from '../support/record-store.ts'
import { fire, setScene, waitForPages } from '../support/scene.ts'
import { buildRequest, DOORS, sendUntilAccepted } from '../support/sender.ts'
import { findPostmasters, send } from '../support/server.ts'
import { PAGED_ALARM } from '../support/playbook-folder.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { sleep, waitFor } from '../support/wait.ts'

const OUTAGE_MS = 30_000
const RESUME_AFTER_OUTAGE_MS_MAX = 5_000
const READY_AGAIN_MS_MAX = 30_000

test.concurrent('after 30 s without its database the server takes signals again and pages within 5 s', { timeout: 300_000 }, async () => {
  const postgres = await startOwnPostgres()
  const scene = await setScene(postgres.url)
  try {
    const server = await scene.start()
    await fire(server, 'before')
    await waitForPages(scene.webhook, 'before', 2, 30_000, server)
    // a page that is due when the database goes: its vendor is not ready yet
    scene.webhook.plan = () => ({ kind: 'status', status: 503 })
    await fire(server, 'waiting')
    await postgres.stop()
    const stoppedAt = Date.now()
    for (const door of DOORS) {
      const built = buildRequest({
        door,
        alarm: PAGED_ALARM,
        dedupKey: 'during',
        token: 'during',
        status: 'firing',
        startsAt: new Date().toISOString(),
      })
      const answer = await send(server.url, 'POST', built.path, built.body, built.headers)
      expect([answer.status, Number(answer.headers['retry-after']) > 0], `${door} says ${answer.text}`).toEqual([503, true])
    }
    expect((await send(server.url, 'GET', '/readyz')).status).toBe(503)
    expect((await send(server.url, 'GET', '/healthz')).status).toBe(200)
    scene.webhook.plan = () => ({ kind: 'ok' })
    await sleep(OUTAGE_MS - (Date.now() - stoppedAt))
    await postgres.start()
    const healedAt = Date.now()
    const [waiting] = await waitForPages(scene.webhook, 'waiting', 2, RESUME_AFTER_OUTAGE_MS_MAX * 2, server)
    expect((waiting?.at ?? 0) - healedAt).toBeLessThanOrEqual(RESUME_AFTER_OUTAGE_MS_MAX)
    await fire(server, 'after')
    await waitForPages(scene.webhook, 'after', 2, RESUME_AFTER_OUTAGE_MS_MAX, server)
    await server.waitUntilReady(30_000)
    expect(server.hasExited()).toBe(false)
    await server.stop()
  } finally {
    await scene.close()
    await postgres.close()
  }
})

test.concurrent('kill -9 of the embedded Postgres is healed by the server itself, and no accepted signal is lost', {
  timeout: 300_000,
}, async () => {
  const scene = await setScene(null)
  try {
    const server = await scene.start()
    const accepted: AcceptedSignal[] = []
    let sending = true
    const sender = (async () => {
      for (let place = 0; sending; place += 1) {
        const name = `steady-${place}`
        accepted.push(
          await sendUntilAccepted(
            server.url,
            {
              door: 'prometheus',
              alarm: PAGED_ALARM,
              dedupKey: name,
              token: `token-${name}`,
              status: 'firing',
              startsAt: new Date().toISOString(),
            },
            READY_AGAIN_MS_MAX,
          ),
        )
        await sleep(100)
      }
    })()
    await sleep(800)
    const [postmaster] = findPostmasters(server.dataFolder)
    if (postmaster === undefined) throw new Error(`no postmaster runs under ${server.dataFolder}`)
    process.kill(postmaster, 'SIGKILL')
    const before = accepted.length
    await waitFor('signals to be accepted again', () => accepted.length > before + 3, {
      timeoutMs: READY_AGAIN_MS_MAX,
      explain: () => server.log().slice(-4_000),
    })
    sending = false
    await sender
    await server.waitUntilReady(READY_AGAIN_MS_MAX)
    for (const signal of accepted) await waitForPages(scene.webhook, signal.dedupKey, 2, READY_AGAIN_MS_MAX, server)
    const listed = (await server.api('GET', '/api/v1/alerts?limit=200')).json as { items: { labels: Record<string, string> }[] }
    const names = new Set(listed.items.map((alert) => alert.labels['fault_key']))
    expect(accepted.filter((signal) => !names.has(signal.dedupKey))).toEqual([])
    expect(findPostmasters(server.dataFolder)).not.toContain(postmaster)
    await server.stop()
  } finally {
    await scene.close()
  }
})

let shared: OwnPostgres
beforeAll(async () => {
  shared = await startOwnPostgres()
})
afterAll(async () => shared.close())

test.concurrent('backends that are killed under the server are replaced, and nothing accepted is lost', { timeout: 300_000 }, async () => {
  const databaseUrl = await shared.createDatabase()
  const scene = await setScene(databaseUrl)
  try {
    const server = await scene.start()
    const client = await openConnection(databaseUrl)
    const accepted: AcceptedSignal[] = []
    for (let place = 0; place < 12; place += 1) {
      const name = `cut-${place}`
      const sent = sendUntilAccepted(
        server.url,
        {
          door: 'pagerduty',
          alarm: PAGED_ALARM,
          dedupKey: name,
          token: `token-${name}`,
          status: 'firing',
          startsAt: new Date().toISOString(),
        },
        20_000,
      )
      await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
      accepted.push(await sent)
    }
    await client.end()
    for (const signal of accepted) await waitForPages(scene.webhook, signal.dedupKey, 2, 25_000, server)
    await waitFor('quiet', async () => (await readRecord(databaseUrl)).effects.every((effect) => effect.state !== 'pending'), {
      timeoutMs: 25_000,
    })
    expect(server.hasExited()).toBe(false)
    const record = await readRecord(databaseUrl)
    expect(
      findViolations({
        record,
        accepted,
        acknowledged: [],
        vendorRequests: scene.webhook.requests,
        restartedAt: null,
        channels: scene.folder.channels,
      }),
    ).toEqual([])
    await server.stop()
  } finally {
    await scene.close()
  }
})

test.concurrent('a network to the database that falls silent, is slow, or resets does not stop the paging for longer than it lasts', {
  timeout: 300_000,
}, async () => {
  const databaseUrl = await shared.createDatabase()
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: shared.port })
  const scene = await setScene(databaseUrl.replace(`:${shared.port}/`, `:${proxy.port}/`))
  try {
    const server = await scene.start()
    proxy.weather.latencyMs = 15
    await fire(server, 'slow-net')
    await waitForPages(scene.webhook, 'slow-net', 2, 30_000, server)
    proxy.weather.latencyMs = 0
    proxy.resetAll()
    await fire(server, 'reset-net')
    await waitForPages(scene.webhook, 'reset-net', 2, 20_000, server)
    proxy.weather.silent = true
    await sleep(2_500)
    proxy.weather.silent = false
    proxy.resetAll() // what was swallowed is lost: TCP would have given up on it
    await fire(server, 'silent-net')
    await waitForPages(scene.webhook, 'silent-net', 2, 25_000, server)
    for (const name of ['slow-net', 'reset-net', 'silent-net'])
      expect(scene.webhook.requests.filter((one) => one.text.includes(name))).toHaveLength(2)
    await server.stop()
  } finally {
    await scene.close()
    await proxy.close()
  }
})
