/** What history costs: the same throughput and latency with few and with many stored alerts, on one database with fsync on. */
import type { FakeVendor } from '../support/fake-vendor.ts'
import { startOwnPostgres } from '../support/own-postgres.ts'
import { startServer, type RunningServer } from '../support/server.ts'
import { percentile } from './generator.ts'
import { fillHistory } from './growth-store.ts'
import { sampleLatency } from './latency.ts'
import { readMetric } from './process.ts'
import type { Line } from './report.ts'
import { loadTocsin } from './throughput.ts'
import { waitFor } from '../support/wait.ts'

const FEW = 10_000
export const MANY_SMOKE = 50_000
export const MANY_SHORT = 1_000_000
export const MANY_FULL = 10_000_000
const CHANGE_MAX = 0.2

interface Figures {
  readonly repeated: number
  readonly fresh: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export async function measureGrowth(options: {
  playbookFolder: string
  environment: Record<string, string>
  vendor: FakeVendor
  seconds: number
  samples: number
  many: number
}): Promise<Line[]> {
  const postgres = await startOwnPostgres({ shared_buffers: '256MB', max_wal_size: '4GB' })
  const databaseUrl = await postgres.createDatabase()
  const start = (): Promise<RunningServer> =>
    startServer({ databaseUrl, playbookFolder: options.playbookFolder, environment: options.environment })
  const server = await start()
  try {
    const measure = async (stored: number): Promise<Figures> => {
      await fillHistory(databaseUrl, stored)
      await loadTocsin(server, 'repeated-64', 1)
      const repeated = await loadTocsin(server, 'repeated-64', options.seconds)
      const fresh = await loadTocsin(server, 'new-64', options.seconds)
      await waitFor('the backlog to end', async () => (await readMetric(server, 'tocsin_receipts_backlog')) === 0, { timeoutMs: 60_000 })
      const tookMs = await sampleLatency(server, options.vendor, options.samples, 'growth')
      return {
        repeated: repeated.alerts / repeated.seconds,
        fresh: fresh.alerts / fresh.seconds,
        p50Ms: percentile(tookMs, 0.5),
        p99Ms: percentile(tookMs, 0.99),
      }
    }
    const few = await measure(FEW)
    const many = await measure(options.many)
    const label = `${options.many.toLocaleString('en')} stored alerts instead of ${FEW.toLocaleString('en')}${options.many < MANY_FULL ? ' (--full goes to 10 million)' : ''}`
    return [
      change(`repeated batches with ${label}`, few.repeated, many.repeated, 'alerts/s', 'less'),
      change('all-new batches, the same', few.fresh, many.fresh, 'alerts/s', 'less'),
      change('signal to page p50 idle, the same', few.p50Ms, many.p50Ms, 'ms', 'more'),
    ]
  } finally {
    await server.cleanUp()
    await postgres.close()
  }
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
