/** Durable alerts a second beside Debian's Alertmanager: same bytes, same generator, one after the other. */
import { hasAlertmanager, startAlertmanager, type Peer } from '../support/peer.ts'
import { INGEST_KEY, type RunningServer } from '../support/server.ts'
import { waitFor } from '../support/wait.ts'
import type { LoadResult } from './generator.ts'
import { runLoad } from './load.ts'
import type { PayloadKind } from './payload.ts'
import type { Line } from './report.ts'
import { readPeakRssBytes, readMetric } from './process.ts'

const CONNECTIONS = 64
const SETTLE_MS_MAX = 60_000
const SETTLE_BUDGET_MS = 10_000
const NULL_RECEIVER = 'route:\n  receiver: none\nreceivers:\n  - name: none\n'

const RATIOS: readonly { kind: PayloadKind; what: string; atLeast: number }[] = [
  { kind: 'repeated-64', what: 'repeated alerts in batches of 64', atLeast: 1 },
  { kind: 'new-64', what: 'all-new alerts in batches of 64', atLeast: 0.8 },
  { kind: 'single', what: 'single posts', atLeast: 0.6 },
]

export async function measureThroughput(server: RunningServer, seconds: number): Promise<Line[]> {
  const lines: Line[] = []
  for (const { kind, what, atLeast } of RATIOS) {
    const peer = hasAlertmanager()
      ? await withAlertmanager((alertmanager) => load(`${alertmanager.url}/api/v2/alerts`, {}, kind, seconds))
      : null
    const own = await loadTocsin(server, kind, seconds)
    const ratio = peer === null ? Number.NaN : own.alerts / own.seconds / (peer.alerts / peer.seconds)
    lines.push({
      what,
      measured: `${describe(own)}${peer === null ? '' : ` = ${ratio.toFixed(2)} x`}`,
      peer: peer === null ? 'prometheus-alertmanager is not installed' : describe(peer),
      budget: `>= ${atLeast} x`,
      met: peer === null ? null : ratio >= atLeast && own.failed === 0,
      figures: {
        ratio,
        alertsPerSecond: own.alerts / own.seconds,
        failed: own.failed,
        p50Ms: own.p50Ms,
        p99Ms: own.p99Ms,
        peerAlertsPerSecond: peer === null ? 0 : peer.alerts / peer.seconds,
      },
    })
    lines.push(await measureSettling(server, own, what, kind))
  }
  const rss = readPeakRssBytes(server.pid)
  lines.push({
    what: 'memory of the server process, peak under the storms above',
    measured: `${(rss / 1e6).toFixed(0)} MB`,
    peer: '',
    budget: '< 300 MB',
    met: rss < 300e6,
    figures: { rssPeakBytes: rss },
  })
  return lines
}

export function loadTocsin(
  server: RunningServer,
  kind: PayloadKind,
  seconds: number,
  alertsPerSecond: number | null = null,
): Promise<LoadResult> {
  return load(`${server.url}/alertmanager/api/v2/alerts`, { authorization: `Bearer ${INGEST_KEY}` }, kind, seconds, alertsPerSecond)
}

function load(
  url: string,
  headers: Record<string, string>,
  kind: PayloadKind,
  seconds: number,
  alertsPerSecond: number | null = null,
): Promise<LoadResult> {
  return runLoad({ url, headers, kind, seconds, connections: CONNECTIONS, run: `r${Date.now()}`, alertsPerSecond })
}

/** How long after the last post everything accepted is applied, and for new alerts: the last one is listed. */
async function measureSettling(server: RunningServer, result: LoadResult, what: string, kind: PayloadKind): Promise<Line> {
  await waitFor(
    'the backlog to be applied and listed',
    async () => {
      if ((await readMetric(server, 'tocsin_receipts_backlog')) > 0) return false
      return kind !== 'new-64' || (await isListed(server, result.lastNew))
    },
    { timeoutMs: SETTLE_MS_MAX, everyMs: 50 },
  )
  const tookMs = Math.max(0, Date.now() - result.endedAt)
  return {
    what: `  until all of it is applied and listed (${what})`,
    measured: `${(tookMs / 1_000).toFixed(2)} s`,
    peer: '',
    budget: '< 10 s',
    met: tookMs < SETTLE_BUDGET_MS,
    figures: { settleMs: tookMs },
  }
}

/** The generator's connections finish out of order, so the last name may be on the page after the first. */
async function isListed(server: RunningServer, name: string): Promise<boolean> {
  let path = '/api/v1/alerts?limit=200'
  for (let page = 0; page < 50; page += 1) {
    const answer = (await server.api('GET', path)).json as { items: { labels: Record<string, string> }[]; next: string | null }
    if (answer.items.some((alert) => alert.labels['instance'] === name)) return true
    if (answer.next === null) return false
    path = `/api/v1/alerts?limit=200&cursor=${encodeURIComponent(answer.next)}`
  }
  return false
}

async function withAlertmanager<T>(work: (peer: Peer) => Promise<T>): Promise<T> {
  const peer = await startAlertmanager(NULL_RECEIVER)
  try {
    return await work(peer)
  } finally {
    await peer.stop()
  }
}

function describe(result: LoadResult): string {
  const perSecond = result.requests / result.seconds
  return `${perSecond.toFixed(0)} requests/s (p99 ${result.p99Ms.toFixed(0)} ms${result.failed > 0 ? `, ${result.failed} failed` : ''})`
}
