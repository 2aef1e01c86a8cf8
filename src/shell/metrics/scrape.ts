/** Refreshes the numbers that come from the database when Prometheus asks; a database that is away is a number too. */
import type { Ports } from '../ports.ts'
import type { ChannelState } from '../outbox/gate.ts'
import {
  BREAKER_CLOSED,
  BREAKER_OPEN,
  BREAKER_TRYING,
  channelLabel,
  clockSkewSeconds,
  databaseUp,
  incidentsOpen,
  onScrape,
  outboxBreakerState,
  outboxOldestPendingSeconds,
  outboxPending,
} from './metrics.ts'
import { readDatabaseNumbers } from './metrics-store.ts'

/** Well under Prometheus' default scrape time-out of 10 s. */
const TIMEOUT_MS = 3_000

export interface ScrapeParts {
  readonly breakers: () => readonly ChannelState[]
}

const BREAKERS = { closed: BREAKER_CLOSED, trying: BREAKER_TRYING, open: BREAKER_OPEN } as const

/** Call once at the start; `/metrics` shows the last numbers and `tocsin_database_up 0` while the database is away. */
export function startScrape(ports: Pick<Ports, 'database' | 'log'>, parts: ScrapeParts = { breakers: () => [] }): { stop: () => void } {
  let running: Promise<void> | null = null
  onScrape(async () => {
    showBreakers(parts.breakers())
    running ??= refresh(ports).finally(() => {
      running = null
    })
    await running
  })
  return { stop: () => onScrape(async () => undefined) }
}

/** Of several connections of one kind the worst is shown. */
function showBreakers(states: readonly ChannelState[]): void {
  const worst = new Map<string, number>()
  for (const { channel, breaker } of states) {
    const label = channelLabel(channel)
    worst.set(label, Math.max(worst.get(label) ?? BREAKER_CLOSED, BREAKERS[breaker]))
  }
  for (const [channel, value] of worst) outboxBreakerState.set({ channel }, value)
}

async function refresh({ database, log }: Pick<Ports, 'database' | 'log'>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>()
  const timer = setTimeout(resolve, TIMEOUT_MS, 'late')
  const before = Date.now() / 1000
  try {
    const numbers = await Promise.race([database.inTransaction('main', readDatabaseNumbers), late])
    if (numbers === 'late') throw new Error(`no answer in ${TIMEOUT_MS} ms`)
    const after = Date.now() / 1000
    databaseUp.set(1)
    outboxPending.set(numbers.pending)
    outboxOldestPendingSeconds.set(numbers.oldestDueSeconds)
    incidentsOpen.set(numbers.incidentsOpen)
    // Only what lies outside of the time it took to ask is skew for certain.
    clockSkewSeconds.set(numbers.clock < before ? before - numbers.clock : Math.min(0, after - numbers.clock))
  } catch (error) {
    databaseUp.set(0)
    log.debug({ err: error }, 'the database gave no numbers for /metrics')
  } finally {
    clearTimeout(timer)
  }
}
