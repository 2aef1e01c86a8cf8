/**
 * Applies committed receipts in their order: one transaction folds everything that waits, writes alerts, incidents,
 * outcomes and the audit leaf, and moves the server's watermark, so that each receipt is applied exactly once whoever
 * does it. What throws is singled out, kept, and paged plainly.
 */
import { hash } from 'node:crypto'
import { toPlainSignal } from '../../core/alert/build.ts'
import { toLine } from '../../core/alert/text.ts'
import { matcherOf } from '../../core/playbook/match.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Tx } from '../database/database.ts'
import { brokenConstraint, isDatabaseAway, isRetryable } from '../database/errors.ts'
import { failpoint } from '../failpoint.ts'
import { applyFailuresTotal } from '../metrics/metrics.ts'
import { pingAim } from '../heartbeat/pings.ts'
import type { Ports } from '../ports.ts'
import { setApart } from '../source/apart.ts'
import { notePoison, watchFaults } from '../source/fault-watch.ts'
import { observing } from '../source/observe.ts'
import { readTeams } from '../source/team.ts'
import { foldHolding } from '../silence/hold-units.ts'
import {
  type AlertUpdate,
  finishBatch,
  findLatest,
  insertAlerts,
  insertChanges,
  type LatestAlert,
  lockFiring,
  type NewAlert,
  updateAlerts,
} from './alert-store.ts'
import { type ApplyItem, toPlainUnit, type Unit, unitsOf } from './apply-item.ts'
import { placeAlerts } from './apply-incidents.ts'
import { makeExplainer } from './explain.ts'
import type { FiringHints } from './firing-hints.ts'
import { fold, type FoldedAlert } from './fold.ts'
import { remeasured } from './measured.ts'
import { encodeOutcomes, type Outcome } from './outcome.ts'
import { aimOf } from './target.ts'

export interface Batch {
  /** In receipt order, never empty. */
  readonly items: readonly ApplyItem[]
  /** Whose receipts they are; a dead server's are applied by another. */
  readonly serverId: string
  /** The watermark before. */
  readonly from: number
  /** Told what fires after the batch. */
  readonly hints?: FiringHints
}

/** Another process has applied receipts of this server: read the watermark again. */
export class WatermarkMoved extends Error {
  constructor() {
    super('the watermark was moved by another process')
    this.name = 'WatermarkMoved'
  }
}

/** True when running the same transaction again may well succeed. */
export function isTransient(error: unknown): boolean {
  const constraint = brokenConstraint(error)
  // Another server opened the same episode, or the same group's incident, first: read again.
  return isRetryable(error) || isDatabaseAway(error) || constraint === 'alert_episode' || constraint === 'incident_group'
}

/**
 * One try. @param careful after a try that threw: each part under a savepoint, halved until what throws stands alone
 * @throws {WatermarkMoved}, what `isTransient` knows, and without `careful` whatever a message makes the rest throw
 */
export async function applyBatch(ports: Ports, batch: Batch, careful: boolean): Promise<void> {
  const alerts = await ports.database.inTransaction('main', async (tx) => {
    const apart = await setApart(ports, tx, batch.items)
    const items = apart.size === 0 ? batch.items : batch.items.filter((item) => !apart.has(item))
    const units = unitsOf(items)
    const applied = careful ? await applyHalving(ports, tx, units) : await applyUnits(ports, tx, units, batch.hints)
    const changes = items.flatMap(({ changes: own, sourceId, receivedAt }) =>
      own.map((change) => ({ id: ports.freshId(), sourceId, change, receivedAt })),
    )
    await insertChanges(tx, changes)
    failpoint('inside-apply')
    await finish(tx, batch, { outcomes: applied.outcomes, apart, lazy: applied.quiet && changes.length === 0 && apart.size === 0 })
    return applied.alerts
  })
  for (const { fingerprint, episode, incidentId, aim } of alerts) {
    const fires = episode.resolvedAt === null && (incidentId !== null || aim?.kind === 'target')
    if (fires) batch.hints?.add(fingerprint)
    else batch.hints?.remove(fingerprint)
  }
}

