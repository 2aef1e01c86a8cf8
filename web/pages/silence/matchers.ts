/** Matchers while they are being written: a row each, kept in the address. Pure. */
import type { SilenceMatcher } from '../../../src/api/schema.ts'

export const OPERATORS = ['=', '!=', '=~', '!~'] as const
export type Operator = (typeof OPERATORS)[number]

export interface MatcherRow {
  readonly name: string
  readonly op: Operator
  readonly value: string
}

export const OPERATOR_WORDS: Readonly<Record<Operator, string>> = {
  '=': 'is',
  '!=': 'is not',
  '=~': 'fits',
  '!~': 'does not fit',
}

/** Labels that say what is hit rather than how bad it is just now; in this order. */
const TELLING = ['service', 'job', 'namespace', 'cluster', 'env', 'environment', 'region', 'AlarmName', 'monitor', 'project']
const TELLING_MAX = 3
const ROWS_MAX = 32
const TEXT_CHARS_MAX = 4_096

/** A first guess at "alerts like this": its alarm and what it is about; the reader takes away or adds. */
export function matchersOf(labels: Readonly<Record<string, string>>, alarm: string): MatcherRow[] {
  const rows = TELLING.flatMap((name): MatcherRow[] => {
    const value = labels[name]
    return value === undefined || value === '' || value === alarm ? [] : [{ name, op: '=', value }]
  })
  return [{ name: 'alertname', op: '=', value: alarm }, ...rows.slice(0, TELLING_MAX)]
}

export function readMatchers(value: unknown): MatcherRow[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, ROWS_MAX).flatMap((entry: unknown): MatcherRow[] => {
    if (typeof entry !== 'object' || entry === null) return []
    const { name, op, value: wanted } = entry as Record<string, unknown>
    const operator = OPERATORS.find((known) => known === op)
    if (operator === undefined) return []
    return [{ name: textOf(name), op: operator, value: textOf(wanted) }]
  })
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, TEXT_CHARS_MAX) : ''
}

/** Rows without a name are not finished: they are left out. */
export function toMatchers(rows: readonly MatcherRow[]): SilenceMatcher[] {
  return rows
    .filter((row) => row.name.trim() !== '')
    .map(({ name, op, value }) => ({
      name: name.trim(),
      value,
      is_regex: op === '=~' || op === '!~',
      is_equal: op === '=' || op === '=~',
    }))
}

export function fromMatchers(matchers: readonly Required<SilenceMatcher>[]): MatcherRow[] {
  return matchers.map(({ name, value, is_regex: isRegex, is_equal: isEqual }) => ({
    name,
    value,
    op: isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=',
  }))
}
