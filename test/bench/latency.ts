/** From the moment a signal is posted to the moment its page arrives at a webhook: idle, and while a storm pours in. */
import type { FakeVendor } from '../support/fake-vendor.ts'
import { INGEST_KEY, send, type RunningServer } from '../support/server.ts'
import { sleep } from '../support/wait.ts'
import { percentile } from './generator.ts'
import { startLoad } from './load.ts'
import type { Line } from './report.ts'
import { readRssBytes } from './process.ts'

const STORM_ALERTS_PER_SECOND = 5_000
const SAMPLE_GAP_MS = 40
const LATE_MS_MAX = 15_000

export async function measureLatency(server: RunningServer, vendor: FakeVendor, samples: number, stormSeconds: number): Promise<Line[]> {
  await sampleLatency(server, vendor, 20, 'warm')
  const idle = await sampleLatency(server, vendor, samples, 'idle')
  const storm = startLoad({
    url: `${server.url}/alertmanager/api/v2/alerts`,
    headers: { authorization: `Bearer ${INGEST_KEY}` },
    kind: 'new-64',
    seconds: stormSeconds,
    connections: 64,
    run: `storm${Date.now()}`,
    alertsPerSecond: STORM_ALERTS_PER_SECOND,
  })
  await sleep(1_000)
  const busy = await sampleLatency(server, vendor, Math.max(20, Math.floor(((stormSeconds - 2) * 1_000) / 80)), 'busy')
  const poured = await storm.done
  const rss = readRssBytes(server.pid)
  const kept = poured.alerts / poured.seconds
  return [
    line('signal to page handed over, idle', idle, { p50Ms: 30, p99Ms: 150 }, {}),
    line(
      `signal to page handed over, while ${kept.toFixed(0)} alerts/s pour in`,
      busy,
      { p50Ms: null, p99Ms: 1_000 },
      { poured: kept, failed: poured.failed, rssBytes: rss },
    ),
  ]
}

/** Posts one signal after another, each of an incident of its own. Answers sorted milliseconds; a lost page counts as the bound. */
export async function sampleLatency(server: RunningServer, vendor: FakeVendor, samples: number, run: string): Promise<number[]> {
  const arrivals = watchArrivals(vendor)
  const postedAt = new Map<string, number>()
  for (let place = 0; place < samples; place += 1) {
    const name = `probe-${run}-${Date.now()}-${place}`
    postedAt.set(name, performance.now())
    const answer = await send(server.url, 'POST', '/v2/enqueue', {
      routing_key: INGEST_KEY,
      event_action: 'trigger',
      dedup_key: name,
      payload: { summary: name, source: 'bench', severity: 'critical', custom_details: { alertname: 'API5xxAlarm', service: name } },
    })
    if (answer.status !== 202) throw new Error(`the probe was refused with ${answer.status}: ${answer.text}`)
    await sleep(SAMPLE_GAP_MS)
  }
  const deadline = performance.now() + LATE_MS_MAX
  while (arrivals.seen.size < samples && performance.now() < deadline) await sleep(20)
  arrivals.stop()
  return [...postedAt].map(([name, at]) => (arrivals.seen.get(name) ?? at + LATE_MS_MAX) - at).sort((a, b) => a - b)
}

function watchArrivals(vendor: FakeVendor): { seen: Map<string, number>; stop: () => void } {
  const seen = new Map<string, number>()
  const before = vendor.plan
  vendor.plan = (request) => {
    const now = performance.now()
    for (const name of request.text.match(/probe-[a-z]+-\d+-\d+/gu) ?? []) if (!seen.has(name)) seen.set(name, now)
    return before(request)
  }
  return { seen, stop: () => (vendor.plan = before) }
}

function line(
  what: string,
  tookMs: readonly number[],
  budget: { p50Ms: number | null; p99Ms: number },
  more: Record<string, number>,
): Line {
  const p50Ms = percentile(tookMs, 0.5)
  const p99Ms = percentile(tookMs, 0.99)
  const lost = tookMs.filter((ms) => ms >= LATE_MS_MAX).length
  return {
    what,
    measured: `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms (${tookMs.length} samples${lost > 0 ? `, ${lost} lost` : ''})`,
    peer: '',
    budget: budget.p50Ms === null ? `p99 < ${budget.p99Ms} ms` : `p50 < ${budget.p50Ms} ms, p99 < ${budget.p99Ms} ms`,
    met: p99Ms < budget.p99Ms && (budget.p50Ms === null || p50Ms < budget.p50Ms) && lost === 0,
    figures: { p50Ms, p99Ms, samples: tookMs.length, lost, ...more },
  }
}
