/** Heartbeats as the API shows them. */
import type { Heartbeat } from '../../api/heartbeat.ts'
import { dueAt, excusedUntil, stateOf } from '../../core/heartbeat/heartbeat.ts'
import { type Instant, SECOND_MS, toRfc3339 } from '../../core/time.ts'
import type { HeartbeatRow } from './heartbeat-store.ts'

export function showHeartbeat(row: HeartbeatRow, now: Instant): Heartbeat {
  const due = dueAt(row)
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    state: stateOf(row, now),
    interval_seconds: Math.round(row.intervalMs / SECOND_MS),
    grace_seconds: Math.round(row.graceMs / SECOND_MS),
    alarm: row.alarm,
    labels: { ...row.labels },
    origin: row.origin,
    pings: row.pings,
    last_ping_at: time(row.lastPingAt),
    due_at: time(due),
    excused_until: time(row.pausedAt === null ? excusedUntil(row) : null),
    late_since: time(row.lateSince),
    paused_at: time(row.pausedAt),
    created_at: toRfc3339(row.createdAt),
    updated_at: toRfc3339(row.updatedAt),
  }
}

function time(instant: Instant | null): string | null {
  return instant === null ? null : toRfc3339(instant)
}