interface Applied {
  /** In the order of the units. */
  readonly outcomes: readonly Outcome[]
  /** Nothing but repeats. */
  readonly quiet: boolean
  readonly alerts: readonly FoldedAlert[]
}

async function applyUnits(ports: Ports, tx: Tx, units: readonly Unit[], hints?: FiringHints): Promise<Applied> {
  if (units.length === 0) return { outcomes: [], quiet: true, alerts: [] }
  const playbook = ports.playbooks.current()
  const fingerprints = [...new Set(units.map((unit) => unit.fingerprint))]
  const latest = await lockLatest(tx, fingerprints, hints)
  const watch = watchFaults(matcherOf(playbook))
  const { matcher } = watch
  const observed = await observing(ports, tx, units)
  const teamOf = await readTeams(ports, tx, units)
  const held = await foldHolding(tx, ports.database, units, {
    playbook,
    aim: (unit) => pingAim(ports, unit) ?? observed(unit, aimOf(unit, playbook, matcher, teamOf(unit))),
    fold: (aim) => fold(units, { latest, aim, freshId: ports.freshId }),
  })
  const folded = held.fold
  const measured = remeasured(folded, latest, playbook, matcher)
  const places = await placeAlerts(ports, tx, folded, { playbook, measured })
  const incidentOf = (alert: FoldedAlert) => places.get(alert)?.incidentId ?? alert.incidentId
  const changed = folded.alerts.filter((alert) => alert.changed)
  const updates = changed
    .filter((alert) => alert.signal === null)
    .map((alert): AlertUpdate => ({ ...alert, incidentId: incidentOf(alert) }))
  const inserts = changed.flatMap((alert): NewAlert[] =>
    alert.signal === null ? [] : [{ ...alert, signal: alert.signal, incidentId: incidentOf(alert) }],
  )
  await updateAlerts(tx, updates)
  await insertAlerts(tx, inserts)
  await watch.note(ports, tx, units)
  await held.record(tx)
  const explain = makeExplainer(places)
  return {
    outcomes: folded.fates.map(explain),
    quiet: places.size === 0 && inserts.length === 0 && measured.length === 0,
    alerts: folded.alerts,
  }
}

/** The latest episode of each fingerprint, locked where it fires. One look for those that are likely new, one for the rest. */
async function lockLatest(tx: Tx, fingerprints: readonly string[], hints?: FiringHints): Promise<Map<string, LatestAlert>> {
  const latest = new Map<string, LatestAlert>()
  const isMissing = (fingerprint: string) => !latest.has(fingerprint)
  const lock = async (wanted: readonly string[]) => {
    if (wanted.length > 0) for (const alert of await lockFiring(tx, wanted)) latest.set(alert.fingerprint, alert)
  }
  await lock(fingerprints.filter((fingerprint) => hints?.has(fingerprint) === true))
  const missing = fingerprints.filter(isMissing)
  const found = missing.length === 0 ? [] : await findLatest(tx, missing)
  const firing = found.filter((alert) => alert.episode.resolvedAt === null).map((alert) => alert.fingerprint)
  for (const alert of found) if (alert.episode.resolvedAt !== null) latest.set(alert.fingerprint, alert)
  await lock(firing)
  // Another server ended these between the two looks.
  const slipped = firing.filter(isMissing)
  if (slipped.length > 0) for (const [fingerprint, alert] of await lockLatest(tx, slipped)) latest.set(fingerprint, alert)
  return latest
}

async function applyHalving(ports: Ports, tx: Tx, units: readonly Unit[]): Promise<Applied> {
  try {
    return await tx.savepoint(() => applyUnits(ports, tx, units))
  } catch (error) {
    if (isTransient(error)) throw error
    const [only] = units
    if (units.length === 1 && only !== undefined) return { outcomes: [await pagePlainly(ports, tx, only, error)], quiet: false, alerts: [] }
    const middle = Math.ceil(units.length / 2)
    const first = await applyHalving(ports, tx, units.slice(0, middle))
    const second = await applyHalving(ports, tx, units.slice(middle))
    return { outcomes: [...first.outcomes, ...second.outcomes], quiet: false, alerts: [] }
  }
}

