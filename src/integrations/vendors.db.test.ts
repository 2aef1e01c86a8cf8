/** What vendors send, through the real intake, with the playbook that ships: which incident opens, and what ends it. */
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { CloudEvent, emitterFor, httpTransport } from 'cloudevents'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { type Answer, seedSource, startTestIntake, type TestIntake } from '../../test/support/intake.ts'
import { asId } from '../core/id.ts'
import { parsePlaybook } from '../core/playbook/parse.ts'
import { integrations } from './index.ts'

const KINDS = ['sentry', 'grafana', 'datadog', 'zendesk', 'jira', 'github', 'cloudevents'] as const
type Kind = (typeof KINDS)[number]

let base: TestDatabase
let it: TestIntake
const keyOf = (kind: Kind) => kind.padEnd(32, '0')

beforeAll(async () => {
  const { playbook } = parsePlaybook(readFileSync('playbook/playbook.yaml', 'utf8'), asId('d'))
  if (playbook === null) throw new Error('the playbook that ships has errors')
  base = await openTestDatabase()
  for (const kind of KINDS) await seedSource(base.database, { name: kind, kind, key: keyOf(kind) })
  it = await startTestIntake(base.database, { playbook })
})
afterAll(async () => {
  await it.close()
  await base.close()
})

const fixture = (kind: Kind, name: string) => JSON.parse(readFileSync(join(import.meta.dirname, kind, 'fixtures', name), 'utf8'))

async function send(kind: Kind, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const answer = await it.post(`/hooks/${kind}/${keyOf(kind)}`, body, { 'content-type': 'application/json', ...headers })
  await it.settled()
  return answer
}

interface Found {
  readonly title: string
  readonly type: string | null
  readonly severity: string
  readonly firing: number
}

/** The incident that the alert of that key belongs to. */
async function incidentOf(kind: Kind, dedupKey: string): Promise<Found | undefined> {
  const rows = await it.rows<Found>(
    `select i.title, i.incident_type as type, i.severity, i.alerts_firing as firing
     from alert a join incident i on i.id = a.incident_id join source s on s.id = a.source_id
     where s.name = $1 and a.dedup_key = $2 order by a.first_at desc limit 1`,
    [kind, dedupKey],
  )
  return rows[0]
}
const isFiring = async (kind: Kind, dedupKey: string) => {
  const [row] = await it.rows<{ firing: boolean }>(
    `select a.resolved_at is null as firing from alert a join source s on s.id = a.source_id
     where s.name = $1 and a.dedup_key = $2 order by a.first_at desc limit 1`,
    [kind, dedupKey],
  )
  return row?.firing
}
const incidents = async () => (await it.rows<{ count: number }>('select count(*)::int as count from incident'))[0]?.count

describe('Sentry', () => {
  const alert = (issue: string, over: object, rule = 'Crashes') => ({
    action: 'triggered',
    data: { event: { title: 'Crash on start', issue_id: issue, level: 'error', ...over }, triggered_rule: rule },
  })
  const hook = { 'sentry-hook-resource': 'event_alert' }

  test('a fatal event opens the Mobile Crash Surge at SEV-1, and a rule that is called SEV-1 joins it', async () => {
    expect((await send('sentry', alert('11', { level: 'fatal' }), hook)).status).toBe(200)
    expect(await incidentOf('sentry', '11')).toMatchObject({ type: 'mobile-crash-surge', severity: 'SEV-1', firing: 1 })
    await send('sentry', alert('12', {}, 'SEV-1 crash rate'), hook)
    await send('sentry', alert('13', { tags: [['severity', 'SEV-1']] }), hook)
    expect(await incidentOf('sentry', '12')).toMatchObject({ type: 'mobile-crash-surge', severity: 'SEV-1', firing: 3 })
  })

  test('the issue resolved in Sentry ends what its rule opened', async () => {
    const resolved = { action: 'resolved', data: { issue: { id: '11', title: 'Crash on start', level: 'fatal', status: 'resolved' } } }
    await send('sentry', resolved, { 'sentry-hook-resource': 'issue' })
    expect([await isFiring('sentry', '11'), await isFiring('sentry', '12')]).toEqual([false, true])
  })

  test('a critical metric alert is the same surge, until it is resolved under its own id', async () => {
    const metric = fixture('sentry', 'webhook.metric_alert.resolved.json')
    const resource = { 'sentry-hook-resource': 'metric_alert' }
    await send('sentry', { ...metric, action: 'critical' }, resource)
    expect(await incidentOf('sentry', 'metric_alert:4')).toMatchObject({ type: 'mobile-crash-surge', severity: 'SEV-1' })
    await send('sentry', metric, resource)
    expect(await isFiring('sentry', 'metric_alert:4')).toBe(false)
  })

  test('an event of level error goes to the on-call engineer, who classifies it', async () => {
    await send('sentry', fixture('sentry', 'webhook.event_alert.triggered.json'), hook)
    expect(await incidentOf('sentry', '1117540176')).toMatchObject({ type: null, severity: 'SEV-2' })
  })

  test('a delivery that is sent again is answered alike and counts once', async () => {
    const body = alert('14', {})
    for (let round = 0; round < 2; round += 1) {
      expect((await send('sentry', body, { ...hook, 'request-id': 'f1c5b1a2-5d0c-4b53-9f3e-3f2c8f3f9f60' })).status).toBe(200)
    }
    expect(await it.rows(`select count from alert where dedup_key = '14'`)).toEqual([{ count: 1 }])
  })
})

