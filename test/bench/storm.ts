/**
 * 10,000 alerts of varied labels in 10 s through the door that Prometheus uses, against the playbook that ships: what is
 * kept, what becomes of it, who is told how often. Once as it ships, and once as a company feels it that tells incidents
 * apart by service and region and has three Prometheus: more incidents than anybody can read.
 */
import { startFakeSmtp, startFakeWebhook, type FakeVendor, type VendorRequest } from '../support/fake-vendor.ts'
import type { OwnPostgres } from '../support/own-postgres.ts'
import { startOwnPostgres } from '../support/own-postgres.ts'
import { startServer, type RunningServer } from '../support/server.ts'
import { sleep, waitFor } from '../support/wait.ts'
import type { LoadResult } from './generator.ts'
import { startLoad } from './load.ts'
import { readMetric, readPeakRssBytes } from './process.ts'
import type { Line } from './report.ts'
import { mailOf, makeShippedFolder, NAMES, PAGES_PER_PERSON_MAX } from './shipped-folder.ts'
import { readStorm, type StormRecord } from './storm-store.ts'

const ALERTS_PER_SECOND = 1_000
const CONNECTIONS = 16
const SETTLE_MS_MAX = 60_000
/** Messages that stand for many leave ten seconds after the first page that waits for them. */
const FOLD_MS_MAX = 45_000
const FIRST_PAGE_MS_MAX = 1_000

interface Variant {
  readonly name: string
  readonly groupBy?: readonly string[]
  readonly sources: number
}

const VARIANTS: readonly Variant[] = [
  { name: 'as it ships', sources: 1 },
  { name: 'told apart by service and region, 3 sources', groupBy: ['service', 'region'], sources: 3 },
]

export async function measureStorm(seconds: number): Promise<Line[]> {
  const postgres = await startOwnPostgres()
  try {
    const lines: Line[] = []
    for (const variant of VARIANTS) lines.push(...(await measureVariant(postgres, variant, seconds)))
    return lines
  } finally {
    await postgres.close()
  }
}

async function measureVariant(postgres: OwnPostgres, variant: Variant, seconds: number): Promise<Line[]> {
  const databaseUrl = await postgres.createDatabase()
  const webhook = await startFakeWebhook()
  const smtp = await startFakeSmtp()
  const folder = makeShippedFolder({ webhookUrl: webhook.url, ...(variant.groupBy === undefined ? {} : { groupBy: variant.groupBy }) })
  const mail = { TOCSIN_MAIL_URL: smtp.url, TOCSIN_MAIL_FROM: 'tocsin@example.org' }
  const server = await startServer({ databaseUrl, playbookFolder: folder.path, environment: { ...folder.environment, ...mail } })
  try {
    const run = `storm-${Date.now()}`
    const loads = await pour(server, { run, seconds, sources: variant.sources })
    await waitFor('the storm to be applied', async () => (await readMetric(server, 'tocsin_receipts_backlog')) === 0, {
      timeoutMs: SETTLE_MS_MAX,
      everyMs: 250,
    })
    const record = await waitForPages(databaseUrl, run)
    const told = [...webhook.requests, ...smtp.requests].filter((request) => request.taken)
    return toLines(variant.name, { loads, record, told, webhook, smtp, rssPeakBytes: readPeakRssBytes(server.pid) })
  } finally {
    await server.cleanUp()
    await webhook.close()
    await smtp.close()
    folder.remove()
  }
}

/** The storm, shared among sources with keys of their own. */
async function pour(server: RunningServer, order: { run: string; seconds: number; sources: number }): Promise<LoadResult[]> {
  const keys = await Promise.all(Array.from({ length: order.sources }, (_, place) => makeSourceKey(server, `prometheus-${place}`)))
  await sleep(1_000) // until the doors know the keys
  const loads = keys.map((key, place) =>
    startLoad({
      url: `${server.url}/alertmanager/api/v2/alerts`,
      headers: { authorization: `Bearer ${key}` },
      kind: 'varied-64',
      seconds: order.seconds,
      connections: CONNECTIONS,
      run: order.run,
      alertsPerSecond: ALERTS_PER_SECOND / order.sources,
      from: place * ALERTS_PER_SECOND * order.seconds,
    }),
  )
  return Promise.all(loads.map((load) => load.done))
}

