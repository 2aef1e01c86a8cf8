/**
 * Aims alerts again whose hold is over: whatever still fires then opens or joins its incident, and pages, as if it had
 * just begun to fire; or something else holds it now. The database is asked each second and at the very instant that a
 * hold ends, so that nothing is forgotten across a restart; any server may do it, and doing it twice changes nothing.
 */
import { matcherOf } from '../../core/playbook/match.ts'
import { MINUTE_MS } from '../../core/time.ts'
import type { ApplyItem, Unit } from '../alert/apply-item.ts'
import { placeAlerts } from '../alert/apply-incidents.ts'
import { isTransient } from '../alert/apply.ts'
import type { Fold, FoldedAlert } from '../alert/fold.ts'
import { type Aim, aimOf } from '../alert/target.ts'
import type { Tx } from '../database/database.ts'
import { startLoop } from '../outbox/loop.ts'
import type { Ports } from '../ports.ts'
import { observing } from '../source/observe.ts'
import { readTeams } from '../source/team.ts'
import {
  endHolds,
  findNextDue,
  type HeldAlert,
  listDueHolds,
  listUninhibited,
  lockHeldAlerts,
  placeHeld,
  postponeHolds,
} from './hold-store.ts'
import { foldHolding } from './hold-units.ts'
import { forgetInhibitors } from './inhibitor-store.ts'
import { listDueSnoozes, markWoken } from './snooze-store.ts'

const POLL_MS = 1_000
/** Alerts aimed again in one transaction; more are taken at once in the next. */
const BATCH_MAX = 200
const FORGET_MAX = 1_000
const BUSY_MS = 50
/** One that could not be aimed is tried again after this; the auditor says so meanwhile. */
const AGAIN_MS = MINUTE_MS

export interface Releaser {
  /** A hold has just ended: look now. */
  readonly look: () => void
  readonly stop: () => Promise<void>
}

export function startReleaser(ports: Ports): Releaser {
  const loop = startLoop({
    everyMs: ports.config.timing['wakePollMs'] ?? POLL_MS,
    name: 'releaser',
    log: ports.log,
    turn: () => turn(ports),
  })
  const stopNudges = ports.nudges.on('wake', loop.look)
  return {
    look: loop.look,
    stop: async () => {
      stopNudges()
      await loop.stop()
    },
  }
}

/** @returns in how many milliseconds the next hold is over */
async function turn(ports: Ports): Promise<number | undefined> {
  const released = await releaseDue(ports)
  if (released >= BATCH_MAX) return 0
  return ports.database.inTransaction('main', async (tx) => {
    await forgetInhibitors(tx, FORGET_MAX)
    const next = await findNextDue(tx)
    // What another transaction has in hand just now is asked for again, not at once.
    return next === null ? undefined : Math.max(next - tx.now, BUSY_MS)
  })
}

/** One batch. @returns how many alerts were looked at */
export async function releaseDue(ports: Ports): Promise<number> {
  const due = await ports.database.inTransaction('main', async (tx) => listDue(ports, tx))
  if (due.alerts.length === 0 && due.snoozes.length === 0) return 0
  try {
    return await release(ports, due)
  } catch (error) {
    if (isTransient(error)) throw error
    ports.log.error({ err: error, alerts: due.alerts.length }, 'alerts that were held could not be aimed again at once: one by one')
  }
  for (const alertId of due.alerts) await releaseAlone(ports, alertId)
  await ports.database.inTransaction('main', (tx) => markWoken(tx, due.snoozes))
  return due.alerts.length
}

interface Due {
  readonly alerts: readonly string[]
  readonly snoozes: readonly string[]
}

async function listDue(ports: Ports, tx: Tx): Promise<Due> {
  const rules = ports.playbooks.current().inhibition.map((rule) => rule.name)
  const held = [...(await listDueHolds(tx, BATCH_MAX)), ...(await listUninhibited(tx, rules, BATCH_MAX))]
  const snoozes = await listDueSnoozes(tx, BATCH_MAX)
  const alerts = new Set([...held, ...snoozes.flatMap(({ alertId }) => alertId ?? [])])
  return { alerts: [...alerts], snoozes: snoozes.map(({ id }) => id) }
}

