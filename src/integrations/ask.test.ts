/** Sources that are asked, against what their vendors answer: one suite over all, and each one's own shapes. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { AskConnection, AskedQuery, AskReply, AskRequest } from '../integration.ts'
import { askAlertmanager } from './alertmanager/ask.ts'
import { askSources } from './index.ts'
import { askPagerDuty } from './pagerduty/ask.ts'
import { queryPrometheus } from './prometheus/ask-query.ts'
import { askPrometheus } from './prometheus/ask.ts'
import { askSentry } from './sentry/ask.ts'
import { receiveSentry } from './sentry/receive.ts'

const SECRET = 's3cret-token'
const QUERY: AskedQuery = {
  alarm: 'drift_psi',
  title: 'Model Drift',
  expression: 'drift_psi',
  bounds: [{ comparison: '>', bound: 0.2 }],
  forMs: 0,
}

type Answers = (request: AskRequest) => unknown

function connection(answers: Answers, over: Partial<AskConnection> = {}): { connection: AskConnection; asked: AskRequest[] } {
  const asked: AskRequest[] = []
  const request = async (given: AskRequest): Promise<AskReply> => {
    asked.push(given)
    const answer = answers(given)
    if (typeof answer === 'object' && answer !== null && 'kind' in answer) return answer as AskReply
    return { kind: 'reply', status: 200, headers: {}, body: Buffer.from(JSON.stringify(answer)) }
  }
  const settings = { organization: 'acme', region: 'eu-central-1' }
  return {
    connection: { name: 'c', url: 'https://vendor.example', secret: SECRET, settings, now: 0, queries: [QUERY], request, ...over },
    asked,
  }
}

const ask = (source: (typeof askSources)[number]['ask'], answers: Answers, over: Partial<AskConnection> = {}) =>
  source.ask(connection(answers, over).connection, new AbortController().signal)

const reply = (status: number, body = '', headers: Record<string, string> = {}): AskReply => ({
  kind: 'reply',
  status,
  headers,
  body: Buffer.from(body),
})

describe.each(
  askSources.filter(({ ask: source }) => source.kind !== 'cloudwatch').map(({ ask: source }) => [source.kind, source] as const),
)('%s', (_, source) => {
  test.each([
    ['it cannot be reached', { kind: 'failed', reason: 'it cannot be reached' }],
    ['it refuses the credentials', reply(401, SECRET)],
    ['it is broken', reply(500, '<html>')],
    ['it answers what is no JSON', reply(200, '<html>')],
    ['it answers another shape', reply(200, '"hello"')],
    ['it answers null', reply(200, 'null')],
    ['it answers far too deep', reply(200, '['.repeat(5_000))],
  ])('%s: said in words, and never the secret', async (__, answer) => {
    const asked = await ask(source, () => answer)
    expect(asked).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^\S.{5,}/) })
    expect(JSON.stringify(asked)).not.toContain(SECRET)
  })

  test('the secret goes into a header and into no address, and only its own host is asked', async () => {
    const { connection: given, asked } = connection(() => [])
    await source.ask(given, new AbortController().signal)
    expect(asked.length).toBeGreaterThan(0)
    for (const { url, method, headers } of asked) {
      expect(method).toBe('GET')
      expect(new URL(url).host).toBe('vendor.example')
      expect(url).not.toContain(SECRET)
      expect(headers['authorization']).toContain(SECRET)
    }
  })
})

describe('alertmanager', () => {
  const alert = (name: string, state: string) => ({
    labels: { alertname: name, severity: 'critical' },
    annotations: { summary: `${name} fails` },
    fingerprint: `f-${name}`,
    startsAt: '2026-11-24T10:00:00Z',
    endsAt: '2026-11-24T10:05:00Z',
    status: { state, silencedBy: [], inhibitedBy: [] },
    receivers: [{ name: 'tocsin' }],
  })

  test('an alert is the one of its webhook; what is silenced is quiet', async () => {
    expect(await ask(askAlertmanager, () => [alert('A', 'active'), alert('B', 'suppressed'), alert('C', 'unprocessed'), 7])).toMatchObject({
      kind: 'answered',
      complete: true,
      signals: [
        { alarm: 'A', status: 'firing', title: 'A fails', dedupKey: 'f-A', severityHint: 'critical', endsAt: null },
        { alarm: 'C', status: 'firing' },
      ],
      quiet: [{ alarm: 'B' }],
    })
  })

  test('one receiver alone can be asked for', async () => {
    const { connection: given, asked } = connection(() => [], { settings: { receiver: 'tocsin' } })
    await askAlertmanager.ask(given, new AbortController().signal)
    expect(asked[0]?.url).toBe('https://vendor.example/api/v2/alerts?unprocessed=true&receiver=tocsin')
  })
})

describe('prometheus', () => {
  const alerts = {
    status: 'success',
    data: {
      alerts: [
        {
          labels: { alertname: 'A', job: 'x' },
          annotations: { summary: 's' },
          state: 'firing',
          activeAt: '2026-11-24T10:00:00.5Z',
          value: '1e+00',
        },
        { labels: { alertname: 'B' }, annotations: {}, state: 'pending', activeAt: '2026-11-24T10:00:00Z', value: '1' },
      ],
    },
  }
  const config = { status: 'success', data: { yaml: 'global:\n  external_labels:\n    cluster: eu\n    job: other\n' } }

  test('what fires carries the external labels that a push would carry, and what is pending does not fire', async () => {
    expect(await ask(askPrometheus, ({ url }) => (url.endsWith('/config') ? config : alerts))).toMatchObject({
      complete: true,
      signals: [{ alarm: 'A', status: 'firing', dedupKey: null, labels: { alertname: 'A', job: 'x', cluster: 'eu' } }],
    })
    expect(await ask(askPrometheus, () => alerts, { settings: { external_labels: 'cluster=us, replica=1' } })).toMatchObject({
      signals: [{ labels: { cluster: 'us', replica: '1' } }],
    })
  })

  test('where its labels cannot be read, nothing is said to be missing', async () => {
    expect(await ask(askPrometheus, ({ url }) => (url.endsWith('/config') ? reply(403) : alerts))).toMatchObject({
      complete: false,
      note: expect.any(String),
    })
  })
})

describe('prometheus-query', () => {
  const vector = (...values: (readonly [string, string])[]) => ({
    status: 'success',
    data: {
      resultType: 'vector',
      result: values.map(([model, value]) => ({ metric: { __name__: 'drift_psi', model }, value: [1, value] })),
    },
  })

  test('each series is compared by the playbook, and is an alert of its own', async () => {
    expect(await ask(queryPrometheus, () => vector(['a', '0.3'], ['b', '0.2'], ['c', 'NaN']))).toMatchObject({
      complete: false,
      signals: [
        { alarm: 'drift_psi', status: 'firing', value: 0.3, labels: { model: 'a' }, dedupKey: 'query/drift_psi/[["model","a"]]' },
        { status: 'resolved', value: 0.2, labels: { model: 'b' } },
      ],
    })
  })

  test('"for" is asked of Prometheus, by the least or the greatest of that time', async () => {
    const urlFor = async (query: Partial<AskedQuery>) => {
      const { connection: given, asked } = connection(() => vector(), { queries: [{ ...QUERY, ...query }] })
      await queryPrometheus.ask(given, new AbortController().signal)
      return new URL(asked[0]?.url ?? '').searchParams.get('query')
    }
    expect(await urlFor({ forMs: 600_000 })).toBe('min_over_time((drift_psi)[600s:15s])')
    expect(await urlFor({ forMs: 600_000, bounds: [{ comparison: '<', bound: 1 }] })).toBe('max_over_time((drift_psi)[600s:15s])')
  })

  test('an expression that gives nothing is told, and ends nothing', async () => {
    expect(await ask(queryPrometheus, () => vector())).toMatchObject({ signals: [], complete: false, note: 'drift_psi gives no series.' })
  })
})

describe('sentry', () => {
  const issue = (id: string) => ({
    id,
    title: `Crash ${id}`,
    culprit: 'main',
    level: 'fatal',
    status: 'unresolved',
    shortId: `APP-${id}`,
    permalink: `https://sentry.io/i/${id}`,
    project: { slug: 'app' },
    firstSeen: '2026-11-24T10:00:00Z',
  })

  test('what the search calls bad is news, all that is unresolved goes on; pages are followed', async () => {
    const answers = ({ url }: AskRequest) => {
      const query = new URL(url).searchParams
      if (query.get('query')?.includes('level:fatal')) return [issue('1')]
      const more = query.get('cursor') === null
      return reply(200, JSON.stringify([issue(more ? '1' : '2')]), {
        link: `<x>; rel="previous"; results="false"; cursor="0:0:1", <y>; rel="next"; results="${more}"; cursor="0:100:0"`,
      })
    }
    expect(await ask(askSentry, answers)).toMatchObject({
      complete: false,
      signals: [
        {
          alarm: 'Crash 1',
          dedupKey: '1',
          severityHint: 'fatal',
          labels: { resource: 'issue', project: 'app', short_id: 'APP-1' },
          links: [{ href: 'https://sentry.io/i/1' }],
        },
      ],
      quiet: [{ dedupKey: '1' }, { dedupKey: '2' }],
    })
  })
})

test('an issue of Sentry is the same alert, whether its webhook told it or it was asked for', async () => {
  const fixture = JSON.parse(readFileSync(new URL('sentry/fixtures/webhook.issue.created.json', import.meta.url), 'utf8')) as {
    data: { issue: object }
  }
  const body = Buffer.from(JSON.stringify(fixture))
  const headers = { 'sentry-hook-resource': 'issue' }
  const message = { method: 'POST', path: '/', query: new URLSearchParams(), headers, body, receivedAt: 0 }
  const told = receiveSentry(message, { params: {}, signingSecret: null, freshId: '' })
  const asked = await ask(askSentry, () => [fixture.data.issue])
  if (told.kind !== 'signals' || asked.kind !== 'answered') throw new Error('not read')
  expect(asked.signals).toEqual(told.signals)
})

describe('pagerduty', () => {
  const sample = JSON.parse(readFileSync(new URL('pagerduty/fixtures/rest-incidents-list.json', import.meta.url), 'utf8')) as object

  test("the vendor's own sample is read", async () => {
    expect(await ask(askPagerDuty, () => ({ ...sample, more: false }))).toMatchObject({
      signals: [
        {
          title: 'The server is on fire.',
          status: 'resolved',
          dedupKey: 'baf7cf21b1da41b4b0221008339ff357',
          labels: { service: 'My Mail Service', pagerduty_incident: 'PT4KHLK' },
        },
      ],
    })
  })

  test('open incidents are asked for, page by page', async () => {
    const { connection: given, asked } = connection(({ url }) => ({ incidents: [], more: new URL(url).searchParams.get('offset') === '0' }))
    expect(await askPagerDuty.ask(given, new AbortController().signal)).toMatchObject({ kind: 'answered', complete: true })
    expect(asked.map(({ url }) => new URL(url).searchParams.get('offset'))).toEqual(['0', '100'])
    expect(new URL(asked[0]?.url ?? '').searchParams.getAll('statuses[]')).toEqual(['triggered', 'acknowledged'])
    expect(asked[0]?.headers).toMatchObject({ authorization: `Token token=${SECRET}` })
  })
})