describe('Grafana', () => {
  test('the 5xx rule opens the API 5xx Spike at SEV-1, by POST or PUT, and ends it', async () => {
    const setup = integrations.find(({ id }) => id === 'grafana')?.setup
    const body = JSON.parse(setup?.sample.body ?? '')
    expect((await send('grafana', body)).status).toBe(200)
    expect(await incidentOf('grafana', 'c6eadffa33fcdf37')).toMatchObject({ type: 'api-5xx-spike', severity: 'SEV-1', firing: 1 })
    const ended = { ...body, alerts: [{ ...body.alerts[0], status: 'resolved', endsAt: '2026-11-24T10:00:00Z' }] }
    const answer = await put(`/hooks/grafana/${keyOf('grafana')}`, JSON.stringify(ended))
    expect(answer).toBe(200)
    await it.settled()
    expect(await isFiring('grafana', 'c6eadffa33fcdf37')).toBe(false)
  })

  test('a drift below its threshold is kept and explained, and opens nothing; above it opens Model Drift', async () => {
    const before = await incidents()
    const drift = (value: number) => ({
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'drift_psi' },
          fingerprint: 'drift',
          values: { B: value, C: 1 },
          startsAt: '2026-11-24T09:00:00Z',
        },
      ],
    })
    await send('grafana', drift(0.15))
    expect(await incidents()).toBe(before)
    await send('grafana', drift(0.31))
    expect(await incidentOf('grafana', 'drift')).toMatchObject({ type: 'model-drift', severity: 'SEV-2' })
  })

  test('what OnCall took goes in by the same door', async () => {
    await send('grafana', fixture('grafana', 'oncall.formatted_webhook.json'))
    expect(await incidentOf('grafana', '08d6891a-835c-e661-39fa-96b6a9e26552')).toMatchObject({ type: null, severity: 'SEV-2' })
  })
})

test('Datadog: a monitor called API5xxAlarm opens the spike, and its recovery ends it', async () => {
  const body = JSON.parse(integrations.find(({ id }) => id === 'datadog')?.setup?.sample.body ?? '')
  const key = body.alert_cycle_key
  await send('datadog', body)
  expect(await incidentOf('datadog', key)).toMatchObject({ type: 'api-5xx-spike', severity: 'SEV-1' })
  await send('datadog', { ...body, id: '2', alert_transition: 'Recovered', alert_type: 'success' })
  expect(await isFiring('datadog', key)).toBe(false)
})

test("Datadog's default payload pages plainly", async () => {
  await send('datadog', fixture('datadog', 'default-payload.filled-by-hand.json'))
  expect(await incidentOf('datadog', 'name:Disk is nearly full/{host:db-1}')).toMatchObject({ type: null, severity: 'SEV-2' })
})

describe('customers’ tickets', () => {
  test('of Zendesk are triaged by the on-call engineer, and end when they are solved', async () => {
    await send('zendesk', fixture('zendesk', 'event.ticket.created.json'))
    expect(await incidentOf('zendesk', '5158')).toMatchObject({
      title: 'Zendesk ticket 5158: Cannot login to mobile app',
      type: null,
      severity: 'SEV-2',
      firing: 1,
    })
    await send('zendesk', fixture('zendesk', 'event.ticket.status_changed.json'))
    expect(await isFiring('zendesk', '5158')).toBe(false)
  })

  test('of Jira too', async () => {
    const created = { ...fixture('jira', 'webhook.issue_updated.json'), webhookEvent: 'jira:issue_created' }
    await send('jira', created)
    expect(await incidentOf('jira', '10001')).toMatchObject({ title: 'Jira ticket PROJ-123: Fix login bug', severity: 'SEV-2' })
    await send('jira', { ...created, webhookEvent: 'jira:issue_deleted' })
    expect(await isFiring('jira', '10001')).toBe(false)
  })

  test('are what people say: their incidents rest on the word of a person, those of monitors do not', async () => {
    const rows = await it.rows<{ source: string; monitored: boolean }>(
      `select distinct s.name as source, (i.state -> 'monitored')::boolean as monitored
       from alert a join incident i on i.id = a.incident_id join source s on s.id = a.source_id
       where s.name in ('jira', 'sentry', 'zendesk') order by 1`,
    )
    expect(rows).toEqual([
      { source: 'jira', monitored: false },
      { source: 'sentry', monitored: true },
      { source: 'zendesk', monitored: false },
    ])
  })
})

