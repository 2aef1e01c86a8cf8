/** The signal by which a heartbeat that stopped is raised and cleared: always the same alert for one heartbeat. */
import { toSignal } from '../alert/build.ts'
import type { Signal } from '../alert/signal.ts'
import { formatDuration } from '../playbook/duration.ts'
import { type Instant, toRfc3339 } from '../time.ts'
import type { HeartbeatRule } from './heartbeat.ts'

/** What an incident type of the playbook names to detect it; the label `heartbeat` tells which. */
export const HEARTBEAT_ALARM = 'TocsinHeartbeatLate'

export interface AlarmFacts extends HeartbeatRule {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly labels: Readonly<Record<string, string>>
  readonly lastPingAt: Instant | null
  /** The sender's own words for it, and how bad it says it is; null: Tocsin's. */
  readonly message: string | null
  readonly severityHint: string | null
}

/** @param lateSince when it was due: the start of the alert, so that raising it again changes nothing */
export function lateSignal(heartbeat: AlarmFacts, lateSince: Instant): Signal {
  const { name, intervalMs, graceMs, lastPingAt, description } = heartbeat
  const last = lastPingAt === null ? 'never' : `at ${toRfc3339(lastPingAt)}`
  const expected = `every ${formatDuration(intervalMs)}${graceMs > 0 ? `, with a grace of ${formatDuration(graceMs)}` : ''}`
  const facts = `${name} was last heard ${last}; it is expected ${expected}.`
  return toSignal({
    ...common(heartbeat, lateSince),
    status: 'firing',
    title: heartbeat.message ?? `Heartbeat ${name} has stopped`,
    summary: description === '' ? facts : `${facts}\n${description}`,
  })
}

export type Recovery = 'pinged' | 'changed' | 'paused' | 'removed'

export function recoveredSignal(heartbeat: AlarmFacts, lateSince: Instant, because: Recovery, at: Instant): Signal {
  const words = { pinged: 'is heard again', changed: 'was given another interval', paused: 'was paused', removed: 'was removed' }
  return toSignal({
    ...common(heartbeat, lateSince),
    status: 'resolved',
    title: `Heartbeat ${heartbeat.name} ${words[because]}`,
    endsAt: at,
  })
}

function common({ id, name, labels, severityHint }: AlarmFacts, lateSince: Instant) {
  return {
    alarm: HEARTBEAT_ALARM,
    dedupKey: `heartbeat/${id}`,
    severityHint,
    labels: { ...labels, alertname: HEARTBEAT_ALARM, heartbeat: name },
    startsAt: lateSince,
  }
}
