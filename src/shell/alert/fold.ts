/** Folds a batch's signals per fingerprint over the stored episodes, before anything touches the database. */
import { type Episode, step, type StepKind } from '../../core/alert/alert.ts'
import type { Signal } from '../../core/alert/signal.ts'
import type { LatestAlert } from './alert-store.ts'
import type { Unit } from './apply-item.ts'
import { type Aim, MEASURE_KIND } from './target.ts'

/** An alert that the batch has to do with: stored, or new. */
export interface FoldedAlert {
  readonly id: string
  readonly fingerprint: string
  readonly sourceId: string
  /** Integration by which the batch heard of it. */
  readonly kind: string
  /** Null: it is stored already. */
  readonly signal: Signal | null
  episode: Episode
  /** Stored alert's incident. */
  readonly incidentId: string | null
  /** Where it is to go; null: where it is. */
  aim: Aim | null
  changed: boolean
  /** The batch found or made it firing, and leaves it so or not: what its incident's counts need. */
  opened: boolean
  resolved: boolean
  acknowledged: boolean
}

/** One signal's fate: the step and the alert it concerned. */
export interface Fate {
  readonly unit: Unit
  readonly kind: StepKind
  readonly alert: FoldedAlert | null
  /** The signal by which the alert found its incident. */
  readonly aimed: boolean
  /** Its value decided: it ended the alert, or is of none. */
  readonly below?: string
}

export interface Fold {
  readonly alerts: readonly FoldedAlert[]
  /** In the order of the units. */
  readonly fates: readonly Fate[]
}

export interface FoldContext {
  readonly latest: ReadonlyMap<string, LatestAlert>
  readonly aim: (unit: Unit) => Aim
  readonly freshId: () => string
}

export function fold(units: readonly Unit[], context: FoldContext): Fold {
  const current = new Map<string, FoldedAlert>()
  const alerts: FoldedAlert[] = []
  const fates = units.map((unit): Fate => {
    const { fingerprint } = unit
    const stored = context.latest.get(fingerprint)
    let alert = current.get(fingerprint)
    if (alert === undefined && stored !== undefined) {
      alert = fromStored(stored, unit)
      current.set(fingerprint, alert)
      alerts.push(alert)
    }
    // Only a stored alert can belong to an incident that is over: the batch's own are opened with it.
    const incidentOver = stored !== undefined && alert?.signal === null && stored.incidentOver
    const heard = { at: unit.item.receivedAt, incidentOver }
    const below = belowNow(unit, alert ?? null, context)
    if (below !== null && (alert === undefined || alert.episode.resolvedAt !== null))
      return { unit, kind: 'ignored', alert: null, aimed: false, below }
    const taken = step(alert?.episode ?? null, below === null ? unit.signal : { ...unit.signal, status: 'resolved' }, heard)
    if (taken.ended !== undefined && alert !== undefined) settle(alert, taken.ended)
    if (taken.kind === 'opened' || taken.kind === 'recorded') {
      if (taken.episode === null) throw new Error('a step that begins an episode has one')
      alert = begun(context.freshId(), fingerprint, unit, taken.episode)
      alert.opened = taken.kind === 'opened'
      current.set(fingerprint, alert)
      alerts.push(alert)
    } else if (alert !== undefined && taken.episode !== null && taken.episode !== alert.episode) {
      settle(alert, taken.episode)
    }
    if (taken.kind === 'acknowledged' && alert !== undefined) alert.acknowledged = true
    return {
      unit,
      kind: taken.kind,
      alert: alert ?? null,
      aimed: aimAlert(alert, taken.kind, unit, context),
      ...(below === null ? {} : { below }),
    }
  })
  return { alerts, fates }
}

/**
 * Why a number that was pushed ends its alert, or makes none: the playbook compares it, both ways. A source with start times
 * repeats a state that it has judged itself, and says so when it is over; null: it is judged as every signal.
 */
function belowNow(unit: Unit, alert: FoldedAlert | null, context: FoldContext): string | null {
  const { signal, item, plain } = unit
  if (plain || signal.status !== 'firing' || signal.value === null || signal.startsAt !== null) return null
  const fires = alert !== null && alert.episode.resolvedAt === null && (alert.incidentId !== null || alert.aim?.kind === 'target')
  if (!fires && item.kind !== MEASURE_KIND) return null
  const aim = context.aim(unit)
  return aim.kind === 'below' ? aim.reason : null
}

function settle(alert: FoldedAlert, episode: Episode): void {
  if (alert.episode.resolvedAt === null && episode.resolvedAt !== null) alert.resolved = true
  alert.episode = episode
  alert.changed = true
}

/** A firing alert without an incident is looked at again with each message: its value may have risen. */
function aimAlert(alert: FoldedAlert | undefined, kind: StepKind, unit: Unit, context: FoldContext): boolean {
  if (alert === undefined || (kind !== 'opened' && kind !== 'repeated')) return false
  if (alert.incidentId !== null || alert.aim?.kind === 'target') return false
  alert.aim = context.aim(unit)
  if (alert.aim.kind !== 'target') return false
  alert.opened = true
  alert.changed = true
  return true
}

function fromStored(stored: LatestAlert, { item }: Unit): FoldedAlert {
  const { id, fingerprint, episode, incidentId } = stored
  return {
    id,
    fingerprint,
    sourceId: item.sourceId,
    kind: item.kind,
    signal: null,
    episode,
    incidentId,
    aim: null,
    changed: false,
    opened: false,
    resolved: false,
    acknowledged: false,
  }
}

function begun(id: string, fingerprint: string, unit: Unit, episode: Episode): FoldedAlert {
  const { signal, item } = unit
  return {
    id,
    fingerprint,
    sourceId: item.sourceId,
    kind: item.kind,
    signal,
    episode,
    incidentId: null,
    aim: null,
    changed: true,
    opened: false,
    resolved: false,
    acknowledged: false,
  }
}
