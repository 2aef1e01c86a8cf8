/** The whole path with Debian's own Prometheus: a rule fires, people are paged and answer, it resolves, it fires again. */
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPrometheus, type Peer } from '../../support/peer.ts'
import { listIncidents, setClonedScene, waitForPages, type Scene } from '../../support/scene.ts'
import { INGEST_KEY, type RunningServer } from '../../support/server.ts'
import { waitFor } from '../../support/wait.ts'
import { acknowledge, findAcknowledgeLink } from '../../fault/crash-run.ts'

const FIRES_MS_MAX = 30_000

let scene: Scene
let server: RunningServer
let target: Server
let prometheus: Peer
/** What the watched service says of itself. */
let errorRatio = 0

beforeAll(async () => {
  scene = await setClonedScene({ email: true, escalationWait: '5 min' })
  server = await scene.start()
  target = createServer((_incoming, outgoing) => outgoing.end(`api_5xx_ratio{service="checkout"} ${errorRatio}\n`))
  await new Promise<void>((resolve) => {
    target.listen(0, '127.0.0.1', resolve)
  })
  const address = target.address()
  if (address === null || typeof address === 'string') throw new Error('the watched service has no port')
  prometheus = await startPrometheus({ 'prometheus.yml': configuration(address.port, server.port), 'rules.yml': RULES })
}, 60_000)

afterAll(async () => {
  await prometheus?.stop()
  target?.close()
  await scene?.close()
})

const RULES = `
groups:
  - name: api
    interval: 500ms
    rules:
      - alert: API5xxAlarm
        expr: api_5xx_ratio > 0.5
        labels: { severity: sev1 }
        annotations:
          summary: "API 5xx > 50 % on {{ $labels.service }}"
          value: "{{ $value }}"
`

function configuration(targetPort: number, tocsinPort: number): string {
  return `
global: { scrape_interval: 500ms, evaluation_interval: 500ms, external_labels: { cluster: test } }
rule_files: [rules.yml]
scrape_configs:
  - job_name: api
    static_configs: [{ targets: ["127.0.0.1:${targetPort}"] }]
alerting:
  alertmanagers:
    - path_prefix: /alertmanager
      authorization: { type: Bearer, credentials: ${INGEST_KEY} }
      static_configs: [{ targets: ["127.0.0.1:${tocsinPort}"] }]
`
}

interface AlertItem {
  readonly state: string
  readonly labels: Record<string, string>
  readonly incident_id: string | null
  readonly first_at: string
}

async function listAlerts(): Promise<AlertItem[]> {
  return ((await server.api('GET', '/api/v1/alerts?limit=50')).json as { items: AlertItem[] }).items
}

test('a rule of a real Prometheus fires, is answered, resolves, and fires again as a new incident', { timeout: 150_000 }, async () => {
  errorRatio = 0.9
  const [incident] = await waitFor(
    'the incident',
    async () => {
      const open = await listIncidents(server, '&open=true')
      return open.length > 0 && open
    },
    { timeoutMs: FIRES_MS_MAX, explain: () => `${prometheus.log()}\n${server.log().slice(-3_000)}` },
  )
  expect(incident).toMatchObject({ severity: 'SEV-1', phase: 'detected', type: 'api-5xx-spike', acknowledged_at: null })
  expect(incident?.title).toContain('checkout')

  // both roles of the row are paged, each on both channels, and the message says what to do
  const pages = await waitForPages(scene.webhook, 'checkout', 2, 30_000, server)
  await waitForPages(scene.smtp, 'checkout', 2, 30_000, server)
  expect(pages.map((page) => page.text).join()).toContain('Go back to the version before.')

  // a person answers from the link in the page, without script
  for (const page of pages) expect(await acknowledge(findAcknowledgeLink(page.text) ?? 'no link')).toBe(true)
  const [answered] = await listIncidents(server, '&open=true')
  expect(answered?.acknowledged_at).not.toBeNull()

  // the alarm repeats (Prometheus sends it again every two seconds) and changes nothing
  await waitFor('repeats to be counted', async () => ((await listAlerts())[0] as unknown as { count: number }).count >= 2, {
    timeoutMs: 30_000,
  })
  expect(await listIncidents(server)).toHaveLength(1)

  errorRatio = 0
  await waitFor('the alert to resolve', async () => (await listAlerts()).every((alert) => alert.state === 'resolved'), {
    timeoutMs: FIRES_MS_MAX,
  })
  const resolved = await server.api('POST', `/api/v1/incidents/${incident?.id ?? ''}/resolve`, { reason: 'rolled back' })
  expect(resolved.status, resolved.text).toBeLessThan(300)

  errorRatio = 0.8
  const again = await waitFor(
    'a second incident',
    async () => {
      const open = await listIncidents(server, '&open=true')
      return open.length === 1 && open[0]
    },
    { timeoutMs: FIRES_MS_MAX, explain: () => prometheus.log() },
  )
  expect(again.id).not.toBe(incident?.id)
  await waitForPages(scene.webhook, 'checkout', 4, 30_000, server)
  const alerts = await listAlerts()
  expect(alerts.map((alert) => alert.state).sort()).toEqual(['firing', 'resolved'])
  expect(alerts.find((alert) => alert.state === 'firing')?.incident_id).toBe(again.id)
  expect(alerts[0]?.labels).toMatchObject({ alertname: 'API5xxAlarm', service: 'checkout', cluster: 'test', severity: 'sev1' })
})
