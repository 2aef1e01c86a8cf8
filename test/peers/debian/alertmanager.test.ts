/** Debian's own Alertmanager as a sender: its webhook (version 4), its PagerDuty and its Opsgenie notifier, with only URL and key changed. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAlertmanager, type Peer } from '../../support/peer.ts'
import { listIncidents, setClonedScene, waitForPages, type Scene } from '../../support/scene.ts'
import { INGEST_KEY, send, type RunningServer } from '../../support/server.ts'
import { waitFor } from '../../support/wait.ts'

const ARRIVES_MS_MAX = 20_000

let scene: Scene
let server: RunningServer

beforeAll(async () => {
  scene = await setClonedScene({ escalationWait: '5 min' })
  server = await scene.start()
}, 60_000)
afterAll(async () => {
  await scene?.close()
})

const ROUTE = "route: { receiver: tocsin, group_by: ['alertname', 'service'], group_wait: 200ms, group_interval: 1s, repeat_interval: 1m }"

async function withAlertmanager(receiver: string, work: (peer: Peer) => Promise<void>): Promise<void> {
  const peer = await startAlertmanager(`${ROUTE}\nreceivers:\n  - name: tocsin\n${receiver}\n`)
  try {
    await work(peer)
  } finally {
    await peer.stop()
  }
}

const episodes = new Map<string, string>()

async function post(peer: Peer, service: string, state: 'firing' | 'resolved', instances: readonly string[] = ['api-1']): Promise<void> {
  const now = Date.now()
  // one start an episode, as Prometheus has it: Alertmanager joins what overlaps
  if (state === 'firing') episodes.set(service, new Date(now).toISOString())
  const alerts = instances.map((instance) => ({
    labels: { alertname: 'API5xxAlarm', service, instance, severity: 'sev1' },
    annotations: { summary: `API 5xx > 50 % on ${service}` },
    startsAt: episodes.get(service),
    endsAt: new Date(state === 'firing' ? now + 600_000 : now - 100).toISOString(),
  }))
  const answer = await send(peer.url, 'POST', '/api/v2/alerts', alerts)
  if (answer.status !== 200) throw new Error(`Alertmanager says ${answer.status}: ${answer.text}`)
}

async function alertStates(service: string): Promise<string[]> {
  const answer = await server.api('GET', '/api/v1/alerts?limit=200')
  const items = (answer.json as { items: { state: string; title: string; labels: Record<string, string> }[] }).items
  return items.filter((alert) => JSON.stringify(alert).includes(service)).map((alert) => alert.state)
}

function findIncident(service: string, query = '&open=true'): Promise<{ id: string; severity: string; title: string }> {
  return waitFor(
    `an incident about ${service}`,
    async () => (await listIncidents(server, query)).find((incident) => incident.title.includes(service)),
    { timeoutMs: ARRIVES_MS_MAX, explain: () => server.log().slice(-3_000) },
  )
}

test('the webhook: a group of two alerts is one incident of SEV-1, pages, resolves by alert, and fires again', {
  timeout: 120_000,
}, async () => {
  const receiver = `    webhook_configs: [{ url: "${server.url}/hooks/alertmanager/${INGEST_KEY}", send_resolved: true }]`
  await withAlertmanager(receiver, async (peer) => {
    await post(peer, 'webhook-service', 'firing', ['api-1', 'api-2'])
    const incident = await findIncident('webhook-service')
    expect(incident.severity).toBe('SEV-1')
    await waitForPages(scene.webhook, 'webhook-service', 2, 30_000, server)
    expect(await alertStates('webhook-service')).toEqual(['firing', 'firing'])
    await post(peer, 'webhook-service', 'resolved', ['api-1', 'api-2'])
    await waitFor('both to resolve', async () => (await alertStates('webhook-service')).every((state) => state === 'resolved'), {
      timeoutMs: ARRIVES_MS_MAX,
    })
    await server.api('POST', `/api/v1/incidents/${incident.id}/resolve`, { reason: 'over' })
    await post(peer, 'webhook-service', 'firing')
    const again = await findIncident('webhook-service')
    expect(again.id).not.toBe(incident.id)
    await waitForPages(scene.webhook, 'webhook-service', 4, 30_000, server)
  })
})

test('its PagerDuty notifier: pages by the alarm’s name, and resolves by its own key', { timeout: 120_000 }, async () => {
  const receiver = `    pagerduty_configs: [{ routing_key: ${INGEST_KEY}, url: "${server.url}/v2/enqueue", send_resolved: true }]`
  await withAlertmanager(receiver, async (peer) => {
    await post(peer, 'notifier-service', 'firing')
    const incident = await findIncident('notifier-service')
    expect(incident.severity).toBe('SEV-1')
    await waitForPages(scene.webhook, 'notifier-service', 2, 30_000, server)
    await post(peer, 'notifier-service', 'resolved')
    await waitFor('it to resolve', async () => (await alertStates('notifier-service')).join() === 'resolved', { timeoutMs: ARRIVES_MS_MAX })
  })
})

test('its Opsgenie notifier: pages by the alarm’s name, updates its words, and closes by its own alias', { timeout: 120_000 }, async () => {
  const receiver = `    opsgenie_configs:
      - { api_url: "${server.url}/", api_key: ${INGEST_KEY}, send_resolved: true, update_alerts: true, priority: P1, tags: "sev1,api",
          responders: [{ type: team, name: DevSecOps }] }`
  await withAlertmanager(receiver, async (peer) => {
    await post(peer, 'opsgenie-service', 'firing')
    const incident = await findIncident('opsgenie-service')
    expect(incident.severity).toBe('SEV-1')
    await waitForPages(scene.webhook, 'opsgenie-service', 2, 30_000, server)
    const ask = async (path: string) => {
      const answer = await send(server.url, 'GET', path, undefined, { authorization: `GenieKey ${INGEST_KEY}` })
      return JSON.parse(answer.text) as { data: unknown }
    }
    const [alert] = (await ask(`/v2/alerts?query=${encodeURIComponent('details.value: opsgenie-service')}`)).data as { id: string }[]
    expect((await ask(`/v2/alerts/${alert?.id ?? ''}`)).data).toMatchObject({
      status: 'open',
      priority: 'P1',
      tags: ['sev1', 'api'],
      responders: [{ type: 'team', id: 'DevSecOps' }],
      details: { alertname: 'API5xxAlarm', service: 'opsgenie-service' },
      description: expect.stringContaining('API 5xx > 50 % on opsgenie-service'),
    })
    await waitFor(
      'its updates of message and description to be carried out',
      async () =>
        ((await ask(`/v2/alerts/${alert?.id ?? ''}/logs`)).data as { log: string }[]).map(({ log }) => log).includes('Description updated'),
      { timeoutMs: ARRIVES_MS_MAX },
    )
    await post(peer, 'opsgenie-service', 'resolved')
    await waitFor('it to resolve', async () => (await alertStates('opsgenie-service')).join() === 'resolved', { timeoutMs: ARRIVES_MS_MAX })
    expect((await ask(`/v2/alerts/${alert?.id ?? ''}`)).data).toMatchObject({ status: 'closed' })
  })
})

test('what it sends while Tocsin is away arrives when it is back: it repeats by its own rules', { timeout: 120_000 }, async () => {
  const receiver = `    webhook_configs: [{ url: "${server.url}/hooks/alertmanager/${INGEST_KEY}", send_resolved: true }]`
  await withAlertmanager(receiver, async (peer) => {
    await server.kill()
    await post(peer, 'patient-service', 'firing')
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    server = await scene.start({ port: server.port })
    const incident = await findIncident('patient-service')
    expect(incident.severity).toBe('SEV-1')
    await waitForPages(scene.webhook, 'patient-service', 2, 30_000, server)
  })
})
