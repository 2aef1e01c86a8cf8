/** Checks of what severities are computed from: one unit a measure, and signals that measure something a row asks for. */
import type { Report } from './finding.ts'
import { UNIT_WORDS } from './measure.ts'
import type { Playbook } from './playbook.ts'
import type { MeasureUnit } from './quantity.ts'
import { suggest } from './text.ts'

export function checkImpact(playbook: Playbook, report: Report): void {
  const units = new Map<string, MeasureUnit>()
  for (const { measure, unit, path } of playbook.severities.flatMap((row) => row.thresholds)) {
    const first = units.get(measure)
    if (first === undefined) units.set(measure, unit)
    else if (first !== unit) {
      const message = `${measure} is ${UNIT_WORDS[unit]} here and ${UNIT_WORDS[first]} above.`
      report({ code: 'wrong-unit', severity: 'error', path: toPath(path), message, fix: 'Write the same unit in every row.' })
    }
  }
  for (const [index, { measures, title }] of playbook.incidentTypes.entries()) {
    if (measures === null) continue
    const path = ['incident_types', index, 'measures']
    const unit = units.get(measures.measure)
    if (unit === undefined) {
      const message = `No severity has a threshold for ${measures.measure}, so what signals of "${title}" measure raises nothing.`
      report({ code: 'measure-unused', severity: 'warning', path, message, fix: suggest(measures.measure, [...units.keys()]) })
    } else if (unit !== measures.unit) {
      const message = `Signals of "${title}" send ${UNIT_WORDS[measures.unit]}; in the matrix ${measures.measure} is ${UNIT_WORDS[unit]}.`
      report({ code: 'wrong-unit', severity: 'error', path, message, fix: 'Write the unit of the signals after "in".' })
    }
  }
}

/** Measures have no dots, so the path can be taken apart again; a place in a list is a number. */
export function toPath(path: string): (string | number)[] {
  return path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}
