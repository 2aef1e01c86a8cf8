/**
 * Alerts that are pings: an always-firing one, such as Prometheus' `Watchdog`, says that its sender lives. Which alarms do is
 * kept in memory, read again every second, so that no other message costs a query for it.
 */
import type { Signal } from '../../core/alert/signal.ts'
import type { Unit } from '../alert/apply-item.ts'
import type { Aim } from '../alert/target.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { INTERNAL_KIND } from '../source/source-store.ts'
import { type Ping, loadPingAlarms, pingHeartbeats } from './heartbeat-store.ts'

interface PingAlarm {
  readonly id: string
  readonly labels: readonly (readonly [name: string, value: string])[]
}
type Index = ReadonlyMap<string, readonly PingAlarm[]>

const NONE: Index = new Map()
const indexes = new WeakMap<Ports, Index>()

/** @throws when the database is away: what was known before stays */
export async function refreshPingAlarms(ports: Ports): Promise<void> {
  const alarms = await ports.database.inTransaction('main', loadPingAlarms)
  const index = new Map<string, PingAlarm[]>()
  for (const { id, alarm, labels } of alarms) {
    const known = index.get(alarm) ?? []
    known.push({ id, labels: Object.entries(labels) })
    index.set(alarm, known)
  }
  indexes.set(ports, index)
}

/** The heartbeats that this signal pings; an end or an acknowledgement pings none. */
export function heartbeatsOf(ports: Ports, signal: Signal): readonly string[] {
  const candidates = (indexes.get(ports) ?? NONE).get(signal.alarm)
  if (candidates === undefined || signal.status !== 'firing') return []
  return candidates.filter(({ labels }) => fits(labels, signal.labels)).map(({ id }) => id)
}

function fits(wanted: PingAlarm['labels'], labels: Signal['labels']): boolean {
  return wanted.every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value)
}

/** Such an alert is kept and shown, and opens nothing. Null: it is none. */
export function pingAim(ports: Ports, { signal, plain, item }: Unit): Aim | null {
  if (plain || item.kind === INTERNAL_KIND || heartbeatsOf(ports, signal).length === 0) return null
  return { kind: 'ping', reason: 'It says that its sender lives: a ping of a heartbeat, which opens nothing.' }
}

/** Written with the batch that they came in, each with the time at which it was received. */
export async function pingByUnits(ports: Ports, tx: Tx, units: Iterable<Unit>): Promise<void> {
  if ((indexes.get(ports) ?? NONE).size === 0) return
  const pings = new Map<string, Ping>()
  for (const { signal, plain, item } of units) {
    if (plain || item.kind === INTERNAL_KIND) continue
    for (const id of heartbeatsOf(ports, signal)) {
      const known = pings.get(id)
      pings.set(id, { id, at: Math.max(known?.at ?? item.receivedAt, item.receivedAt), count: (known?.count ?? 0) + 1 })
    }
  }
  await pingHeartbeats(tx, [...pings.values()])
}
