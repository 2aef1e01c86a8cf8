/**
 * Watches the rest: each half minute, on one server at a time, every open incident is asked what should have been done
 * by now. What is late is looked at twice, repaired where asking the plan again repairs it, and is itself an alarm.
 */
import type { Signal } from '../../core/alert/signal.ts'
import type { Instant } from '../../core/time.ts'
import { auditorFindingsTotal, auditorLastRunTimestampSeconds } from '../metrics/metrics.ts'
import { pause } from '../outbox/retry.ts'
import { startLoop } from '../outbox/loop.ts'
import type { Ports } from '../ports.ts'
import { releaseLease, takeLease, type Lease } from '../server/lease-store.ts'
import { findForgotten } from '../silence/forgotten.ts'
import { alarmOf, AUDITOR_DEDUP_KEY } from './alarm.ts'
import { isAlertFiring } from './auditor-store.ts'
import { examineIncidents } from './examination.ts'
import type { Finding } from './findings.ts'
import { repair } from './repair.ts'

export interface AuditorBounds {
  readonly everyMs: number
  readonly leaseMs: number
  /** What is late is looked at again after this: a wake-up may just have been on its way. */
  readonly confirmMs: number
  readonly runMs: number
  /** Without a run for so long, here or elsewhere, the server is not ready. */
  readonly silentMaxMs: number
}
const BOUNDS: AuditorBounds = { everyMs: 30_000, leaseMs: 75_000, confirmMs: 2_500, runMs: 20_000, silentMaxMs: 90_000 }

/** How the auditor raises its alarm: `submitSignal` of the intake, bound to Tocsin's own source. */
export type Raise = (signal: Signal) => Promise<unknown>

export interface Auditor {
  readonly stop: () => Promise<void>
  /** The database's time of the last run that this server made, or saw that another had in hand; null before the first. */
  readonly lastRun: () => Instant | null
  /** False when no run was seen for 90 s. */
  readonly healthy: () => boolean
  /** What the last run of this server found and could confirm. */
  readonly findings: () => readonly Finding[]
}

interface Memory {
  findings: readonly Finding[]
  lastRunAt: Instant | null
  lastRunMs: number
  lease: Lease | null
}

export function startAuditor(ports: Ports, raise: Raise, changed: Partial<AuditorBounds> = {}): Auditor {
  const { auditorMs } = ports.config.timing
  const bounds = { ...BOUNDS, ...(auditorMs === undefined ? {} : { everyMs: auditorMs }), ...changed }
  const memory: Memory = { findings: [], lastRunAt: null, lastRunMs: performance.now(), lease: null }
  const loop = startLoop({ everyMs: bounds.everyMs, name: 'auditor', log: ports.log, turn: () => turn(ports, raise, bounds, memory) })
  return {
    stop: async () => {
      await loop.stop()
      if (memory.lease !== null) await releaseLease(ports, memory.lease).catch(() => undefined) // it runs out by itself
    },
    lastRun: () => memory.lastRunAt,
    healthy: () => performance.now() - memory.lastRunMs < bounds.silentMaxMs,
    findings: () => memory.findings,
  }
}

async function turn(ports: Ports, raise: Raise, bounds: AuditorBounds, memory: Memory): Promise<void> {
  memory.lease = await takeLease(ports, 'auditor', bounds.leaseMs)
  if (memory.lease !== null) {
    const findings = [...(await look(ports, bounds)), ...(await findForgotten(ports, bounds.confirmMs))]
    if (findings.length > 0) auditorFindingsTotal.inc(findings.length)
    memory.findings = findings
    await sayIfChanged(ports, raise, findings)
  }
  const { now } = await ports.database.inTransaction('main', (tx) => Promise.resolve({ now: tx.now }))
  memory.lastRunAt = now
  memory.lastRunMs = performance.now()
  auditorLastRunTimestampSeconds.set(now / 1_000)
}

/** @returns what was late twice: before the repair, and still. */
async function look(ports: Ports, bounds: AuditorBounds): Promise<readonly Finding[]> {
  const deadlineMs = performance.now() + bounds.runMs
  const first = await examineIncidents(ports, null, deadlineMs)
  if (first.findings.length === 0) return []
  await pause(bounds.confirmMs)
  const suspects = [...new Set(first.findings.map((finding) => finding.incidentId))]
  const second = await examineIncidents(ports, suspects, deadlineMs + bounds.confirmMs)
  const confirmed = second.findings.filter((finding) => suspects.includes(finding.incidentId))
  if (confirmed.length === 0) return []
  for (const finding of confirmed.slice(0, 20)) ports.log.error({ ...finding }, 'a step is late')
  const lonely = second.lonely.filter((page) => suspects.includes(page.incidentId))
  await repair(ports, confirmed, lonely)
  return confirmed
}

/** Raised again each time while it lasts: the same alert, so nothing new is opened. */
async function sayIfChanged(ports: Ports, raise: Raise, findings: readonly Finding[]): Promise<void> {
  if (findings.length === 0) {
    const isFiring = await ports.database.inTransaction('main', (tx) => isAlertFiring(tx, AUDITOR_DEDUP_KEY))
    if (!isFiring) return
  }
  await raise(alarmOf(findings))
}
