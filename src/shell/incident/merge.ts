/**
 * Two incidents that are one, and back: alerts, both records and both plans change in one transaction. Alerts are locked
 * before incidents, as whoever applies messages does.
 */
import type { IncidentId } from '../../core/id.ts'
import type { Decision } from '../../core/incident/command.ts'
import type { Actor, IncidentRef } from '../../core/incident/event.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { type ChangeResult, changeInTransaction, changeLocked } from './change.ts'
import { countAlerts, followMerges, lockAlertsOf, lockMovedAlerts, moveAlerts, moveBack } from './merge-store.ts'
import { type LoadedIncident, lockIncidents } from './store.ts'

export interface Between {
  readonly by: Actor
  readonly reason: string
}
type Refused = Extract<Decision, { kind: 'refused' }>
type Result = Extract<ChangeResult, { kind: 'accepted' | 'absent' }> | Refused

/** @returns what became of the first; a refusal has written nothing that the caller may commit: roll back */
export async function mergeIncidents(ports: Ports, tx: Tx, id: IncidentId, into: IncidentId, { by, reason }: Between): Promise<Result> {
  await lockAlertsOf(tx, id)
  const locked = await lockIncidents(tx, [id, into])
  const source = locked.find((incident) => incident.id === id)
  const target = locked.find((incident) => incident.id === into)
  if (source === undefined || target === undefined) return { kind: 'absent' }
  const { severity, monitored } = source.state
  const merged = await changeLocked(ports, tx, source, { type: 'merge', by, into: refOf(target), reason, total: 0, firing: 0 })
  if (merged.kind !== 'accepted') return merged
  await moveAlerts(tx, id, into)
  const counts = await countAlerts(tx, into)
  const taken = await changeLocked(ports, tx, target, {
    type: 'take-in',
    by,
    from: { ...refOf(source), severity, monitored },
    reason,
    ...counts,
  })
  return taken.kind === 'accepted' ? merged : taken
}

/** Alerts that came after the merge stay where they came. */
export async function unmergeIncident(ports: Ports, tx: Tx, id: IncidentId, { by, reason }: Between): Promise<Result> {
  await lockMovedAlerts(tx, id)
  const chain = await followMerges(tx, id)
  const locked = await lockIncidents(tx, [id, ...chain])
  const source = locked.find((incident) => incident.id === id)
  if (source === undefined) return { kind: 'absent' }
  const [direct] = chain
  const root = chain.at(-1)
  if (direct === undefined || root === undefined) return { kind: 'refused', code: 'incident-not-merged' }
  await moveBack(tx, id, chain)
  const result = await changeLocked(ports, tx, source, { type: 'unmerge', by, reason, ...(await countAlerts(tx, id)) })
  if (result.kind !== 'accepted') return result
  const gave = await changeInTransaction(ports, tx, direct, {
    type: 'give-back',
    by,
    to: refOf(source),
    reason,
    ...(await countAlerts(tx, direct)),
  })
  if (gave.kind !== 'accepted') return gave
  if (root !== direct) {
    const counts = { opened: 0, resolved: 0, sample: [], ...(await countAlerts(tx, root)) }
    await changeInTransaction(ports, tx, root, { type: 'attach-alerts', ...counts })
  }
  return result
}

/** Both say so. @param ended true: they do not belong together any more */
export async function linkIncidents(
  ports: Ports,
  tx: Tx,
  pair: { readonly id: IncidentId; readonly other: IncidentId },
  { by, reason, ended }: Between & { readonly ended: boolean },
): Promise<Result> {
  const locked = await lockIncidents(tx, [pair.id, pair.other])
  const one = locked.find((incident) => incident.id === pair.id)
  const other = locked.find((incident) => incident.id === pair.other)
  if (one === undefined || other === undefined) return { kind: 'absent' }
  const type = ended ? 'unlink' : 'link'
  const result = await changeLocked(ports, tx, one, { type, by, other: refOf(other), reason })
  if (result.kind !== 'accepted') return result
  const there = await changeLocked(ports, tx, other, { type, by, other: refOf(one), reason })
  return there.kind === 'accepted' ? result : there
}

function refOf({ id, number }: LoadedIncident): IncidentRef {
  return { id, number }
}
