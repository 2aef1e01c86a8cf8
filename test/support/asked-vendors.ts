/**
 * Sentry and PagerDuty as far as they are asked: small servers that hold requests to what the vendors' pages say, and answer
 * in their shape. Sources: docs.sentry.io/api/events/list-an-organizations-issues, /api/pagination, /api/auth; PagerDuty REST
 * API v2 description (`GET /incidents`, `GET /incidents/{id}/alerts`, PagerDuty/api-schema@91a06fb3), its pages on pagination
 * and rate limits (read 2026-11-24). Written for these tests; nothing of the descriptions is copied.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Trouble = (response: ServerResponse, place: number) => boolean

export interface AskedVendor {
  readonly url: string
  /** Paths with their queries. */
  readonly asked: URL[]
  /** What each request was wrong in, by the vendor's description. */
  readonly wrongs: string[]
  /** Answers in place of the vendor where it returns true. */
  trouble: Trouble
  readonly close: () => Promise<void>
}

interface Kind {
  readonly parameters: readonly string[]
  readonly authorization: string
  readonly accept: string
  /** The most that `limit` may be. */
  readonly limitMax: number
  readonly refusal: unknown
  readonly answer: (url: URL, response: ServerResponse) => unknown
}

const TOKEN = 's3cret-token'

async function serve({ parameters, authorization, accept, limitMax, refusal, answer }: Kind): Promise<AskedVendor> {
  const vendor = { asked: [] as URL[], wrongs: [] as string[], trouble: (() => false) as Trouble }
  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', 'http://vendor')
    vendor.asked.push(url)
    response.setHeader('content-type', 'application/json')
    if (vendor.trouble(response, vendor.asked.length - 1)) return
    if (request.headers.authorization !== authorization) return void response.writeHead(401).end(JSON.stringify(refusal))
    const wrongs = [...new Set(url.searchParams.keys())].filter((name) => !parameters.includes(name)).map((name) => `${name} is unknown`)
    if (request.method !== 'GET') wrongs.push('it is no GET')
    if (request.headers.accept !== accept) wrongs.push(`accept: ${request.headers.accept ?? ''}`)
    if (Number(url.searchParams.get('limit')) > limitMax) wrongs.push('limit is too large')
    vendor.wrongs.push(...wrongs)
    if (wrongs.length > 0) return void response.writeHead(400).end(JSON.stringify({ detail: wrongs }))
    const given = answer(url, response)
    response.end(JSON.stringify(given))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(vendor, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

export interface SentryIssue {
  readonly id: string
  readonly title: string
  readonly level: string
  readonly status: string
}

/** Pages by its Link header, always with both directions; `results` says whether there is more. */
export function serveSentry(issues: readonly SentryIssue[]): Promise<AskedVendor> {
  return serve({
    parameters: ['query', 'limit', 'cursor', 'project', 'statsPeriod', 'environment', 'sort'],
    authorization: `Bearer ${TOKEN}`,
    accept: 'application/json',
    limitMax: 100,
    refusal: { detail: 'Invalid token' },
    answer: (url, response) => {
      if (url.pathname !== '/api/0/organizations/acme/issues/') return { detail: 'The requested resource does not exist' }
      const query = url.searchParams.get('query') ?? 'is:unresolved'
      const level = /level:(\w+)/.exec(query)?.[1]
      const found = issues.filter((issue) => issue.status === 'unresolved' && (level === undefined || issue.level === level))
      const limit = Number(url.searchParams.get('limit') ?? 100)
      const offset = Number((url.searchParams.get('cursor') ?? '0:0:0').split(':')[1])
      const link = (relation: string, results: boolean, cursor: string) =>
        `<http://vendor${url.pathname}?&cursor=${cursor}>; rel="${relation}"; results="${results}"; cursor="${cursor}"`
      const more = offset + limit < found.length
      response.setHeader('link', `${link('previous', offset > 0, `0:${offset}:1`)}, ${link('next', more, `0:${offset + limit}:0`)}`)
      return found
        .slice(offset, offset + limit)
        .map((issue) => ({ ...issue, permalink: `https://sentry.io/i/${issue.id}`, project: { slug: 'app' } }))
    },
  })
}

export interface PagerDutyIncident {
  readonly id: string
  readonly incident_key: string | null
  readonly title: string
  readonly status: string
  readonly created_at: string
  readonly alerts?: readonly { readonly alert_key: string; readonly summary: string; readonly status: string }[]
}

const MONTH_MS = 30 * 24 * 3_600_000

function page(url: URL, name: string, items: readonly object[]): unknown {
  const limit = Number(url.searchParams.get('limit') ?? 25)
  const offset = Number(url.searchParams.get('offset') ?? 0)
  return { [name]: items.slice(offset, offset + limit), limit, offset, total: null, more: offset + limit < items.length }
}

/** Classic pages: `limit` to 100, `offset` and `limit` to 10,000 together, `more`. Without a date range, a month. */
export function servePagerDuty(incidents: readonly PagerDutyIncident[]): Promise<AskedVendor> {
  return serve({
    parameters: [
      'limit',
      'offset',
      'total',
      'date_range',
      'incident_key',
      'service_ids[]',
      'statuses[]',
      'urgencies[]',
      'since',
      'until',
      'sort_by',
    ],
    authorization: `Token token=${TOKEN}`,
    accept: 'application/vnd.pagerduty+json;version=2',
    limitMax: 100,
    refusal: { error: { message: 'Unauthorized', code: 2006 } },
    answer: (url) => {
      const statuses = url.searchParams.getAll('statuses[]')
      const one = /^\/incidents\/([^/]+)\/alerts$/.exec(url.pathname)?.[1]
      if (one !== undefined) {
        const { alerts = [] } = incidents.find(({ id }) => id === one) ?? {}
        return page(
          url,
          'alerts',
          alerts.filter(({ status }) => statuses.length === 0 || statuses.includes(status)).map((alert) => ({ type: 'alert', ...alert })),
        )
      }
      const since = url.searchParams.get('date_range') === 'all' ? 0 : Date.now() - MONTH_MS
      const found = incidents.filter(({ status, created_at: at }) => statuses.includes(status) && Date.parse(at) >= since)
      const shown = found.map(({ alerts = [], ...incident }) => ({
        type: 'incident',
        urgency: 'high',
        service: { id: 'S1', type: 'service_reference', summary: 'Shop' },
        alert_counts: { all: alerts.length || 1, triggered: alerts.filter(({ status }) => status === 'triggered').length, resolved: 0 },
        ...incident,
      }))
      return page(url, 'incidents', shown)
    },
  })
}