test('GitHub: a deployment to production that failed is triaged; one that succeeds ends it; both are changes', async () => {
  const status = fixture('github', 'webhook.deployment_status.json')
  const failed = { ...status, deployment_status: { ...status.deployment_status, state: 'failure' } }
  const event = { 'x-github-event': 'deployment_status' }
  await send('github', failed, { ...event, 'x-github-delivery': 'd-1' })
  expect(await incidentOf('github', 'deployment:Codertocat/Hello-World:production')).toMatchObject({ type: null, severity: 'SEV-2' })
  await send('github', status, { ...event, 'x-github-delivery': 'd-2' })
  expect(await isFiring('github', 'deployment:Codertocat/Hello-World:production')).toBe(false)
  const titles = (await it.rows<{ title: string }>(`select title from change_report order by title`)).map((row) => row.title)
  expect(titles).toEqual([expect.stringContaining('to production failed'), expect.stringContaining('to production succeeded')])
})

describe('CloudEvents', () => {
  const made = new CloudEvent({
    type: 'com.example.alert.triggered',
    source: '/monitoring/api',
    subject: 'api',
    data: { alarm: 'BiasAgeAlarm', title: 'Bias by age', value: 0.09 },
  })

  test('of the real client, over its own transport, binary or structured, open what the playbook says', async () => {
    const emit = emitterFor(httpTransport(`http://127.0.0.1:${it.port}/hooks/cloudevents/${keyOf('cloudevents')}`))
    await emit(made)
    await it.settled()
    expect(await incidentOf('cloudevents', '/monitoring/api|api|com.example.alert')).toMatchObject({ type: 'bias-threshold-breach' })
    const over = made.cloneWith({ type: 'com.example.alert.resolved', id: 'other' })
    await send('cloudevents', JSON.stringify(over), { 'content-type': 'application/cloudevents+json' })
    expect(await isFiring('cloudevents', '/monitoring/api|api|com.example.alert')).toBe(false)
  })

  test('a sender that asks first is welcome with a valid key alone', async () => {
    const ask = (key: string) =>
      options(`/hooks/cloudevents/${key}`, { 'webhook-request-origin': 'eventemitter.example.com', 'webhook-request-rate': '120' })
    expect(await ask(keyOf('cloudevents'))).toMatchObject({
      status: 200,
      headers: { 'webhook-allowed-origin': 'eventemitter.example.com', 'webhook-allowed-rate': '120' },
    })
    const stranger = await ask('nobody-has-this-key-nobody-at-all')
    expect(stranger.status).toBe(401)
    expect(stranger.headers).not.toHaveProperty('webhook-allowed-origin')
    expect((await options(`/hooks/sentry/${keyOf('sentry')}`, {})).status).toBe(405)
  })
})

test('the key may stand in a header, and opens no door of another kind', async () => {
  const body = JSON.stringify({ title: 'By header', dedup_key: 'by-header' })
  const bearer = (kind: Kind) => ({ 'content-type': 'application/json', authorization: `Bearer ${keyOf(kind)}` })
  expect((await it.post('/hooks/grafana', body, bearer('grafana'))).status).toBe(200)
  expect((await it.post('/hooks/grafana', body, bearer('sentry'))).status).toBe(401)
  await it.settled()
  expect(await incidentOf('grafana', 'by-header')).toMatchObject({ severity: 'SEV-2' })
})

interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
}

function sendAs(method: 'PUT' | 'OPTIONS', path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: it.port, method, path, headers }, (incoming) => {
      incoming.resume()
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
const options = (path: string, headers: Readonly<Record<string, string>>) => sendAs('OPTIONS', path, headers)
const put = async (path: string, body: string) => (await sendAs('PUT', path, { 'content-type': 'application/json' }, body)).status
