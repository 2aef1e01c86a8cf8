/** What alerts of one incident have in common, and in which labels they differ: what people look for first in a storm. */

export interface Varied {
  readonly alarm: string
  readonly labels: Readonly<Record<string, string>>
}

export interface Varying {
  readonly label: string
  /** Different values, a missing one not among them. */
  readonly values: number
  /** Alerts that do not have it. */
  readonly missing: number
  readonly sample: readonly { readonly value: string; readonly count: number }[]
}

export interface Variation {
  readonly shared: Readonly<Record<string, string>>
  readonly varying: readonly Varying[]
}

/** What is looked at, at most: the caller gives the newest. */
export const ALERTS_MAX = 1_000
const LABELS_MAX = 50
const SAMPLE_MAX = 5
/** Of a value, as shown. */
const VALUE_CHARS_MAX = 200

/** The most varied first; of those that vary alike, in the order of their names. */
export function variationOf(alerts: readonly Varied[]): Variation {
  const counts = new Map<string, Map<string, number>>()
  for (const { labels } of alerts) {
    for (const [label, value] of Object.entries(labels)) {
      const values = counts.get(label) ?? new Map<string, number>()
      values.set(value, (values.get(value) ?? 0) + 1)
      counts.set(label, values)
    }
  }
  const shared: [string, string][] = []
  const varying: Varying[] = []
  for (const [label, values] of counts) {
    const have = [...values.values()].reduce((sum, count) => sum + count, 0)
    const [only] = values.keys()
    if (values.size === 1 && have === alerts.length && only !== undefined) shared.push([label, cut(only)])
    else varying.push({ label, values: values.size, missing: alerts.length - have, sample: mostOf(values) })
  }
  return {
    shared: Object.fromEntries(shared.sort(([one], [other]) => (one < other ? -1 : 1)).slice(0, LABELS_MAX)),
    varying: varying.sort((one, other) => other.values - one.values || (one.label < other.label ? -1 : 1)).slice(0, LABELS_MAX),
  }
}

function mostOf(values: ReadonlyMap<string, number>): Varying['sample'] {
  return [...values]
    .sort(([one, many], [other, few]) => few - many || (one < other ? -1 : 1))
    .slice(0, SAMPLE_MAX)
    .map(([value, count]) => ({ value: cut(value), count }))
}

function cut(value: string): string {
  return value.length <= VALUE_CHARS_MAX ? value : `${value.slice(0, VALUE_CHARS_MAX).toWellFormed()}…`
}

/** By how often each stands among them, the most frequent first. */
export function countEach(values: readonly string[], max: number): { readonly value: string; readonly count: number }[] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
    .sort(([one, many], [other, few]) => few - many || (one < other ? -1 : 1))
    .slice(0, max)
    .map(([value, count]) => ({ value: cut(value), count }))
}

const WORDS_MAX = 4

/** One line: `412 alerts, 408 firing; they differ in instance (398), pod (12)`. */
export function variationInWords(counts: { readonly total: number; readonly firing: number }, varying: readonly Varying[]): string {
  const alerts = `${counts.total} alert${counts.total === 1 ? '' : 's'}, ${counts.firing} firing`
  if (varying.length === 0) return alerts
  const labels = varying.slice(0, WORDS_MAX).map(({ label, values }) => `${cut(label)} (${values})`)
  const rest = varying.length > WORDS_MAX ? ` and ${varying.length - WORDS_MAX} more` : ''
  return `${alerts}; they differ in ${labels.join(', ')}${rest}`
}
