/** What sources measure: values of alerts whose incident type says what they are a measure of. */
import type { Measurement } from '../../core/incident/command.ts'
import { worstOf } from '../../core/playbook/impact.ts'
import type { Matcher } from '../../core/playbook/match.ts'
import type { Playbook, SignalMeasure } from '../../core/playbook/playbook.ts'
import type { LatestAlert } from './alert-store.ts'
import type { Unit } from './apply-item.ts'
import type { Fold, FoldedAlert } from './fold.ts'

/** The worst of what fires among them; undefined where nothing is measured or no value was sent. */
export function measuredBy(
  alerts: readonly Pick<FoldedAlert, 'episode'>[],
  measures: SignalMeasure | null,
  playbook: Playbook,
): Measurement | undefined {
  if (measures === null) return undefined
  const values = alerts.flatMap(({ episode }) =>
    episode.resolvedAt === null && episode.value !== null ? [episode.value * measures.factor] : [],
  )
  const value = worstOf(playbook, measures.measure, values)
  return value === null ? undefined : { measure: measures.measure, value, unit: measures.unit }
}

/** An alert of an incident that fires on, with another value than before. */
export interface Remeasured {
  readonly incidentId: string
  readonly unit: Unit
  readonly measurement: Measurement
}

/** Costs nothing where no incident type measures anything, and a comparison of two numbers where the value is the same. */
export function remeasured(
  fold: Fold,
  latest: ReadonlyMap<string, LatestAlert>,
  playbook: Playbook,
  matcher: Matcher,
): readonly Remeasured[] {
  if (!playbook.incidentTypes.some((type) => type.measures !== null)) return []
  const last = new Map<FoldedAlert, Unit>()
  for (const { kind, alert, unit } of fold.fates) {
    if (kind === 'repeated' && alert !== null && alert.signal === null && alert.incidentId !== null && unit.signal.value !== null)
      last.set(alert, unit)
  }
  return [...last].flatMap(([alert, unit]): Remeasured[] => {
    if (alert.incidentId === null || alert.episode.value === latest.get(alert.fingerprint)?.episode.value) return []
    const match = matcher.match(unit.signal, unit.item.kind)
    const measurement = match.kind === 'type' ? measuredBy([alert], match.type.measures, playbook) : undefined
    return measurement === undefined ? [] : [{ incidentId: alert.incidentId, unit, measurement }]
  })
}