/** What threw is not looked at again: people are told in words that are ours, through the source's triage incident. */
async function pagePlainly(ports: Ports, tx: Tx, unit: Unit, cause: unknown): Promise<Outcome> {
  applyFailuresTotal.inc()
  const name = cause instanceof Error ? cause.name : 'unknown'
  ports.log.error(
    { receipt: unit.item.receiptId, index: unit.index, err: cause },
    'a signal could not be applied; it is kept and people are told',
  )
  const about = toLine(unit.signal.title, 200)
  const reason = `applying it failed (${name})`
  await notePoison(ports, tx, unit, reason)
  const plain = toPlainSignal({
    door: unit.item.kind,
    title: `A message of ${unit.item.sourceName} could not be processed: ${about}`,
    reason,
  })
  try {
    const told = await tx.savepoint(() => applyUnits(ports, tx, [toPlainUnit(unit, plain)]))
    const incidentId = told.outcomes[0]?.incidentId ?? null
    return { kind: 'poisoned', why: `It could not be processed: ${reason}. It is kept, and people were told plainly.`, incidentId }
  } catch (error) {
    if (isTransient(error)) throw error
    ports.log.error({ receipt: unit.item.receiptId, err: error }, 'people could not be told of a signal that could not be applied')
    return { kind: 'poisoned', why: `It could not be processed: ${reason}. It is kept.`, incidentId: null }
  }
}

interface Result {
  /** Of what was applied. */
  readonly outcomes: readonly Outcome[]
  /** Of what was not. */
  readonly apart: ReadonlyMap<ApplyItem, Outcome>
  readonly lazy: boolean
}

async function finish(tx: Tx, batch: Batch, result: Result): Promise<void> {
  const { items, serverId, from } = batch
  let at = 0
  const receipts = items.map((item) => {
    const apart = result.apart.get(item)
    if (apart !== undefined) return { receiptId: item.receiptId, outcomes: Array<Outcome>(placesOf(item)).fill(apart) }
    const start = at
    at += item.signals.length
    return { receiptId: item.receiptId, outcomes: withoutSignal(item) ?? result.outcomes.slice(start, at) }
  })
  const first = items[0]?.receiptId ?? 0
  const to = items.at(-1)?.receiptId ?? 0
  const { encoding, bytes } = encodeOutcomes(receipts)
  const moved = await finishBatch(tx, { serverId, from, to, firstReceiptId: first, encoding, outcomes: bytes, lazy: result.lazy })
  if (!moved) throw new WatermarkMoved()
  await appendLeaves(tx, [
    {
      at: tx.now,
      actor: { kind: 'system', name: 'Tocsin' },
      act: 'receipts.applied',
      subject: `server:${serverId}`,
      // Over the stored bodies' SHA-256 digests, in receipt order, each as 64 hex digits and a line end.
      data: { first, last: to, count: items.length, digest: hash('sha256', items.map((item) => `${item.digest}\n`).join(''), 'hex') },
    },
  ])
}

const EMPTY: Outcome = { kind: 'empty', why: 'The message held no signal.', incidentId: null }
const CHANGE: Outcome = { kind: 'change', why: 'Kept as a change; changes page nobody.', incidentId: null }

/** How many outcomes a message has: as many as it is listed by. */
function placesOf({ signals, changes }: ApplyItem): number {
  return signals.length || changes.length || 1
}

function withoutSignal(item: ApplyItem): Outcome[] | null {
  if (item.signals.length > 0) return null
  if (item.refused !== null) return [{ kind: 'refused', why: `The sender was told no: ${item.refused}.`, incidentId: null }]
  return item.changes.length > 0 ? item.changes.map(() => CHANGE) : [EMPTY]
}
