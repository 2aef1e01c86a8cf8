/**
 * The load generator: a process of its own, so that it shares no event loop with what it measures. Closed loop over
 * keep-alive connections, or open loop at a given rate. Takes its order as JSON in the first argument, prints JSON.
 */
import { Agent, request } from 'node:http'
import { makePayloads, type PayloadKind } from './payload.ts'

export interface LoadOrder {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly kind: PayloadKind
  readonly seconds: number
  readonly connections: number
  readonly run: string
  /** Name of the alarm; unset: one that no rule matches. */
  readonly alarm?: string
  /** Number of the first new alert; unset: 0. */
  readonly from?: number
  /** Alerts a second in all; null: as fast as the answers come. */
  readonly alertsPerSecond: number | null
}

export interface LoadResult {
  readonly requests: number
  readonly alerts: number
  readonly failed: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Epoch milliseconds of the first post. */
  readonly startedAt: number
  /** Epoch milliseconds of the last answer, and the last new alert's name. */
  readonly endedAt: number
  readonly lastNew: string
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections })
  const payloads = makePayloads(order.kind, {
    connections: order.connections,
    run: order.run,
    ...(order.alarm === undefined ? {} : { alarm: order.alarm }),
    ...(order.from === undefined ? {} : { from: order.from }),
  })
  const tookMs: number[] = []
  let failed = 0
  const firstAt = Date.now()
  const startedAt = performance.now()
  const endsAt = startedAt + order.seconds * 1_000
  const one = async (connection: number): Promise<void> => {
    const sentAt = performance.now()
    const status = await post(order, agent, payloads.next(connection))
    if (status >= 200 && status < 300) tookMs.push(performance.now() - sentAt)
    else failed += 1
  }
  if (order.alertsPerSecond === null) {
    const loop = async (connection: number): Promise<void> => {
      while (performance.now() < endsAt) await one(connection)
    }
    await Promise.all(Array.from({ length: order.connections }, (_, connection) => loop(connection)))
  } else {
    await paced(order.alertsPerSecond / payloads.alertsInBody, endsAt, order.connections, one)
  }
  agent.destroy()
  const seconds = (performance.now() - startedAt) / 1_000
  tookMs.sort((a, b) => a - b)
  return {
    requests: tookMs.length,
    alerts: tookMs.length * payloads.alertsInBody,
    failed,
    seconds,
    p50Ms: percentile(tookMs, 0.5),
    p99Ms: percentile(tookMs, 0.99),
    startedAt: firstAt,
    endedAt: Date.now(),
    lastNew: `new-${payloads.made() - 1}`,
  }
}

/** Open loop: each request has its moment, whether or not the one before was answered (what waits is counted). */
async function paced(
  requestsPerSecond: number,
  endsAt: number,
  connections: number,
  one: (connection: number) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now()
  const running = new Set<Promise<void>>()
  for (let place = 0; ; place += 1) {
    const dueAt = startedAt + (place / requestsPerSecond) * 1_000
    if (dueAt >= endsAt) break
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    const work: Promise<void> = one(place % connections).finally(() => running.delete(work))
    running.add(work)
  }
  await Promise.all(running)
}

function post(order: LoadOrder, agent: Agent, body: string): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request(
      order.url,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...order.headers },
      },
      (incoming) => {
        incoming.resume()
        incoming.on('end', () => resolve(incoming.statusCode ?? 0))
        incoming.on('error', () => resolve(0))
      },
    )
    outgoing.on('error', () => resolve(0))
    outgoing.end(body)
  })
}

/** @param sorted ascending */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

if (import.meta.main) {
  const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder
  process.stdout.write(JSON.stringify(await run(order)))
}
