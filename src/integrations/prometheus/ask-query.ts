/**
 * Prometheus, asked for numbers: the expression of each detection that names one, compared by the playbook. For installations
 * without rules of their own. "For 10 min" is asked of Prometheus as the least (or greatest) of the last ten minutes, so that
 * no look of ours has to remember the one before.
 */
import { toLabels, toSignal } from '../../core/alert/build.ts'
import { field, isObject, toNumber } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { meetsThreshold } from '../../core/playbook/threshold.ts'
import type { AskConnection, Asked, AskedQuery, AskSource } from '../../integration.ts'
import { getJson } from '../../integration-asked.ts'

/** Series of one expression; more is no alarm but a wrong expression. */
const SERIES_MAX = 500
const QUERIES_MAX = 100
const STEP_S_MAX = 15

export const queryPrometheus: AskSource = {
  kind: 'prometheus-query',
  title: 'Prometheus queries of the playbook',
  // Nothing else sends these alerts.
  doors: [],
  settings: {},
  ask,
}

async function ask(connection: AskConnection, signal: AbortSignal): Promise<Asked> {
  const queries = (connection.queries ?? []).slice(0, QUERIES_MAX)
  if (queries.length === 0) return { kind: 'failed', reason: 'no detection of the playbook has a metric.prometheus and a threshold' }
  const signals: Signal[] = []
  const notes: string[] = []
  for (const query of queries) {
    if (signal.aborted) return { kind: 'failed', reason: 'it took too long' }
    const answer = await getJson(connection, `/api/v1/query?${new URLSearchParams({ query: expressionOf(query) })}`)
    if (answer.kind === 'failed') return { kind: 'failed', reason: `${query.alarm}: ${answer.reason}` }
    const samples = samplesOf(answer.value)
    if (samples === null) return { kind: 'failed', reason: `${query.alarm}: its answer is no vector of samples` }
    if (samples.length === 0) notes.push(`${query.alarm} gives no series.`)
    if (samples.length > SERIES_MAX) notes.push(`${query.alarm} gives ${samples.length} series; ${SERIES_MAX} were looked at.`)
    signals.push(...samples.slice(0, SERIES_MAX).map((sample) => toQuerySignal(query, sample)))
  }
  // A series that is gone says nothing: no data is not health.
  return { kind: 'answered', signals, complete: false, note: notes.length === 0 ? null : notes.join(' ') }
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

function expressionOf({ expression, bounds, forMs }: AskedQuery): string {
  if (forMs === 0) return expression
  const least = bounds[0]?.comparison.startsWith('>') === true
  const seconds = Math.ceil(forMs / 1_000)
  // Some points within the time at least: Prometheus looks at multiples of the step alone.
  const step = Math.max(1, Math.min(STEP_S_MAX, Math.floor(seconds / 10)))
  return `${least ? 'min' : 'max'}_over_time((${expression})[${seconds}s:${step}s])`
}

function samplesOf(body: unknown): Sample[] | null {
  const data = isObject(body) ? field(body, 'data') : undefined
  const result = isObject(data) ? field(data, 'result') : undefined
  if (!isObject(data) || !Array.isArray(result)) return null
  const entries: readonly unknown[] = data['resultType'] === 'scalar' ? [{ metric: {}, value: result }] : result
  return entries.flatMap((entry) => {
    const pair = isObject(entry) ? field(entry, 'value') : undefined
    const value = Array.isArray(pair) ? toNumber(pair[1]) : null
    return isObject(entry) && value !== null ? [{ labels: toLabels(field(entry, 'metric')), value }] : []
  })
}

function toQuerySignal({ alarm, title, bounds }: AskedQuery, { labels, value }: Sample): Signal {
  const { __name__: series, ...rest } = labels
  const which = Object.entries(rest)
    .map(([name, text]) => `${name}=${text}`)
    .join(' ')
  return toSignal({
    alarm,
    status: bounds.every((bound) => meetsThreshold(value, bound)) ? 'firing' : 'resolved',
    title: `${title}${which === '' ? '' : ` (${which})`} is ${value}`,
    dedupKey: `query/${alarm}/${JSON.stringify(Object.entries(rest).sort(([one], [other]) => (one < other ? -1 : 1)))}`,
    value,
    labels: { ...rest, ...(series === undefined ? {} : { series }) },
  })
}
