/** What can be measured of an incident's impact, by name, and in which unit. */
import type { MeasureUnit, Quantity } from './quantity.ts'

/** Measures with a fixed unit; a playbook may name others, whose unit is the one it first writes. */
export const KNOWN_MEASURES: Readonly<Record<string, MeasureUnit>> = {
  users_affected: '%',
  error_rate: '%',
  latency_p50: 'ms',
  latency_p95: 'ms',
  latency_p99: 'ms',
}

/** Of a whole: nothing is above 100 % of them. */
const SHARES: readonly string[] = ['users_affected', 'error_rate']

export const MEASURE_NAME = /^[a-z][a-z0-9_]{0,63}$/

/** The unit that a measure of that name must have; null: any. A name that says "rate" or "share" means per cent. */
export function expectedUnit(measure: string): MeasureUnit | null {
  if (Object.hasOwn(KNOWN_MEASURES, measure)) return KNOWN_MEASURES[measure] ?? null
  if (/(^|_)(rate|ratio|share|percent|pct)$/.test(measure)) return '%'
  return /^latency(_|$)/.test(measure) ? 'ms' : null
}

/** True for a value that no measurement of it can give. */
export function isImpossible(measure: string, { value, unit }: Quantity): boolean {
  return value < 0 || (unit === '%' && SHARES.includes(measure) && value > 100)
}

/** `users_affected` as people say it: `Users affected`. */
export function titleOfMeasure(measure: string): string {
  const words = measure.replaceAll('_', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

export const UNIT_WORDS: Readonly<Record<MeasureUnit, string>> = { '%': 'a share in per cent', ms: 'a time', number: 'a plain number' }
