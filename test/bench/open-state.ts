/**
 * What a bad year leaves open: thousands of incidents that somebody has acknowledged, hundreds of silences, maintenance
 * windows and inhibition rules. All of it is made through the doors and the API, as its users would.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NOISY_ALARM } from '../support/playbook-folder.ts'
import { INGEST_KEY, send, type RunningServer } from '../support/server.ts'
import { waitFor } from '../support/wait.ts'
import { readMetric } from './process.ts'

const AT_ONCE = 32
const SILENCES = 300
const WINDOWS = 20
const INHIBITIONS = 10
const APPLIED_MS_MAX = 180_000
const HOUR_S = 3_600

/** Opens so many incidents and acknowledges each. @returns how long it took until all of it was applied */
export async function openIncidents(server: RunningServer, count: number): Promise<{ openedMs: number; acknowledgedMs: number }> {
  const startedAt = performance.now()
  await eachAtOnce(count, (place) => post(server, place, 'trigger'))
  await waitUntilApplied(server)
  const openedAt = performance.now()
  await eachAtOnce(count, (place) => post(server, place, 'acknowledge'))
  await waitUntilApplied(server)
  return { openedMs: openedAt - startedAt, acknowledgedMs: performance.now() - openedAt }
}

/** Silences of which one holds every hundredth of the bench's new alerts, and windows that are far away or hold nothing of it. */
export async function addHolds(server: RunningServer): Promise<void> {
  const create = async (path: string, body: object): Promise<void> => {
    const answer = await server.api('POST', path, body)
    if (answer.status !== 201) throw new Error(`${path} answers ${answer.status}: ${answer.text}`)
  }
  await eachAtOnce(SILENCES, (place) =>
    create('/api/v1/silences', { match: silenced(place), duration_seconds: 6 * HOUR_S, reason: 'the bench' }),
  )
  await eachAtOnce(WINDOWS, (place) =>
    create('/api/v1/maintenance', {
      title: `Window ${place}`,
      reason: 'the bench',
      schedule: { kind: 'weekly', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], at: '00:00', minutes: 1_439 },
      match: [`job="retired-${place}"`, `env=~"stag.*"`],
    }),
  )
}

function silenced(place: number): string[] {
  if (place === 0) return ['alertname="BenchAlarm"', 'instance=~"new-[0-9]*42"']
  return place % 3 === 0 ? [`instance=~"retired-${place}-[0-9]+"`] : ['alertname="BenchAlarm"', `service="service-${place}"`]
}

/** Adds inhibition rules to the folder's playbook and changes its bound of messages. */
export function changePlaybook(folder: string, change: { pagesPerPerson: number; inhibit: boolean }): void {
  const file = join(folder, 'playbook.yaml')
  const playbook = JSON.parse(readFileSync(file, 'utf8')) as { limits: object } & Record<string, unknown>
  const rules = Array.from({ length: INHIBITIONS }, (_, place) => ({
    name: `Cluster ${place} is down`,
    source_matchers: ['alertname="ClusterDown"', `cluster="c${place}"`],
    target_matchers: ['alertname="BenchAlarm"'],
    equal: ['cluster'],
  }))
  const limits = { ...playbook.limits, pages_per_person: { pages: change.pagesPerPerson, within: '10 min' } }
  writeFileSync(file, JSON.stringify({ ...playbook, limits, ...(change.inhibit ? { inhibition: rules } : {}) }))
}

async function post(server: RunningServer, place: number, action: 'trigger' | 'acknowledge'): Promise<void> {
  const answer = await send(server.url, 'POST', '/v2/enqueue', {
    routing_key: INGEST_KEY,
    event_action: action,
    dedup_key: `open-${place}`,
    payload: {
      summary: `Worker ${place} stands still`,
      source: `worker-${place}`,
      severity: 'critical',
      custom_details: { alertname: NOISY_ALARM, instance: `open-${place}` },
    },
  })
  if (answer.status !== 202) throw new Error(`the ${action} was answered with ${answer.status}: ${answer.text}`)
}

async function waitUntilApplied(server: RunningServer): Promise<void> {
  await waitFor('all to be applied', async () => (await readMetric(server, 'tocsin_receipts_backlog')) === 0, {
    timeoutMs: APPLIED_MS_MAX,
    everyMs: 250,
  })
}

async function eachAtOnce(count: number, work: (place: number) => Promise<void>): Promise<void> {
  let next = 0
  const loop = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, loop))
}
