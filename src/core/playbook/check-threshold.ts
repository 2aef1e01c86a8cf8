/** Checks that the thresholds of two rows share out what is measured between them: no value is of both, or of neither. */
import { formatImpactThreshold, meetsBounds } from './impact-threshold.ts'
import type { Report } from './finding.ts'
import { toPath } from './check-impact.ts'
import type { ImpactThreshold, Playbook, SeverityRow, Threshold } from './playbook.ts'
import { formatQuantity } from './quantity.ts'

interface Band {
  readonly row: SeverityRow
  readonly threshold: ImpactThreshold
  /** Infinite where nothing bounds it; `closed` ends belong to it. */
  readonly low: End
  readonly high: End
}

interface End {
  readonly at: number
  readonly closed: boolean
}

export function checkThresholds(playbook: Playbook, report: Report): void {
  const bands = playbook.severities.flatMap((row) => row.thresholds.map((threshold) => toBand(row, threshold)))
  for (const measure of new Set(bands.map((band) => band.threshold.measure))) {
    const ofMeasure = bands.filter((band) => band.threshold.measure === measure)
    checkOverlaps(ofMeasure, report)
    checkGaps(ofMeasure, report)
  }
}

function toBand(row: SeverityRow, threshold: ImpactThreshold): Band {
  const ends = (sign: string, none: number, tighter: (one: number, other: number) => boolean): End =>
    threshold.bounds
      .filter((bound) => bound.comparison.startsWith(sign))
      .map((bound): End => ({ at: bound.bound, closed: bound.comparison.endsWith('=') }))
      .reduce((best, end) => (tighter(end.at, best.at) || (end.at === best.at && !end.closed) ? end : best), { at: none, closed: false })
  return {
    row,
    threshold,
    low: ends('>', Number.NEGATIVE_INFINITY, (one, other) => one > other),
    high: ends('<', Number.POSITIVE_INFINITY, (one, other) => one < other),
  }
}

/** A row above that asks for more time lets the row below have what has not lasted yet: that is a rise, not an overlap. */
function checkOverlaps(bands: readonly Band[], report: Report): void {
  for (const [index, below] of bands.entries()) {
    const above = bands
      .slice(0, index)
      .find((other) => other.row !== below.row && other.threshold.forMs <= below.threshold.forMs && commonOf(other, below) !== null)
    if (above === undefined) continue
    const common = commonOf(above, below) ?? 0
    const { measure, unit, path } = below.threshold
    report({
      code: 'thresholds-overlap',
      severity: 'warning',
      path: toPath(path),
      message: `A ${measure} of ${formatQuantity({ value: common, unit })} is of ${above.row.id} and of ${below.row.id}; ${above.row.id}, the first, decides.`,
      fix: `Let ${below.row.id} end where ${above.row.id} begins${suggestion(below, above)}.`,
    })
  }
}

/** A value that both take, or null. */
function commonOf(one: Band, other: Band): number | null {
  const low = highest(one.low, other.low)
  const high = highest(flip(one.high), flip(other.high))
  return valueBetween(low, flip(high))
}

function highest(one: End, other: End): End {
  if (one.at !== other.at) return one.at > other.at ? one : other
  return one.closed ? other : one
}

function flip({ at, closed }: End): End {
  return { at: -at, closed }
}

function valueBetween(low: End, high: End): number | null {
  if (low.at > high.at || (low.at === high.at && !(low.closed && high.closed))) return null
  if (low.at === high.at) return low.at
  if (low.at === Number.NEGATIVE_INFINITY) return high.at === Number.POSITIVE_INFINITY ? 0 : high.at - 1
  return high.at === Number.POSITIVE_INFINITY ? roundValue(low.at + Math.max(1, Math.abs(low.at) / 10)) : roundValue((low.at + high.at) / 2)
}

function roundValue(value: number): number {
  return Number(value.toPrecision(4))
}

/** Looks only between rows: what lies below the least severe one is no incident. */
function checkGaps(bands: readonly Band[], report: Report): void {
  const [first, ...rest] = [...bands].sort((one, other) => one.low.at - other.low.at || Number(other.low.closed) - Number(one.low.closed))
  let reached = first
  for (const next of rest) {
    if (reached === undefined) return
    const gap = valueBetween({ ...reached.high, closed: !reached.high.closed }, { ...next.low, closed: !next.low.closed })
    if (gap !== null && reached.row !== next.row) reportGap(reached, next, gap, report)
    if (next.high.at > reached.high.at || (next.high.at === reached.high.at && next.high.closed)) reached = next
  }
}

function reportGap(lower: Band, upper: Band, value: number, report: Report): void {
  const { measure, unit } = lower.threshold
  const [milder, graver] = lower.row.rank > upper.row.rank ? [lower, upper] : [upper, lower]
  report({
    code: 'thresholds-gap',
    severity: 'warning',
    path: toPath(milder.threshold.path),
    message: `A ${measure} of ${formatQuantity({ value, unit })} is of no row: it lies between ${lower.row.id} and ${upper.row.id}.`,
    fix: `Let ${milder.row.id} end where ${graver.row.id} begins${suggestion(milder, graver)}.`,
  })
}

/** The milder row's threshold with the end that faces the graver row set to meet it; empty where that is not one bound. */
function suggestion(milder: Band, graver: Band): string {
  const upwards = graver.low.at > milder.low.at && graver.low.at !== Number.NEGATIVE_INFINITY
  const downwards = graver.high.at < milder.high.at && graver.high.at !== Number.POSITIVE_INFINITY
  if (upwards === downwards) return ''
  const end = upwards ? graver.low : graver.high
  const facing: Threshold = { comparison: upwards ? (end.closed ? '<' : '<=') : end.closed ? '>' : '>=', bound: end.at }
  const kept = milder.threshold.bounds.filter((bound) => bound.comparison.startsWith(upwards ? '>' : '<'))
  const bounds = upwards ? [...kept, facing] : [facing, ...kept]
  // Nothing may be left between its own ends.
  if (!isSomething(bounds)) return ''
  return `: "${formatImpactThreshold({ ...milder.threshold, bounds })}"`
}

function isSomething(bounds: readonly Threshold[]): boolean {
  const [one, other] = bounds
  if (one === undefined || other === undefined) return true
  const middle = (one.bound + other.bound) / 2
  return meetsBounds(middle, { bounds })
}
