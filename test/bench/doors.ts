/**
 * How soon the doors of vendors that do not wait answer, while a storm pours in at another door: signed issue and metric
 * alerts of Sentry, events of PagerDuty's v2. Slack, which waits 3 s, has no door yet.
 */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFakeWebhook } from '../support/fake-vendor.ts'
import { INGEST_KEY, ROOT, send, startServer, type HttpAnswer, type RunningServer } from '../support/server.ts'
import { sleep, waitFor } from '../support/wait.ts'
import { percentile } from './generator.ts'
import { startLoad } from './load.ts'
import { readMetric } from './process.ts'
import type { Line } from './report.ts'
import { makeShippedFolder } from './shipped-folder.ts'

const STORM_ALERTS_PER_SECOND = 5_000
const STORM_CONNECTIONS = 64
/** Of each door. */
const POSTS_PER_SECOND = 20
const SECRET = 'a client secret of 32 characters'
const FIXTURES = join(ROOT, 'src/integrations/sentry/fixtures')
const SETTLE_MS_MAX = 60_000
/** Past every limit: what has no answer by then is lost. */
const ANSWER_MS_MAX = 15_000

interface Door {
  readonly what: string
  /** How long the vendor waits for an answer. */
  readonly limitMs: number
  readonly post: (place: number) => Promise<HttpAnswer>
}

export async function measureDoors(seconds: number): Promise<Line[]> {
  const webhook = await startFakeWebhook()
  const folder = makeShippedFolder({ webhookUrl: webhook.url })
  const server = await startServer({ playbookFolder: folder.path, environment: folder.environment })
  try {
    const doors = await openDoors(server)
    for (const door of doors) await warm(door)
    const storm = startLoad({
      url: `${server.url}/alertmanager/api/v2/alerts`,
      headers: { authorization: `Bearer ${INGEST_KEY}` },
      kind: 'varied-64',
      seconds: seconds + 3,
      connections: STORM_CONNECTIONS,
      run: `doors-${Date.now()}`,
      alertsPerSecond: STORM_ALERTS_PER_SECOND,
    })
    await sleep(1_500)
    const tookMs = await Promise.all(doors.map((door) => sample(door, seconds)))
    const poured = await storm.done
    await waitFor('the backlog to end', async () => (await readMetric(server, 'tocsin_receipts_backlog')) === 0, {
      timeoutMs: SETTLE_MS_MAX,
    })
    return doors.map((door, place) => toLine(door, tookMs[place] ?? [], poured.alerts / poured.seconds))
  } finally {
    await server.cleanUp()
    await webhook.close()
    folder.remove()
  }
}

async function openDoors(server: RunningServer): Promise<Door[]> {
  const made = await server.api('POST', '/api/v1/sources', { name: 'sentry', kind: 'sentry', signing: { secret: SECRET } })
  if (made.status !== 201) throw new Error(`no source: ${made.status} ${made.text}`)
  const { key } = made.json as { key: string }
  const issue = readFixture('webhook.issue.created.json') as { data: { issue: object } }
  const metric = readFixture('webhook.metric_alert.resolved.json') as { data: { metric_alert: object } }
  const sentry = (resource: string, body: object, place: number): Promise<HttpAnswer> => {
    const text = JSON.stringify(body)
    return post(server, `/hooks/sentry/${key}`, text, {
      'sentry-hook-resource': resource,
      'sentry-hook-signature': createHmac('sha256', SECRET).update(text).digest('hex'),
      'sentry-hook-timestamp': String(Math.floor(Date.now() / 1_000)),
      'request-id': `${resource}-${place}`,
    })
  }
  return [
    {
      what: "Sentry's issues, signed",
      limitMs: 1_000,
      post: (place) => sentry('issue', { ...issue, data: { issue: { ...issue.data.issue, id: String(5_000_000 + place) } } }, place),
    },
    {
      what: "Sentry's metric alerts, signed",
      limitMs: 1_000,
      post: (place) => {
        const alert = { ...metric.data.metric_alert, id: String(place) }
        return sentry('metric_alert', { ...metric, action: 'critical', data: { ...metric.data, metric_alert: alert } }, place)
      },
    },
    {
      what: "PagerDuty's events v2",
      limitMs: 5_000,
      post: (place) => post(server, '/v2/enqueue', JSON.stringify(pagerDutyEvent(place)), {}),
    },
  ]
}

function readFixture(name: string): object {
  return JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as object
}

function pagerDutyEvent(place: number): object {
  return {
    routing_key: INGEST_KEY,
    event_action: 'trigger',
    dedup_key: `doors-${place}`,
    payload: {
      summary: `Queue ${place} stands still`,
      source: `queue-${place}`,
      severity: 'error',
      custom_details: { queue: `q${place}` },
    },
  }
}

function post(server: RunningServer, path: string, body: string, headers: Readonly<Record<string, string>>): Promise<HttpAnswer> {
  return send(server.url, 'POST', path, body, { 'content-type': 'application/json', ...headers }, ANSWER_MS_MAX)
}

/** Until the doors know the source, and the code has run often enough to be what it will be. */
async function warm(door: Door): Promise<void> {
  await waitFor(`${door.what} to be taken`, async () => (await door.post(0)).status < 300, { timeoutMs: 10_000 })
  for (let place = 1; place < POSTS_PER_SECOND; place += 1) await door.post(place)
}

/** Open loop: each post has its moment, whether or not the one before was answered. What is refused or lost counts as the most. */
async function sample(door: Door, seconds: number): Promise<number[]> {
  const running: Promise<number>[] = []
  const startedAt = performance.now()
  for (let place = 0; place < seconds * POSTS_PER_SECOND; place += 1) {
    await sleep(Math.max(0, startedAt + (place / POSTS_PER_SECOND) * 1_000 - performance.now()))
    running.push(timeOne(door, POSTS_PER_SECOND + place))
  }
  return (await Promise.all(running)).sort((one, other) => one - other)
}

async function timeOne(door: Door, place: number): Promise<number> {
  const sentAt = performance.now()
  const answer = await door.post(place).catch(() => null)
  return answer !== null && answer.status < 300 ? performance.now() - sentAt : ANSWER_MS_MAX
}

function toLine(door: Door, tookMs: readonly number[], alertsPerSecond: number): Line {
  const [p50Ms, p99Ms] = [percentile(tookMs, 0.5), percentile(tookMs, 0.99)]
  const maxMs = tookMs.at(-1) ?? Number.NaN
  const lost = tookMs.filter((ms) => ms >= ANSWER_MS_MAX).length
  return {
    what: `answers at ${door.what}, while ${alertsPerSecond.toFixed(0)} alerts/s pour in`,
    measured: `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, most ${maxMs.toFixed(1)} ms (${tookMs.length} posts${lost > 0 ? `, ${lost} lost` : ''})`,
    peer: '',
    budget: `p99 < ${door.limitMs / 1_000} s`,
    met: p99Ms < door.limitMs && lost === 0,
    figures: { p50Ms, p99Ms, maxMs, posts: tookMs.length, lost, limitMs: door.limitMs, alertsPerSecond },
  }
}
