/**
 * The one part that calls outside systems. Effects come from the transactions that made them, or are found due by the
 * poll, which is the truth; each is sent by one worker at a time, which holds its lease and writes its outcome down.
 * Pages run on a pool and on places of their own, so that nothing else delays them.
 */
import type { ChannelBook } from '../../integration.ts'
import type { PoolName } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { boundsOf, type OutboxBounds } from './bounds.ts'
import { type ChannelState, type EffectKind, makeGate } from './gate.ts'
import { type Lane, startLane } from './lane.ts'

export interface Outbox {
  /** Claims nothing more and waits for what is being sent, up to a bound; the rest runs out of its lease. */
  readonly stop: () => Promise<void>
  /** Channels that have been used since the start, with their circuit breakers; for doctor and metrics. */
  readonly channels: () => readonly ChannelState[]
  /** True while the database has been asked for due pages within the last `HEALTHY_MS`. */
  readonly healthy: () => boolean
}

const HEALTHY_MS = 10_000
const POOLS: Readonly<Record<EffectKind, PoolName>> = { page: 'pages', notice: 'main' }

export function startOutbox(ports: Ports, channels: ChannelBook, bounds: OutboxBounds = boundsOf(ports.config.timing)): Outbox {
  const gate = makeGate(bounds, () => performance.now())
  const lanes: Record<EffectKind, Lane> = {
    page: startLane({ ports, channels, bounds, gate, kind: 'page', pool: POOLS.page }),
    notice: startLane({ ports, channels, bounds, gate, kind: 'notice', pool: POOLS.notice }),
  }
  const stopListening = ports.handoff?.listen({
    reserve: (kind, channel) => gate.reserve(kind, channel),
    start: (claimed) => lanes[claimed.kind].start(claimed),
  })
  const stopNudges = ports.nudges.on('outbox', () => {
    lanes.page.look()
    lanes.notice.look()
  })
  return {
    stop: async () => {
      stopListening?.()
      stopNudges()
      await Promise.all([lanes.page.stop(), lanes.notice.stop()])
    },
    channels: () => gate.states(),
    healthy: () => performance.now() - lanes.page.lookedAtMs() < HEALTHY_MS,
  }
}
