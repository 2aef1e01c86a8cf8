/**
 * A dead man's switch: something pings every so often, and silence is the alarm. What is judged is what was heard; time
 * in which Tocsin itself was away is no silence of the sender, within bounds.
 */
import { HOUR_MS, type Instant, MINUTE_MS } from '../time.ts'

export interface HeartbeatRule {
  /** A ping is expected at least this often. */
  readonly intervalMs: number
  /** How much later a ping may come. */
  readonly graceMs: number
}

export interface Heartbeat extends HeartbeatRule {
  /** The last ping, or when it was resumed or given another interval since; null: nothing has ever come. */
  readonly countsFrom: Instant | null
  readonly pausedAt: Instant | null
  /** When Tocsin could last be heard again after it had been away; null: never since the last ping. */
  readonly backAt: Instant | null
}

export type HeartbeatState = 'waiting' | 'alive' | 'late' | 'paused'

/**
 * So long a sender that pings rarely is waited for after a downtime; one that pings more often gets its whole interval.
 * A daily ping that fell into a downtime is late an hour after it, not a day.
 */
export const CATCH_UP_MS_MAX = HOUR_MS
/** So many downtimes without a ping between them excuse: a server that restarts for ever must not hide the silence. */
export const EXCUSES_MAX = 5

/** A tenth of the interval, a minute at least. */
export function defaultGraceMs(intervalMs: number): number {
  return Math.max(MINUTE_MS, Math.round(intervalMs / 10))
}

/** When it is late if nothing comes; null while it is paused or nothing has ever come. */
export function dueAt(heartbeat: Heartbeat): Instant | null {
  if (heartbeat.pausedAt !== null || heartbeat.countsFrom === null) return null
  return Math.max(heartbeat.countsFrom + heartbeat.intervalMs, excusedUntil(heartbeat) ?? 0) + heartbeat.graceMs
}

/** Where a downtime moved the due time: until when a ping is not missed, without the grace; else null. */
export function excusedUntil({ countsFrom, backAt, intervalMs }: Heartbeat): Instant | null {
  if (countsFrom === null || backAt === null || backAt <= countsFrom) return null
  const until = backAt + Math.min(intervalMs, CATCH_UP_MS_MAX)
  return until > countsFrom + intervalMs ? until : null
}

export function stateOf(heartbeat: Heartbeat, now: Instant): HeartbeatState {
  if (heartbeat.pausedAt !== null) return 'paused'
  const due = dueAt(heartbeat)
  if (due === null) return 'waiting'
  return now < due ? 'alive' : 'late'
}

/** Pings may be written in another order than they came in: the newest counts. */
export function ping(heartbeat: Heartbeat, at: Instant): Heartbeat {
  return { ...heartbeat, countsFrom: Math.max(heartbeat.countsFrom ?? at, at) }
}
