/** Refreshes the numbers that come from the database when Prometheus asks; a database that is away is a number too. */
import type { Ports } from '../ports.ts'
import { HOLD_KINDS } from '../../core/alert/hold.ts'
import { alertsHeld, clockSkewSeconds, databaseUp, incidentsOpen, onScrape, outboxOldestPendingSeconds, outboxPending } from './metrics.ts'
import { readDatabaseNumbers } from './metrics-store.ts'

/** Well under Prometheus' default scrape time-out of 10 s. */
const TIMEOUT_MS = 3_000

/** Call once at the start; `/metrics` shows the last numbers and `tocsin_database_up 0` while the database is away. */
export function startScrape(ports: Pick<Ports, 'database' | 'log'>): { stop: () => void } {
  let running: Promise<void> | null = null
  onScrape(async () => {
    running ??= refresh(ports).finally(() => {
      running = null
    })
    await running
  })
  return { stop: () => onScrape(async () => undefined) }
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
    for (const by of HOLD_KINDS) alertsHeld.set({ by }, numbers.held[by] ?? 0)
    // Only what lies outside of the time it took to ask is skew for certain.
    clockSkewSeconds.set(numbers.clock < before ? before - numbers.clock : Math.min(0, after - numbers.clock))
  } catch (error) {
    databaseUp.set(0)
    log.debug({ err: error }, 'the database gave no numbers for /metrics')
  } finally {
    clearTimeout(timer)
  }
}
