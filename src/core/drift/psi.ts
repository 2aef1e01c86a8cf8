/**
 * The population stability index (PSI): how far a distribution has moved from the one that was expected.
 *
 *     PSI = sum over bins of (a - e) * ln(a / e)
 *
 * with a and e the shares of the actual and the expected population in the bin. It is the symmetric Kullback-Leibler
 * divergence (Jeffreys' divergence) of the two histograms: never negative, zero for equal ones, the same both ways.
 * Formula: http://shichen.name/scorecard/reference/perf_psi.html, http://manuge.com/population-stability-index/ (read
 * 2026-11-24). Common reading: under 0.1 no change to speak of, over 0.25 a major one; the playbook's threshold decides.
 *
 * A bin that is empty on one side has no logarithm. Rule here: a share below `SHARE_MIN` (0.0001) counts as `SHARE_MIN`, on
 * either side, and nothing is scaled again for it; a bin empty on both sides adds nothing. It is what widely used libraries
 * do (mercury-monitoring: `eps=1e-4`; memberjunction: `DEFAULT_PSI_EPSILON = 1e-4`, read 2026-11-24). An emptied bin that
 * held a tenth of the population so adds 0.69: more than any threshold in use, and a finite number.
 */

export const SHARE_MIN = 0.0001
export const BINS_MIN = 2
export const BINS_MAX = 1_000

export type PsiReading =
  | {
      readonly kind: 'psi'
      readonly value: number
      /** What each bin adds to it. */
      readonly parts: readonly { readonly expected: number; readonly actual: number; readonly adds: number }[]
    }
  | { readonly kind: 'unclear'; readonly message: string }

/** @param expected counts or shares, one a bin; `actual` in the same bins. Each is brought to a sum of 1 by itself */
export function psiOf(expected: readonly number[], actual: readonly number[]): PsiReading {
  if (expected.length !== actual.length) {
    return { kind: 'unclear', message: `the expected histogram has ${expected.length} bins and the actual one ${actual.length}` }
  }
  if (expected.length < BINS_MIN || expected.length > BINS_MAX) {
    return { kind: 'unclear', message: `a histogram has ${BINS_MIN} to ${BINS_MAX} bins, this one has ${expected.length}` }
  }
  const before = toShares(expected)
  const now = toShares(actual)
  if (before === null) return { kind: 'unclear', message: `the expected histogram ${NO_HISTOGRAM}` }
  if (now === null) return { kind: 'unclear', message: `the actual histogram ${NO_HISTOGRAM}` }
  const parts = before.map((share, index) => partOf(share, now[index] ?? 0))
  // Each part is at least 0; rounding must not make the whole less.
  return {
    kind: 'psi',
    value: Math.max(
      0,
      parts.reduce((sum, { adds }) => sum + adds, 0),
    ),
    parts,
  }
}

const NO_HISTOGRAM = 'holds something other than numbers of at least 0, or nothing at all'

/** Null where it is no histogram. */
function toShares(counts: readonly number[]): number[] | null {
  const largest = counts.reduce((most, count) => Math.max(most, count), 0)
  if (largest <= 0 || counts.some((count) => !Number.isFinite(count) || count < 0)) return null
  // Scaled first: the sum of very large counts would be no number.
  const scaled = counts.map((count) => count / largest)
  const sum = scaled.reduce((total, count) => total + count, 0)
  return scaled.map((count) => count / sum)
}

function partOf(expected: number, actual: number) {
  const e = Math.max(expected, SHARE_MIN)
  const a = Math.max(actual, SHARE_MIN)
  return { expected, actual, adds: (a - e) * Math.log(a / e) }
}
