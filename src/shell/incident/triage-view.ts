/** The matrix with the evidence beside each row, as triage shows it. */
import type { TriageView } from '../../api/schema.ts'
import { evidenceOf, type RowEvidence, type ThresholdEvidence } from '../../core/incident/evidence.ts'
import { formatImpactThreshold } from '../../core/playbook/impact-threshold.ts'
import { measuresOf, unitOfMeasure } from '../../core/playbook/impact.ts'
import { titleOfMeasure } from '../../core/playbook/measure.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { type Instant, SECOND_MS, toRfc3339 } from '../../core/time.ts'
import type { AlertRow } from '../http/alert-list-store.ts'
import type { IncidentRow } from './list-store.ts'
import { showMeasured, showProposed } from './present.ts'

export function showTriage(row: IncidentRow, playbook: Playbook, firing: readonly AlertRow[], now: Instant): TriageView {
  return {
    incident_id: row.id,
    rows: evidenceOf(row.state, playbook, now).map(showRow),
    proposed: showProposed(row.state, playbook, now),
    alerts: {
      firing: Number(row.alerts_firing),
      total: Number(row.alerts_total),
      items: firing.map(({ id, title, value, severity_hint, first_at }) => ({
        id,
        title,
        value,
        severity_hint,
        first_at: first_at.toISOString(),
      })),
    },
    measures: measuresOf(playbook).map((measure) => ({
      measure,
      title: titleOfMeasure(measure),
      unit: unitOfMeasure(playbook, measure) ?? 'number',
    })),
    types: playbook.incidentTypes.map(({ id, title, severity }) => ({ id, title, severity })),
  }
}

function showRow({ row, thresholds, met, isCurrent, isOfType, isDefault }: RowEvidence): TriageView['rows'][number] {
  return {
    severity: row.id,
    severity_rank: row.rank,
    definition: row.definition,
    example: row.example,
    response_seconds: row.responseMs / SECOND_MS,
    roles: [...row.roles],
    thresholds: thresholds.map(showThreshold),
    met,
    current: isCurrent,
    of_type: isOfType,
    default: isDefault,
  }
}

function showThreshold({ threshold, measured, within, heldAt, met }: ThresholdEvidence) {
  return {
    measure: threshold.measure,
    title: titleOfMeasure(threshold.measure),
    text: formatImpactThreshold(threshold),
    clause: threshold.path,
    measured: measured && showMeasured(measured),
    within,
    held_at: heldAt === null ? null : toRfc3339(heldAt),
    met,
  }
}
