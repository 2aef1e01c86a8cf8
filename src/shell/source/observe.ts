/** Observe mode: what a source says is stored and shown, opens nothing and pages nobody, until somebody ends it with one switch. */
import { toSignal } from '../../core/alert/build.ts'
import { heldBy } from '../../core/alert/hold.ts'
import type { SourceId } from '../../core/id.ts'
import { matcherOf } from '../../core/playbook/match.ts'
import { type Playbook, severityRow } from '../../core/playbook/playbook.ts'
import { countWouldHave, sayWouldHave, type WouldBe } from '../../core/source/observe.ts'
import { DAY_MS, toRfc3339 } from '../../core/time.ts'
import type { ObserveSummary } from '../../api/schema.ts'
import type { ApplyItem, Unit } from '../alert/apply-item.ts'
import { type Aim, aimOf } from '../alert/target.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { keepObserved, listObserved, type ObservedAlert } from './observe-store.ts'
import { mayBeObserved } from './source-cache.ts'
import type { SourceRow } from './source-store.ts'

/** Holds what would open or join an incident. */
export type Observing = (unit: Unit, aim: Aim) => Aim

const keep: Observing = (_unit, aim) => aim

/**
 * To be asked once in the transaction that aims the units. Costs a look into memory a batch where no source is observed; a
 * server that has not yet heard of the switch pages for half a second longer, and never holds what it should not.
 */
export async function observing(ports: Ports, tx: Tx, units: readonly Unit[]): Promise<Observing> {
  const candidates = new Set<string>()
  for (const { item } of units) if (mayBeObserved(ports, item.sourceId)) candidates.add(item.sourceId)
  if (candidates.size === 0) return keep
  const observed = await keepObserved(tx, [...candidates])
  if (observed.size === 0) return keep
  return (unit, aim) => {
    const { sourceId, sourceName } = unit.item
    if (aim.kind !== 'target' || !observed.has(sourceId)) return aim
    const { severity, reason: because, ownerReason } = aim.target
    const reason = `${sourceName} is only observed: it would have gone to ${severity}. ${because} ${ownerReason}`.trimEnd()
    return heldBy({ by: 'observe', refId: sourceId, reason, until: null })
  }
}

const SUMMARY_MS = 7 * DAY_MS
const LOOKED_AT_MAX = 5_000

/** By the playbook that is in force now. */
export async function summarizeObserved(ports: Ports, tx: Tx, source: Pick<SourceRow, 'id' | 'name' | 'team'>): Promise<ObserveSummary> {
  const since = tx.now - SUMMARY_MS
  const alerts = await listObserved(tx, source.id, since, LOOKED_AT_MAX + 1)
  const playbook = ports.playbooks.current()
  const wouldHave = countWouldHave(wouldBe(alerts.slice(0, LOOKED_AT_MAX), source, playbook))
  return {
    since: toRfc3339(since),
    alerts: Math.min(alerts.length, LOOKED_AT_MAX),
    ...wouldHave,
    pages: [...wouldHave.pages],
    sentence: sayWouldHave(wouldHave),
    cut: alerts.length > LOOKED_AT_MAX,
  }
}

function wouldBe(alerts: readonly ObservedAlert[], source: Pick<SourceRow, 'id' | 'name' | 'team'>, playbook: Playbook): WouldBe[] {
  const matcher = matcherOf(playbook)
  return alerts.flatMap((alert): WouldBe[] => {
    const aim = aimOf(toUnit(alert, source), playbook, matcher, source.team)
    if (aim.kind !== 'target') return []
    const { groupKey, severity } = aim.target
    return [{ groupKey, severity, roles: severityRow(playbook, severity).roles, from: alert.firstAt, until: alert.resolvedAt }]
  })
}

/** The signal that began the alert, as far as it is kept. */
function toUnit(alert: ObservedAlert, { id, name }: { id: SourceId; name: string }): Unit {
  const signal = { ...toSignal({ ...alert, status: 'firing' }), links: alert.links }
  const { fingerprint, plain } = alert
  const item: ApplyItem = {
    receiptId: 0,
    receivedAt: alert.firstAt,
    sourceId: id,
    sourceName: name,
    kind: alert.sourceKind,
    signals: [signal],
    fingerprints: [fingerprint],
    weight: 1,
    changes: [],
    refused: null,
    digest: '',
  }
  return { item, index: 0, signal, fingerprint, plain }
}
