/** The numbers: their names follow Prometheus' conventions, labels stay bounded, and the documentation lists them all. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { expectGenerated, table } from '../../../test/support/generated-docs.ts'
import { channelLabel, databaseUp, onScrape, outboxPending, registry } from './metrics.ts'

interface Described {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly labels: readonly string[]
}

/** prom-client keeps label names on the metric and tells them nowhere else. */
async function describeAll(): Promise<Described[]> {
  const all = await registry.getMetricsAsJSON()
  return all.map((metric) => {
    const made: unknown = registry.getSingleMetric(metric.name)
    const names = typeof made === 'object' && made !== null && 'labelNames' in made && Array.isArray(made.labelNames) ? made.labelNames : []
    return { name: metric.name, help: metric.help, type: String(metric.type), labels: names.map(String) }
  })
}

const readDoc = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')
const own = async () => (await describeAll()).filter((metric) => metric.name.startsWith('tocsin_'))

test('names follow the conventions: units at the end, counters end in total', async () => {
  for (const { name, type } of await own()) {
    if (type === 'counter') expect(name).toMatch(/_total$/)
    else expect(name).not.toMatch(/_total$/)
    if (type === 'histogram') expect(name).toMatch(/_seconds$/)
    expect(name).not.toMatch(/_(ms|millis|minutes)/)
  }
})

test('no label can hold what arrives from outside', async () => {
  const allowed = ['door', 'outcome', 'channel', 'pool', 'route', 'method', 'status', 'by']
  const used = new Set((await own()).flatMap((metric) => metric.labels))
  expect([...used].filter((label) => !allowed.includes(label))).toEqual([])
})

test('a channel is counted by its kind, not by its connection', () => {
  expect(['email', 'webhook:ops', 'console'].map(channelLabel)).toEqual(['email', 'webhook', 'console'])
})

test('a scrape asks for fresh numbers once, before it shows any of them', async () => {
  let asked = 0
  let running: Promise<void> | null = null
  onScrape(() => {
    running ??= (async () => {
      asked += 1
      await new Promise((resolve) => setTimeout(resolve, 20))
      outboxPending.set(7)
      databaseUp.set(1)
    })()
    return running
  })
  const text = await registry.metrics()
  onScrape(async () => undefined)
  expect(text).toContain('tocsin_outbox_pending 7')
  expect(text).toContain('tocsin_database_up 1')
  expect(asked).toBe(1)
})

test('docs/metrics.md lists every metric', async () => {
  const all = await describeAll()
  const rows = (metrics: readonly Described[]) =>
    metrics.map((metric) => [`\`${metric.name}\``, metric.type, metric.labels.map((label) => `\`${label}\``).join(', '), metric.help])
  const head = ['name', 'type', 'labels', 'meaning']
  expectGenerated('docs/metrics.md', 'tocsin', table(head, rows(all.filter((metric) => metric.name.startsWith('tocsin_')))))
  const known = all.map((metric) => metric.name)
  const named = [...readDoc('docs/metrics.md').matchAll(/`((?:process|nodejs)_[a-z0-9_]+)`/g)].map(([, name]) => name)
  expect(named.filter((name) => name !== undefined && !known.includes(name))).toEqual([])
})

test('the alert rules that ship ask only for metrics that exist', async () => {
  const rules = readDoc('docs/prometheus-rules.yaml')
  const known = new Set((await describeAll()).map((metric) => metric.name))
  const named = [...rules.matchAll(/\b(?:tocsin|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, ''))
  expect(named.length).toBeGreaterThan(8)
  expect(named.filter((name) => !known.has(name))).toEqual([])
})
