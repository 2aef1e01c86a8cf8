/**
 * What history and an open state cost: the same throughput and latency with few stored alerts, with many, and with thousands
 * of incidents open and hundreds of silences beside those many; on one database with fsync on.
 */
import type { FakeVendor } from '../support/fake-vendor.ts'
import { startOwnPostgres } from '../support/own-postgres.ts'
import { startServer, type RunningServer } from '../support/server.ts'
import { waitFor } from '../support/wait.ts'
import { percentile } from './generator.ts'
import { fillHistory } from './growth-store.ts'
import { sampleLatency } from './latency.ts'
import { addHolds, changePlaybook, openIncidents } from './open-state.ts'
import { readMetric } from './process.ts'
import type { Line } from './report.ts'
import { loadTocsin } from './throughput.ts'

const FEW = 10_000
export const MANY_SMOKE = 50_000
export const MANY_SHORT = 1_000_000
export const MANY_FULL = 10_000_000
export const OPEN_SMOKE = 300
export const OPEN_SHORT = 5_000
const CHANGE_MAX = 0.2
const READY_MS_MAX = 5_000
/** What a playbook allows that says nothing; and no bound, since latency is measured by pages that are not folded. */
const PAGES_SHIPPED = 30
const PAGES_UNBOUNDED = 100_000
const LOOKS = 20
const LIST_BUDGET_MS = 300

interface Figures {
  readonly repeated: number
  readonly fresh: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly listMs: number
}

export interface GrowthOptions {
  readonly playbookFolder: string
  readonly environment: Record<string, string>
  readonly vendor: FakeVendor
  readonly seconds: number
  readonly samples: number
  readonly many: number
  readonly open: number
}

export async function measureGrowth(options: GrowthOptions): Promise<Line[]> {
  const postgres = await startOwnPostgres({ shared_buffers: '256MB', max_wal_size: '4GB' })
  const databaseUrl = await postgres.createDatabase()
  const start = (): Promise<RunningServer> =>
    startServer({ databaseUrl, playbookFolder: options.playbookFolder, environment: options.environment })
  const restart = async (server: RunningServer): Promise<RunningServer> => {
    await server.stop()
    await server.cleanUp()
    return start()
  }
  let server = await start()
  try {
    await fillHistory(databaseUrl, FEW)
    const few = await measure(server, options, 'few')
    await fillHistory(databaseUrl, options.many)
    const many = await measure(server, options, 'many')
    changePlaybook(options.playbookFolder, { pagesPerPerson: PAGES_SHIPPED, inhibit: true })
    server = await restart(server)
    const before = options.vendor.requests.length
    const took = await openIncidents(server, options.open)
    const messages = options.vendor.requests.length - before
    await addHolds(server)
    changePlaybook(options.playbookFolder, { pagesPerPerson: PAGES_UNBOUNDED, inhibit: true })
    server = await restart(server)
    const readyMs = server.readyAt() - server.startedAt
    const all = await measure(server, options, 'open')
    const history = `${say(options.many)} stored alerts instead of ${say(FEW)}${options.many < MANY_FULL ? ' (--full goes to 10 million)' : ''}`
    return [
      ...compare(`with ${history}`, few, many),
      opening(options.open, took, messages),
      ready(`with that and ${say(options.open)} open incidents`, readyMs),
      ...compare(`with that, ${say(options.open)} open incidents, 300 silences, 20 windows and 10 inhibitions`, few, all),
    ]
  } finally {
    await server.cleanUp()
    await postgres.close()
  }
}

function say(count: number): string {
  return count.toLocaleString('en')
}

async function measure(server: RunningServer, options: GrowthOptions, run: string): Promise<Figures> {
  await loadTocsin(server, 'repeated-64', 1)
  const repeated = await loadTocsin(server, 'repeated-64', options.seconds)
  const fresh = await loadTocsin(server, 'new-64', options.seconds)
  await waitFor('the backlog to end', async () => (await readMetric(server, 'tocsin_receipts_backlog')) === 0, {
    timeoutMs: 60_000,
    everyMs: 250,
  })
  const tookMs = await sampleLatency(server, options.vendor, options.samples, run)
  return {
    repeated: repeated.alerts / repeated.seconds,
    fresh: fresh.alerts / fresh.seconds,
    p50Ms: percentile(tookMs, 0.5),
    p99Ms: percentile(tookMs, 0.99),
    listMs: await lookAtList(server),
  }
}

/** Median of the console's first list: what is open, 50 of it. */
async function lookAtList(server: RunningServer): Promise<number> {
  const tookMs: number[] = []
  for (let look = 0; look < LOOKS; look += 1) {
    const askedAt = performance.now()
    const answer = await server.api('GET', '/api/v1/incidents?open=true&limit=50')
    if (answer.status !== 200) throw new Error(`the list answers ${answer.status}: ${answer.text}`)
    tookMs.push(performance.now() - askedAt)
  }
  return percentile(
    tookMs.sort((one, other) => one - other),
    0.5,
  )
}

function compare(state: string, few: Figures, many: Figures): Line[] {
  return [
    change(`repeated batches ${state}`, few.repeated, many.repeated, 'alerts/s', 'less'),
    change('  all-new batches, the same', few.fresh, many.fresh, 'alerts/s', 'less'),
    change('  signal to page p50 idle, the same', few.p50Ms, many.p50Ms, 'ms', 'more'),
    withoutChange('  signal to page p99 idle, the same', few.p99Ms, many.p99Ms, 150),
    withoutChange('  list of open incidents, first page, the same', few.listMs, many.listMs, LIST_BUDGET_MS),
  ]
}

/** @param worse which direction is the worse one */
function change(what: string, few: number, many: number, unit: string, worse: 'less' | 'more'): Line {
  const ratio = many / few
  const loss = worse === 'less' ? 1 - ratio : ratio - 1
  return {
    what,
    measured: `${few.toFixed(1)} -> ${many.toFixed(1)} ${unit} = ${ratio.toFixed(2)} x`,
    peer: '',
    budget: '< 20 % worse',
    met: loss < CHANGE_MAX,
    figures: { few, many, ratio },
  }
}

/** Too few samples for a ratio to mean something: held to its own bound. */
function withoutChange(what: string, few: number, many: number, msMax: number): Line {
  const measured = `${few.toFixed(1)} -> ${many.toFixed(1)} ms`
  return { what, measured, peer: '', budget: `< ${msMax} ms`, met: many < msMax, figures: { few, many, ratio: many / few } }
}

function opening(count: number, took: { openedMs: number; acknowledgedMs: number }, messages: number): Line {
  const perSecond = (count / took.openedMs) * 1_000
  const acknowledged = (count / took.acknowledgedMs) * 1_000
  return {
    what: `opening ${say(count)} incidents, 2 people paged for each, at most ${PAGES_SHIPPED} messages each`,
    measured: `${perSecond.toFixed(0)} incidents/s, ${messages} messages; acknowledged ${acknowledged.toFixed(0)}/s`,
    peer: '',
    budget: `<= ${2 * PAGES_SHIPPED} messages`,
    met: messages <= 2 * PAGES_SHIPPED,
    figures: { incidentsPerSecond: perSecond, acknowledgedPerSecond: acknowledged, messages },
  }
}

function ready(state: string, readyMs: number): Line {
  return {
    what: `start to ready ${state}`,
    measured: `${readyMs} ms`,
    peer: '',
    budget: '< 5 s',
    met: readyMs < READY_MS_MAX,
    figures: { readyMs },
  }
}
