/** Thresholds as the document writes them, "> 0.2", and how a measured value compares with one. */
import type { Threshold } from './playbook.ts'
import { normalizeName } from './text.ts'

export type ThresholdReading =
  | { readonly kind: 'threshold'; readonly threshold: Threshold }
  | { readonly kind: 'unclear'; readonly message: string; readonly fix: string }

/** Signs as people write them. */
export const COMPARISONS: Readonly<Record<string, Threshold['comparison']>> = {
  '>': '>',
  '>=': '>=',
  '≥': '>=',
  '<': '<',
  '<=': '<=',
  '≤': '<=',
}

export function parseThreshold(text: string): ThresholdReading {
  const match = /^(>=|<=|>|<|≥|≤) ?([-+]?\d+(?:\.\d+)?(?:e[-+]?\d{1,3})?) ?(%?)$/i.exec(normalizeName(text))
  const comparison = COMPARISONS[match?.[1] ?? '']
  const bound = Number(match?.[2])
  if (match === null || comparison === undefined || !Number.isFinite(bound)) {
    return { kind: 'unclear', message: `"${text}" is not a threshold.`, fix: 'Write a comparison and a number, such as "> 0.2".' }
  }
  if (match[3] === '%') {
    const fix = `Write the number as the source sends it: "${comparison} ${bound}" or "${comparison} ${Number((bound / 100).toPrecision(12))}".`
    return { kind: 'unclear', message: `"${text}" can mean ${bound} or ${Number((bound / 100).toPrecision(12))}.`, fix }
  }
  return { kind: 'threshold', threshold: { comparison, bound } }
}

export function formatThreshold(threshold: Threshold): string {
  return `${threshold.comparison} ${threshold.bound}`
}

export function meetsThreshold(value: number, threshold: Threshold): boolean {
  switch (threshold.comparison) {
    case '>':
      return value > threshold.bound
    case '>=':
      return value >= threshold.bound
    case '<':
      return value < threshold.bound
    case '<=':
      return value <= threshold.bound
  }
}
