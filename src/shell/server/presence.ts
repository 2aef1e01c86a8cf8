/** This server's sign of life, and how far its clock is from the database's. */
import { markOfThisProcess } from './process-mark.ts'
import { markSeen, markStopped, registerServer } from './server-store.ts'
import type { Ports } from '../ports.ts'

export interface Presence {
  /** Database's clock minus this machine's, in ms, as last measured. */
  readonly skewMs: () => number
  /** Says goodbye, so that nobody waits for this server to be taken for dead. */
  readonly stop: () => Promise<void>
}

const BEAT_MS = 2_000
/** Over this, times in logs and in the console would mislead people. No deadline depends on it. */
const SKEW_MS_MAX = 1_000
/** A slower answer measures the load, not the clock. */
const ROUND_TRIP_MS_MAX = 250

/** Registers the server and beats until stopped. `wallClock` answers this machine's time in milliseconds. */
export async function startPresence(ports: Ports, wallClock: () => number = Date.now): Promise<Presence> {
  await ports.database.inTransaction('ingest', (tx) => registerServer(tx, ports.serverId, markOfThisProcess()))
  let skewMs = 0
  let warned = false
  let running = true
  let timer: NodeJS.Timeout | undefined

  const judge = (measuredMs: number) => {
    skewMs = measuredMs
    const skewed = Math.abs(skewMs) > SKEW_MS_MAX
    if (skewed && !warned) ports.log.warn({ skewMs: Math.round(skewMs) }, "this machine's clock differs from the database's: set it")
    warned = skewed
  }
  const beat = async () => {
    try {
      const measuredMs = await beatOnce(ports, wallClock)
      if (measuredMs !== null) judge(measuredMs)
    } catch (error) {
      ports.log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'this server could not say that it is alive')
    }
    if (running) timer = setTimeout(() => void beat(), ports.config.timing['beatMs'] ?? BEAT_MS)
  }
  await beat()
  return {
    skewMs: () => skewMs,
    stop: async () => {
      running = false
      clearTimeout(timer)
      await ports.database.inTransaction('ingest', (tx) => markStopped(tx, ports.serverId))
    },
  }
}

/** Beats; a row that somebody has removed is made again. Answers the skew where it could be measured. */
async function beatOnce(ports: Ports, wallClock: () => number): Promise<number | null> {
  return ports.database.inTransaction('ingest', async (tx) => {
    const before = wallClock()
    const databaseNow = await markSeen(tx, ports.serverId)
    const after = wallClock()
    if (databaseNow === false) {
      await registerServer(tx, ports.serverId, markOfThisProcess())
      return null
    }
    return after - before > ROUND_TRIP_MS_MAX ? null : databaseNow - (before + after) / 2
  })
}
