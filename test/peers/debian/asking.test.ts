/** Real Alertmanager and Prometheus, asked after a downtime of ours: what began meanwhile opens, by the very key of its webhook. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { look } from '../../../src/shell/ask/look.ts'
import { noteBegun } from '../../../src/shell/ask/ask-store.ts'
import type { AskedConnection } from '../../../src/shell/playbook/connections.ts'
import { createSource } from '../../../src/shell/source/source-store.ts'
import type { IncidentType } from '../../../src/core/playbook/playbook.ts'
import { openTestDatabase, type TestDatabase } from '../../support/database.ts'
import { KEY, startTestIntake, type TestIntake } from '../../support/intake.ts'
import { type Peer, startAlertmanager, startPrometheus } from '../../support/peer.ts'
import { testPlaybook } from '../../support/playbook.ts'
import { send } from '../../support/server.ts'
import { waitFor } from '../../support/wait.ts'

let database: TestDatabase
let it: TestIntake
let alertmanager: Peer
let prometheus: Peer
beforeAll(async () => {
  database = await openTestDatabase()
  await database.database.inTransaction('main', async (tx) => {
    await createSource(tx, { name: 'AM', kind: 'alertmanager', key: KEY })
    await createSource(tx, { name: 'Prom', kind: 'prometheus', key: `${KEY}2` })
  })
  it = await startTestIntake(database.database, { playbook: { ...testPlaybook(), incidentTypes: [drift()] } })
  // What is lost goes to an address where nobody listens, as if Tocsin were down.
  alertmanager = await startAlertmanager(`route:
  receiver: tocsin
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  routes: [{ matchers: ['lost="yes"'], receiver: lost }]
receivers:
  - name: tocsin
    webhook_configs: [{ url: 'http://127.0.0.1:${it.port}/hooks/alertmanager/${KEY}', send_resolved: true }]
  - name: lost
    webhook_configs: [{ url: 'http://127.0.0.1:1/' }]
`)
  prometheus = await startPrometheus({
    'prometheus.yml': `global: { evaluation_interval: 1s, external_labels: { cluster: eu } }
alerting: { alertmanagers: [{ path_prefix: '/alertmanager/${KEY}2', static_configs: [{ targets: ['127.0.0.1:${it.port}'] }] }] }
rule_files: [rules.yml]
`,
    'rules.yml': `groups: [{ name: g, rules: [{ alert: Always, expr: vector(1), labels: { severity: page }, annotations: { summary: always } }] }]`,
  })
})
afterAll(async () => {
  await prometheus.stop()
  await alertmanager.stop()
  await it.close()
  await database.close()
})

/** An incident type that watches a number, which this Prometheus has been giving for as long as it runs. */
function drift(): IncidentType {
  const [type] = testPlaybook().incidentTypes
  if (type === undefined) throw new Error('the test playbook has no type')
  const metric = { prometheus: 'vector(0.3)', cloudwatch: null, measures: null, forMs: 10_000 }
  return {
    ...type,
    id: 'drift',
    title: 'Drift',
    detection: [{ alarm: 'drift_psi', sources: [], when: null, threshold: { comparison: '>', bound: 0.2 }, metric }],
  }
}

async function ask(over: Pick<AskedConnection, 'kind' | 'url' | 'source'>) {
  const name = over.kind
  await database.database.inTransaction('main', (tx) => noteBegun(tx, name))
  const result = await look(it.ports, it.intake, { name, secret: null, secretMissing: false, everyMs: 300_000, settings: {}, ...over })
  await it.settled()
  return result
}
const alerts = (source: string) =>
  it.rows<{ alarm: string; labels: object; count: number; value: number | null; resolved_at: Date | null }>(
    'select a.* from alert a join source s on s.id = a.source_id where s.name = $1 order by a.alarm',
    [source],
  )
const push = (name: string, labels: Record<string, string> = {}) =>
  send(alertmanager.url, 'POST', '/api/v2/alerts', [{ labels: { alertname: name, ...labels } }], { 'content-type': 'application/json' })

test('an alert that Alertmanager has told already is only seen, under the same key', async () => {
  expect((await push('Told')).status).toBe(200)
  await waitFor('the webhook to arrive', async () => (await alerts('AM')).length === 1, { timeoutMs: 20_000, explain: alertmanager.log })
  expect(await ask({ kind: 'alertmanager', url: alertmanager.url, source: 'AM' })).toMatchObject({ state: 'answered', firing: 1 })
  expect(await alerts('AM')).toMatchObject([{ alarm: 'Told', count: 1 }])
})

test('what Alertmanager could not tell opens when it is asked', async () => {
  expect((await push('Missed', { lost: 'yes' })).status).toBe(200)
  await waitFor('Alertmanager to have it', async () => (await send(alertmanager.url, 'GET', '/api/v2/alerts')).text.includes('Missed'), {
    timeoutMs: 30_000,
  })
  expect(await alerts('AM')).toHaveLength(1)
  const asked = await ask({ kind: 'alertmanager', url: alertmanager.url, source: 'AM' })
  expect(asked).toMatchObject({ state: 'answered', firing: 2, detail: expect.stringContaining('1 of what it said were news') })
  expect(await alerts('AM')).toMatchObject([
    { alarm: 'Missed', labels: { alertname: 'Missed', lost: 'yes' }, resolved_at: null },
    { alarm: 'Told', count: 1 },
  ])
})

test('what Prometheus pushes and what it answers is one alert, external labels and all', async () => {
  await waitFor('the push to arrive', async () => (await alerts('Prom')).length === 1, { timeoutMs: 30_000, explain: prometheus.log })
  expect(await ask({ kind: 'prometheus', url: prometheus.url, source: 'Prom' })).toMatchObject({ state: 'answered', firing: 1 })
  expect(await alerts('Prom')).toMatchObject([{ alarm: 'Always', labels: { alertname: 'Always', cluster: 'eu', severity: 'page' } }])
})

test('numbers of Prometheus are compared by the playbook, with how long', async () => {
  const ready = async () => (await ask({ kind: 'prometheus-query', url: prometheus.url, source: 'Prom' })).firing === 1
  await waitFor('the number to have been so high for a while', ready, { timeoutMs: 30_000, everyMs: 500 })
  expect((await alerts('Prom')).find(({ alarm }) => alarm === 'drift_psi')).toMatchObject({ resolved_at: null, value: 0.3 })
})
