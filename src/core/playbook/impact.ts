/**
 * Which row of the matrix a measured impact is of. Rows are tried from the top, and the first of which any threshold is
 * met is the answer; what is not measured is unknown and decides nothing.
 */
import { earliest, type Instant } from '../time.ts'
import { formatImpactThreshold, meetsBounds } from './impact-threshold.ts'
import { expectedUnit, KNOWN_MEASURES, titleOfMeasure } from './measure.ts'
import type { ImpactThreshold, Playbook, SeverityRow } from './playbook.ts'
import { formatQuantity, type MeasureUnit } from './quantity.ts'

/** One look at a measure; `value` in the measure's unit. */
export interface Reading {
  readonly at: Instant
  readonly value: number
}

/** What has been measured, by measure; readings oldest first, the last one is what it is now. */
export type Measured = Readonly<Record<string, { readonly readings: readonly Reading[] }>>

/** What a measured impact makes of an incident, and the threshold of the playbook that says so. */
export interface ImpactVerdict {
  readonly severity: string
  /** Place in the matrix, 0 first. */
  readonly rank: number
  /** One sentence for people. */
  readonly sentence: string
  /** Keys from the top of the file, such as `severities.0.thresholds.error_rate`. */
  readonly path: string
}

/** A threshold that is met, in numbers: words are made of it only where somebody reads them. */
export interface ImpactMet {
  readonly row: SeverityRow
  readonly threshold: ImpactThreshold
  /** What was measured, in the threshold's unit. */
  readonly value: number
}

export interface ImpactLook {
  /** Null: nothing that is measured meets any threshold. */
  readonly met: ImpactMet | null
  /** When a more severe row will be met if nothing changes: a threshold is met, and its time has not passed. */
  readonly risesAt: Instant | null
}

/** Null when no threshold is met. @param now decides whether a threshold has been met for long enough */
export function severityOfImpact(playbook: Playbook, measured: Measured, now: Instant): ImpactVerdict | null {
  const { met } = lookAtImpact(playbook, measured, now)
  return met && verdictOf(met)
}

export function lookAtImpact(playbook: Playbook, measured: Measured, now: Instant): ImpactLook {
  let risesAt: Instant | null = null
  for (const row of playbook.severities) {
    for (const threshold of row.thresholds) {
      const readings = readingsOf(measured, threshold.measure)
      const metAt = metSince(threshold, readings)
      if (metAt === null) continue
      const heldAt = metAt + threshold.forMs
      if (heldAt <= now) return { met: { row, threshold, value: readings.at(-1)?.value ?? 0 }, risesAt }
      risesAt = earliest([risesAt, heldAt])
    }
  }
  return { met: null, risesAt }
}

/** Since when a measure has been within the bounds without a break; null when it is not now. */
export function metSince(threshold: ImpactThreshold, readings: readonly Reading[]): Instant | null {
  let since: Instant | null = null
  for (let place = readings.length - 1; place >= 0; place -= 1) {
    const reading = readings[place]
    if (reading === undefined || !meetsBounds(reading.value, threshold)) break
    since = reading.at
  }
  return since
}

/** Measures may be called like something that every object has. */
export function readingsOf(measured: Measured, measure: string): readonly Reading[] {
  return Object.hasOwn(measured, measure) ? (measured[measure]?.readings ?? []) : []
}

export function verdictOf({ row, threshold, value }: ImpactMet): ImpactVerdict {
  const { measure, unit, path } = threshold
  const sentence = `${titleOfMeasure(measure)}: ${formatQuantity({ value, unit })}, and "${formatImpactThreshold(threshold)}" is ${row.id}.`
  return { severity: row.id, rank: row.rank, sentence, path }
}

/** The unit in which a measure is counted: as the matrix has it, else as its name says; null for one that nothing names. */
export function unitOfMeasure(playbook: Playbook, measure: string): MeasureUnit | null {
  return thresholdsOf(playbook, measure)[0]?.unit ?? expectedUnit(measure)
}

/** Everything that can be measured: what the matrix asks for, then what is known besides. */
export function measuresOf(playbook: Playbook): readonly string[] {
  return [
    ...new Set([...playbook.severities.flatMap((row) => row.thresholds.map(({ measure }) => measure)), ...Object.keys(KNOWN_MEASURES)]),
  ]
}

export function thresholdsOf(playbook: Playbook, measure: string): readonly ImpactThreshold[] {
  return playbook.severities.flatMap((row) => row.thresholds.filter((threshold) => threshold.measure === measure))
}

/** Whether two values of a measure are on different sides of any bound of the matrix. */
export function crosses(playbook: Playbook, measure: string, before: number, after: number): boolean {
  return thresholdsOf(playbook, measure).some((threshold) => meetsBounds(before, threshold) !== meetsBounds(after, threshold))
}

/** Of several values of one measure, the one that weighs most: what the most severe row looks for. Null for none. */
export function worstOf(playbook: Playbook, measure: string, values: readonly number[]): number | null {
  const first = values[0]
  if (first === undefined) return null
  const isLowBad = thresholdsOf(playbook, measure)[0]?.bounds[0]?.comparison.startsWith('<') ?? false
  return values.reduce((worst, value) => (isLowBad ? Math.min(worst, value) : Math.max(worst, value)), first)
}
