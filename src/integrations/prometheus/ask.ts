/**
 * Prometheus, asked what fires: `GET /api/v1/alerts`. What it pushes carries the external labels of its configuration, what
 * it answers does not: they are read from it, so that both are one alert here.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/ (read 2026-11-24), Prometheus 2.42 on loopback.
 */
import { parse } from 'yaml'
import { field, isObject } from '../../core/alert/json.ts'
import type { AskConnection, Asked, AskSource } from '../../integration.ts'
import { getJson } from '../../integration-asked.ts'
import { toAlert } from './receive.ts'

export const askPrometheus: AskSource = {
  kind: 'prometheus',
  title: 'Prometheus alerts',
  doors: ['prometheus', 'prometheus-key'],
  settings: {
    external_labels: 'Labels that it adds to what it sends, such as cluster=eu,replica=a. Left out: as its configuration says.',
  },
  ask,
}

async function ask(connection: AskConnection): Promise<Asked> {
  const answer = await getJson(connection, '/api/v1/alerts')
  if (answer.kind === 'failed') return answer
  const alerts = field(objectOf(field(objectOf(answer.value), 'data')), 'alerts')
  if (!Array.isArray(alerts)) return { kind: 'failed', reason: 'its answer holds no alerts' }
  const external = await externalLabels(connection)
  const signals = (alerts as readonly unknown[]).flatMap((alert) => {
    if (!isObject(alert) || alert['state'] !== 'firing') return []
    const labels = { ...external.labels, ...objectOf(alert['labels']) }
    const signal = toAlert({ labels, annotations: alert['annotations'], startsAt: alert['activeAt'] }, connection.now)
    return typeof signal === 'string' ? [] : [signal]
  })
  return {
    kind: 'answered',
    signals,
    complete: external.known,
    note: external.known ? null : 'Its external labels could not be read: what is missing is not told.',
  }
}

async function externalLabels(
  connection: AskConnection,
): Promise<{ readonly labels: Readonly<Record<string, unknown>>; readonly known: boolean }> {
  const given = connection.settings['external_labels']
  if (given !== undefined) return { labels: Object.fromEntries(pairsOf(given)), known: true }
  const answer = await getJson(connection, '/api/v1/status/config')
  const yaml = answer.kind === 'json' ? field(objectOf(field(objectOf(answer.value), 'data')), 'yaml') : undefined
  if (typeof yaml !== 'string') return { labels: {}, known: false }
  try {
    const configuration: unknown = parse(yaml, { maxAliasCount: 0 })
    return { labels: objectOf(field(objectOf(field(objectOf(configuration), 'global')), 'external_labels')), known: true }
  } catch {
    return { labels: {}, known: false }
  }
}

function pairsOf(text: string): (readonly [string, string])[] {
  return text.split(',').flatMap((pair) => {
    const at = pair.indexOf('=')
    return at < 1 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const]
  })
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {}
}
