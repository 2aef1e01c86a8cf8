/** The matrix with what is known beside each row: what triage looks at. */
import { meetsBounds } from '../playbook/impact-threshold.ts'
import { metSince, readingsOf } from '../playbook/impact.ts'
import type { ImpactThreshold, Playbook, SeverityRow } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'
import type { Incident, MeasuredImpact } from './incident.ts'

export interface ThresholdEvidence {
  readonly threshold: ImpactThreshold
  /** Null: not measured. */
  readonly measured: MeasuredImpact | null
  /** Null: unknown. True also while its time has not passed; see `heldAt`. */
  readonly within: boolean | null
  /** When it has been met for long enough; null where it is not within. */
  readonly heldAt: Instant | null
  /** Within, and for long enough; null: unknown. */
  readonly met: boolean | null
}

export interface RowEvidence {
  readonly row: SeverityRow
  readonly thresholds: readonly ThresholdEvidence[]
  /** True when any threshold is met; null when none is and something is not measured, or nothing of the row can be. */
  readonly met: boolean | null
  /** The incident has this severity now. */
  readonly isCurrent: boolean
  /** The incident's type is of this row. */
  readonly isOfType: boolean
  /** What gets no type gets this row. */
  readonly isDefault: boolean
}

export function evidenceOf(incident: Incident, playbook: Playbook, now: Instant): readonly RowEvidence[] {
  const ofType = playbook.incidentTypes.find((type) => type.id === incident.incidentType)?.severity
  return playbook.severities.map((row) => {
    const thresholds = row.thresholds.map((threshold) => evidenceFor(threshold, incident, now))
    return {
      row,
      thresholds,
      met: metAny(thresholds),
      isCurrent: row.id === incident.severity,
      isOfType: row.id === ofType,
      isDefault: row.id === playbook.defaultSeverity,
    }
  })
}

function evidenceFor(threshold: ImpactThreshold, incident: Incident, now: Instant): ThresholdEvidence {
  const { measure } = threshold
  const measured = Object.hasOwn(incident.impact, measure) ? (incident.impact[measure] ?? null) : null
  const readings = readingsOf(incident.impact, measure)
  const last = readings.at(-1)
  // What a source measured before its alerts were clear is history, no evidence.
  if (last === undefined) return { threshold, measured, within: null, heldAt: null, met: null }
  const since = metSince(threshold, readings)
  const heldAt = since === null ? null : since + threshold.forMs
  return { threshold, measured, within: meetsBounds(last.value, threshold), heldAt, met: heldAt !== null && heldAt <= now }
}

function metAny(thresholds: readonly ThresholdEvidence[]): boolean | null {
  if (thresholds.some((threshold) => threshold.met === true)) return true
  return thresholds.length === 0 || thresholds.some((threshold) => threshold.met === null) ? null : false
}
