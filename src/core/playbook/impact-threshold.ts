/**
 * When a measured impact is of a row of the matrix, as the document writes it: `> 25 %`, `> 50 % for 10 min`,
 * `> 0 % and <= 25 %`, `> 4 s`. Each bound carries its unit: 25 alone can be a quarter or a hundred times that.
 */
import { formatDuration, parseDuration } from './duration.ts'
import type { ImpactThreshold, Threshold } from './playbook.ts'
import { formatQuantity, type MeasureUnit, parseQuantity } from './quantity.ts'
import { normalizeName } from './text.ts'
import { COMPARISONS, meetsThreshold } from './threshold.ts'

/** A threshold before its measure is known. */
export type ThresholdText = Pick<ImpactThreshold, 'unit' | 'bounds' | 'forMs'>

export type ImpactThresholdReading =
  | { readonly kind: 'threshold'; readonly threshold: ThresholdText }
  | { readonly kind: 'unclear'; readonly message: string; readonly fix: string }

const EXAMPLE = 'Write a comparison, a number and its unit, such as "> 25 %", "> 50 % for 10 min" or "> 4 s".'

/** Never throws. */
export function parseImpactThreshold(text: string): ImpactThresholdReading {
  const [comparisons = '', duration, ...rest] = normalizeName(text).split(/ for (?:at least )?/i)
  const parts = comparisons.split(/ and /i)
  if (rest.length > 0 || parts.length > 2) return unclear(`"${text}" is not a threshold.`, EXAMPLE)
  const bounds: Threshold[] = []
  let unit: MeasureUnit | null = null
  for (const part of parts) {
    const match = /^(>=|<=|>|<|≥|≤) ?(.+)$/.exec(part.trim())
    const comparison = COMPARISONS[match?.[1] ?? '']
    if (match === null || comparison === undefined) return unclear(`"${text}" is not a threshold.`, EXAMPLE)
    const reading = parseQuantity(match[2] ?? '')
    if (reading.kind === 'unclear') return unclear(reading.message, reading.fix)
    if (unit !== null && reading.quantity.unit !== unit) return unclear(`"${text}" has two units.`, 'Write the same unit in both parts.')
    unit = reading.quantity.unit
    bounds.push({ comparison, bound: reading.quantity.value })
  }
  const held = duration === undefined ? null : parseDuration(duration)
  if (held?.kind === 'unclear') return unclear(held.message, held.fix)
  return { kind: 'threshold', threshold: { unit: unit ?? 'number', bounds, forMs: held?.ms ?? 0 } }
}

export function formatImpactThreshold({ bounds, unit, forMs }: ThresholdText): string {
  const written = bounds.map(({ comparison, bound }) => `${comparison} ${formatQuantity({ value: bound, unit })}`).join(' and ')
  return forMs === 0 ? written : `${written} for ${formatDuration(forMs)}`
}

/** Whether a value is within all of its bounds, however long. */
export function meetsBounds(value: number, { bounds }: Pick<ImpactThreshold, 'bounds'>): boolean {
  return bounds.every((bound) => meetsThreshold(value, bound))
}

function unclear(message: string, fix: string): ImpactThresholdReading {
  return { kind: 'unclear', message, fix }
}