async function release(ports: Ports, due: Due): Promise<number> {
  return ports.database.inTransaction('main', async (tx) => {
    const alerts = await lockHeldAlerts(tx, due.alerts)
    await aimAgain(ports, tx, alerts)
    // A snooze whose alert another transaction has in hand is asked for again.
    const seen = new Set(alerts.map((alert) => alert.id))
    const snoozes = await listDueSnoozes(tx, BATCH_MAX)
    await markWoken(
      tx,
      snoozes.filter(({ id, alertId }) => due.snoozes.includes(id) && (alertId === null || seen.has(alertId))).map(({ id }) => id),
    )
    return due.alerts.length
  })
}

/** What throws is kept for later, and does not keep the others. */
async function releaseAlone(ports: Ports, alertId: string): Promise<void> {
  try {
    await ports.database.inTransaction('main', async (tx) => aimAgain(ports, tx, await lockHeldAlerts(tx, [alertId])))
  } catch (error) {
    if (isTransient(error)) throw error
    ports.log.error({ err: error, alert: alertId }, 'an alert that was held could not be aimed again; it is tried again')
    await ports.database.inTransaction('main', (tx) => postponeHolds(tx, [alertId], tx.now + AGAIN_MS))
  }
}

/** Alerts that are locked. One that is over, or in an open incident already, needs nothing. */
async function aimAgain(ports: Ports, tx: Tx, alerts: readonly HeldAlert[]): Promise<void> {
  const waiting = alerts.filter(
    ({ episode, incidentId, incidentOver }) => episode.resolvedAt === null && (incidentId === null || incidentOver),
  )
  await endHolds(
    tx,
    alerts.filter((alert) => !waiting.includes(alert)).map((alert) => alert.id),
  )
  if (waiting.length === 0) return
  const playbook = ports.playbooks.current()
  const matcher = matcherOf(playbook)
  const units = waiting.map(toUnit)
  const reasons = new Map(waiting.map(({ fingerprint, reason }) => [fingerprint, reason]))
  const observed = await observing(ports, tx, units)
  const teamOf = await readTeams(ports, tx, units)
  const held = await foldHolding(tx, ports.database, units, {
    playbook,
    aim: (unit) => observed(unit, withReason(aimOf(unit, playbook, matcher, teamOf(unit)), reasons.get(unit.fingerprint) ?? null)),
    fold: (aim) => refold(waiting, units, aim),
  })
  const places = await placeAlerts(ports, tx, held.fold, { playbook, measured: [] })
  await placeHeld(
    tx,
    held.fold.alerts.flatMap((alert) => {
      const place = places.get(alert)
      return place === undefined ? [] : [{ id: alert.id, incidentId: place.incidentId }]
    }),
  )
  await endHolds(
    tx,
    held.fold.alerts.filter((alert) => alert.aim?.kind !== 'held').map((alert) => alert.id),
  )
  await held.record(tx)
}

/** The playbook of now may have another mind than that of then: an alert below its threshold stays where it is. */
function withReason(aim: Aim, reason: string | null): Aim {
  if (aim.kind !== 'target' || reason === null) return aim
  return {
    kind: 'target',
    target: { ...aim.target, reason: `${aim.target.reason} It was held before (${trimEnd(reason)}), and fires still.` },
  }
}

function trimEnd(sentence: string): string {
  return sentence.endsWith('.') ? sentence.slice(0, -1) : sentence
}

/** The alerts as they are, each aimed as by one more message of its own. */
function refold(alerts: readonly HeldAlert[], units: readonly Unit[], aim: (unit: Unit) => Aim): Fold {
  const folded = alerts.map((alert, index): FoldedAlert => {
    const unit = units[index]
    const aimed = unit === undefined ? null : aim(unit)
    return {
      id: alert.id,
      fingerprint: alert.fingerprint,
      sourceId: alert.sourceId,
      kind: alert.sourceKind,
      signal: null,
      episode: alert.episode,
      incidentId: null,
      aim: aimed,
      changed: true,
      opened: aimed?.kind === 'target',
      resolved: false,
      acknowledged: false,
    }
  })
  const fates = folded.flatMap((alert, index) => {
    const unit = units[index]
    return unit === undefined ? [] : [{ unit, kind: 'repeated' as const, alert, aimed: alert.aim?.kind === 'target' }]
  })
  return { alerts: folded, fates }
}

function toUnit({ sourceId, sourceName, episode, signal, sourceKind, plain, fingerprint }: HeldAlert): Unit {
  const item: ApplyItem = {
    receiptId: 0,
    receivedAt: episode.lastAt,
    sourceId,
    sourceName,
    kind: sourceKind,
    signals: [signal],
    fingerprints: [fingerprint],
    weight: 1,
    changes: [],
    refused: null,
    digest: '',
  }
  return { item, index: 0, signal, fingerprint, plain }
}
