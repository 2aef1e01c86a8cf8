/** Changes of what is measured: the thresholds of a row of the matrix, and what a type's signals say. */
import { formatImpactThreshold } from '../impact-threshold.ts'
import { titleOfMeasure } from '../measure.ts'
import type { ImpactThreshold, IncidentType, SeverityRow, SignalMeasure } from '../playbook.ts'
import type { Path } from '../finding.ts'
import type { Change } from './change.ts'
import { listed, quoted, sameList } from './words.ts'

/** What is measured decides who is paged: which way it moves depends on the impact to come. */
const EFFECT = 'pages-otherwise'

export function diffThresholds(before: SeverityRow, now: SeverityRow, path: Path): Change[] {
  const [was, is] = [byMeasure(before.thresholds), byMeasure(now.thresholds)]
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((measure): Change[] => {
    const [old, fresh] = [was.get(measure) ?? [], is.get(measure) ?? []]
    if (sameList(old, fresh)) return []
    const what = titleOfMeasure(measure).toLowerCase()
    const sentence =
      fresh.length === 0
        ? `${now.id} no longer begins at ${what} ${orList(old)}`
        : `${now.id} begins at ${what} ${orList(fresh)} now, before ${old.length === 0 ? 'at none' : orList(old)}`
    const side = fresh.length === 0 ? 'before' : 'after'
    return [{ code: 'impact-threshold', effect: EFFECT, path: [...path, 'thresholds', measure], side, sentence }]
  })
}

function byMeasure(thresholds: readonly ImpactThreshold[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const threshold of thresholds) {
    found.set(threshold.measure, [...(found.get(threshold.measure) ?? []), formatImpactThreshold(threshold)])
  }
  return found
}

function orList(texts: readonly string[]): string {
  return listed(texts).replace(/ and (?=[^,]*$)/, texts.length > 1 ? ' or ' : ' and ')
}

export function diffMeasures(before: IncidentType, now: IncidentType, path: Path): Change[] {
  if (JSON.stringify(before.measures) === JSON.stringify(now.measures)) return []
  const sentence = `The values of ${quoted(now.title)} are ${describeMeasure(now.measures)} now, before ${describeMeasure(before.measures)}`
  return [{ code: 'measured-value', effect: EFFECT, path: [...path, 'measures'], side: 'after', sentence }]
}

function describeMeasure(measures: SignalMeasure | null): string {
  if (measures === null) return 'not taken as a measure'
  const { measure, unit, factor } = measures
  const scaled = factor === 1 ? '' : ` times ${factor}`
  return `${titleOfMeasure(measure).toLowerCase()}${unit === 'number' ? '' : ` in ${unit}`}${scaled}`
}
