/** The words of the playbook at a place that decided something, for people who ask why. */
import { formatImpactThreshold } from './impact-threshold.ts'
import { titleOfMeasure } from './measure.ts'
import type { Playbook } from './playbook.ts'

/** @param path keys from the top of the file, joined by dots. Empty where the playbook has no such place */
export function clauseText(playbook: Playbook, path: string): string {
  if (path === 'default_severity') return `Default severity: ${playbook.defaultSeverity}`
  const threshold = playbook.severities.flatMap((row) => row.thresholds.map((one) => ({ row, one }))).find(({ one }) => one.path === path)
  if (threshold !== undefined) {
    const { row, one } = threshold
    return `${row.id}: ${row.definition} (${titleOfMeasure(one.measure).toLowerCase()} ${formatImpactThreshold(one)})`
  }
  const row = playbook.severities[placeIn(/^severities\.(\d+)$/, path)]
  if (row !== undefined) return `${row.id}: ${row.definition}`
  const type = playbook.incidentTypes[placeIn(/^incident_types\.(\d+)\.severity$/, path)]
  return type === undefined ? '' : `${type.title}: ${type.severity}`
}

function placeIn(pattern: RegExp, path: string): number {
  return Number(pattern.exec(path)?.[1] ?? Number.NaN)
}
