/**
 * Looks, on one server at a time, which heartbeats have stopped, and raises and clears their alarms as signals of Tocsin's
 * own: from there they page as the playbook says. It notes in real time that it looks, so that a downtime of Tocsin's own
 * is known as such and pages for nothing that may only have been lost in it.
 */
import { lateSignal, recoveredSignal, type Recovery } from '../../core/heartbeat/alarm.ts'
import { dueAt, EXCUSES_MAX, stateOf } from '../../core/heartbeat/heartbeat.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { type Instant, SECOND_MS } from '../../core/time.ts'
import { type Loop, startLoop } from '../outbox/loop.ts'
import type { Ports } from '../ports.ts'
import { holdsLease, type Lease, releaseLease, takeLease } from '../server/lease-store.ts'
import { excuseAll, forgetRemoved, type HeartbeatRow, listWatchedHeartbeats, markLate, markWatched } from './heartbeat-store.ts'
import { refreshPingAlarms } from './pings.ts'
import { takeFromPlaybook } from './from-playbook.ts'

export interface WatchBounds {
  readonly everyMs: number
  readonly leaseMs: number
  /** In real time: nobody looked for so long, so nobody could be heard either. */
  readonly awayMs: number
}
const BOUNDS: WatchBounds = { everyMs: 2 * SECOND_MS, leaseMs: 10 * SECOND_MS, awayMs: 30 * SECOND_MS }
/** Raised in one turn; the rest in the next. */
const ALARMS_A_TURN_MAX = 200
const LEASE = 'heartbeats'

export interface WatchParts {
  /** Raises a signal of Tocsin's own; resolves when it is on disk. */
  readonly raise: (signal: Signal) => Promise<unknown>
}

export interface HeartbeatWatcher {
  /** A hint that something changed. */
  readonly look: () => void
  readonly stop: () => Promise<void>
}

/** Knows which alarms are pings before it answers, so that the first message is judged by it. */
export async function startHeartbeats(ports: Ports, parts: WatchParts, changed: Partial<WatchBounds> = {}): Promise<HeartbeatWatcher> {
  const { heartbeatWatchMs: heartbeatMs } = ports.config.timing
  const bounds = { ...BOUNDS, ...(heartbeatMs === undefined ? {} : { everyMs: heartbeatMs }), ...changed }
  const memory: { lease: Lease | null } = { lease: null }
  await refreshPingAlarms(ports)
  const loop: Loop = startLoop({
    everyMs: bounds.everyMs,
    name: 'heartbeats',
    log: ports.log,
    turn: async () => {
      await turn(ports, parts, bounds, memory)
      await refreshPingAlarms(ports)
    },
  })
  return {
    look: loop.look,
    stop: async () => {
      await loop.stop()
      if (memory.lease !== null) await releaseLease(ports, memory.lease).catch(() => undefined) // it runs out by itself
    },
  }
}

async function turn(ports: Ports, { raise }: WatchParts, bounds: WatchBounds, memory: { lease: Lease | null }): Promise<void> {
  const lease = await takeLease(ports, LEASE, bounds.leaseMs)
  memory.lease = lease
  if (lease === null) return
  const seen = await ports.database.inTransaction('main', async (tx) => {
    if (!(await holdsLease(tx, lease))) return null
    await takeFromPlaybook(ports, tx)
    const gapMs = await markWatched(tx)
    const { awayMs } = bounds
    const excused =
      gapMs > Math.min(awayMs, bounds.everyMs * 2) ? await excuseAll(tx, tx.now, { gapMs, awayMs, excusesMax: EXCUSES_MAX }) : 0
    if (excused > 0)
      ports.log.info({ heartbeats: excused, awayMs: Math.round(gapMs) }, 'was away: no heartbeat is late for what may have been lost')
    await forgetRemoved(tx)
    return { heartbeats: await listWatchedHeartbeats(tx), now: tx.now }
  })
  if (seen === null) return
  const due = seen.heartbeats.map((heartbeat) => changeOf(heartbeat, seen.now)).filter((change) => change !== null)
  for (const change of due.slice(0, ALARMS_A_TURN_MAX)) {
    // First on disk, then noted: after a crash between the two it is raised again, which changes nothing.
    await raise(change.signal)
    await ports.database.inTransaction('main', (tx) => markLate(tx, change.id, change.lateSince))
  }
}

interface Change {
  readonly id: string
  readonly signal: Signal
  readonly lateSince: Instant | null
}

function changeOf(heartbeat: HeartbeatRow, now: Instant): Change | null {
  const { id, lateSince } = heartbeat
  const isLate = heartbeat.removedAt === null && stateOf(heartbeat, now) === 'late'
  if (lateSince === null) {
    const since = isLate ? dueAt(heartbeat) : null
    return since === null ? null : { id, signal: lateSignal(heartbeat, since), lateSince: since }
  }
  if (isLate) return null
  const because = recoveryOf(heartbeat, lateSince)
  const at = because === 'pinged' ? (heartbeat.lastPingAt ?? now) : now
  return { id, signal: recoveredSignal(heartbeat, lateSince, because, at), lateSince: null }
}

function recoveryOf({ removedAt, pausedAt, lastPingAt }: HeartbeatRow, lateSince: Instant): Recovery {
  if (removedAt !== null) return 'removed'
  if (pausedAt !== null) return 'paused'
  return lastPingAt !== null && lastPingAt >= lateSince ? 'pinged' : 'changed'
}