async function makeSourceKey(server: RunningServer, name: string): Promise<string> {
  const made = await server.api('POST', '/api/v1/sources', { name, kind: 'prometheus' })
  if (made.status !== 201) throw new Error(`no source: ${made.status} ${made.text}`)
  return (made.json as { key: string }).key
}

/** Until every page of the storm has left, or for so long as a person would wait. */
async function waitForPages(databaseUrl: string, run: string): Promise<StormRecord> {
  const deadline = performance.now() + FOLD_MS_MAX
  for (;;) {
    const record = await readStorm(databaseUrl, run)
    if (record.pending === 0 || performance.now() > deadline) return record
    await sleep(500)
  }
}

interface Outcome {
  readonly loads: readonly LoadResult[]
  readonly record: StormRecord
  readonly told: readonly VendorRequest[]
  readonly webhook: FakeVendor
  readonly smtp: FakeVendor
  readonly rssPeakBytes: number
}

function toLines(name: string, outcome: Outcome): Line[] {
  const { loads, record, told, rssPeakBytes } = outcome
  const sent = loads.reduce((sum, load) => sum + load.alerts, 0)
  const failed = loads.reduce((sum, load) => sum + load.failed, 0)
  const startedAt = Math.min(...loads.map((load) => load.startedAt))
  const p99Ms = Math.max(...loads.map((load) => load.p99Ms))
  const firstPageMs = Math.min(...told.map((request) => request.at)) - startedAt
  const byPerson = messagesByPerson(outcome)
  const most = Math.max(...Object.values(byPerson).flatMap(({ mail, webhook }) => [mail, webhook]))
  const pages = Object.values(record.pages).reduce((sum, count) => sum + count, 0)
  const line = (what: string, measured: string, budget: string, met: boolean | null, figures: Line['figures']): Line => ({
    what: `storm ${name}: ${what}`,
    measured,
    peer: '',
    budget,
    met,
    figures,
  })
  return [
    line(
      'alerts kept',
      `${record.alerts} of ${sent} sent (${failed} posts failed), ${record.placed} in ${record.incidents} incidents, ` +
        `${record.storms} of them for the rest of a storm; answers p99 ${p99Ms.toFixed(0)} ms`,
      'all of them',
      record.alerts === sent && failed === 0,
      { sent, failed, kept: record.alerts, placed: record.placed, incidents: record.incidents, storms: record.storms, p99Ms },
    ),
    line(
      'messages to each person, mail + webhook',
      Object.entries(byPerson)
        .map(([person, { mail, webhook }]) => `${person} ${mail} + ${webhook}`)
        .join(', '),
      `<= ${PAGES_PER_PERSON_MAX} a channel`,
      most <= PAGES_PER_PERSON_MAX,
      { most, ...Object.fromEntries(Object.entries(byPerson).map(([person, { mail, webhook }]) => [person, mail + webhook])) },
    ),
    line(
      'collapsed',
      `${record.alerts} alerts to ${pages} pages to ${told.length} messages; ${record.carriers} of them stood for ${record.carried} more` +
        (record.pending === 0 ? '' : `; ${record.pending} still wait`),
      'none waits',
      record.pending === 0,
      { alerts: record.alerts, pages, messages: told.length, carriers: record.carriers, carried: record.carried, pending: record.pending },
    ),
    line('first post to first page', `${firstPageMs} ms`, `< ${FIRST_PAGE_MS_MAX / 1_000} s`, firstPageMs < FIRST_PAGE_MS_MAX, {
      firstPageMs,
    }),
    line('memory, peak', `${(rssPeakBytes / 1e6).toFixed(0)} MB`, '< 300 MB', rssPeakBytes < 300e6, { rssPeakBytes }),
  ]
}

function countTaken(vendor: FakeVendor, isTo: (request: VendorRequest) => boolean): number {
  return vendor.requests.filter((request) => request.taken && isTo(request)).length
}

function messagesByPerson({ webhook, smtp }: Outcome): Record<string, { mail: number; webhook: number }> {
  return Object.fromEntries(
    NAMES.map((name) => [
      name,
      {
        mail: countTaken(smtp, (request) => request.path === mailOf(name)),
        webhook: countTaken(webhook, (request) => (JSON.parse(request.text) as { person: { name: string } }).person.name === name),
      },
    ]),
  )
}
