/** Sentry and PagerDuty asked over HTTP, by the bounded way out, of servers that hold to the vendors' descriptions. */
import { afterEach, describe, expect, test } from 'vitest'
import { type AskedVendor, type PagerDutyIncident, servePagerDuty, serveSentry } from '../../../test/support/asked-vendors.ts'
import type { AskConnection, Asked } from '../../integration.ts'
import { askSources } from '../../integrations/index.ts'
import { makeRequest } from './request.ts'

const SECRET = 's3cret-token'
const open: AskedVendor[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((vendor) => vendor.close()))
})

async function ask(
  kind: string,
  vendor: AskedVendor,
  over: Partial<AskConnection> = {},
  signal = AbortSignal.timeout(20_000),
): Promise<Asked> {
  const source = askSources.find(({ ask: given }) => given.kind === kind)?.ask
  if (source === undefined) throw new Error(`nobody asks ${kind}`)
  const settings = { organization: 'acme' }
  const asked = await source.ask(
    { name: 'c', url: vendor.url, secret: SECRET, settings, now: Date.now(), queries: [], request: makeRequest(signal), ...over },
    signal,
  )
  expect(vendor.wrongs).toEqual([])
  expect(JSON.stringify(asked)).not.toContain(SECRET)
  return asked
}

const issue = (place: number) => ({
  id: String(place),
  title: `Crash ${place}`,
  level: place < 130 ? 'fatal' : 'error',
  status: 'unresolved',
})
const incident = (place: number, over: Partial<PagerDutyIncident> = {}): PagerDutyIncident => ({
  id: `P${place}`,
  incident_key: `key-${place}`,
  title: `Fire ${place}`,
  status: 'triggered',
  created_at: '2026-11-24T10:00:00Z',
  ...over,
})
const many = <Item>(count: number, make: (place: number) => Item) => Array.from({ length: count }, (_, place) => make(place))
const sentry = async (count = 250) => {
  const vendor = await serveSentry([...many(count, issue), { ...issue(9_999), status: 'resolved' }])
  open.push(vendor)
  return vendor
}
const pagerduty = async (incidents: readonly PagerDutyIncident[] = many(250, incident)) => {
  const vendor = await servePagerDuty([...incidents, incident(9_999, { status: 'resolved' })])
  open.push(vendor)
  return vendor
}

describe('Sentry', () => {
  test('every page of what is bad and of what goes on is read', async () => {
    const vendor = await sentry()
    const asked = await ask('sentry', vendor)
    if (asked.kind !== 'answered') throw new Error(asked.reason)
    expect(asked.signals.map(({ dedupKey }) => dedupKey)).toEqual(many(130, String))
    expect(asked.quiet?.map(({ dedupKey }) => dedupKey)).toEqual(many(250, String))
    expect(vendor.asked.map((url) => url.searchParams.get('cursor'))).toEqual([null, '0:100:0', null, '0:100:0', '0:200:0'])
    expect(asked.note).toBe('Metric alerts cannot be asked for.')
  })

  test('past a thousand issues it says that there are more', async () => {
    const asked = await ask('sentry', await sentry(1_001))
    expect(asked).toMatchObject({ kind: 'answered', complete: false, note: expect.stringContaining('More than 1000 issues') })
  })
})

describe('PagerDuty', () => {
  test('every page is read, and what has been open for more than a month too', async () => {
    const vendor = await pagerduty([...many(250, incident), incident(250, { created_at: '2026-01-01T00:00:00Z', status: 'acknowledged' })])
    const asked = await ask('pagerduty', vendor)
    if (asked.kind !== 'answered') throw new Error(asked.reason)
    expect(asked.signals.map(({ dedupKey }) => dedupKey)).toEqual(many(251, (place) => `key-${place}`))
    expect(asked.signals.at(-1)?.status).toBe('acknowledged')
    expect([asked.complete, asked.note]).toEqual([true, null])
  })

  test('an incident of several alerts is told by those of them that fire, under their own keys', async () => {
    const alerts = [
      { alert_key: 'a', summary: 'Disk a', status: 'triggered' },
      { alert_key: 'b', summary: 'Disk b', status: 'triggered' },
      { alert_key: 'c', summary: 'Disk c', status: 'resolved' },
    ]
    const asked = await ask('pagerduty', await pagerduty([incident(1, { incident_key: null, alerts }), incident(2)]))
    if (asked.kind !== 'answered') throw new Error(asked.reason)
    expect(asked.signals.map(({ dedupKey, title }) => [dedupKey, title])).toEqual([
      ['key-2', 'Fire 2'],
      ['a', 'Disk a'],
      ['b', 'Disk b'],
    ])
    expect(asked.complete).toBe(true)
  })

  test('past what it looks into, nothing is said to be missing', async () => {
    const alerts = many(2, (place) => ({ alert_key: `a${place}`, summary: 'Disk', status: 'triggered' }))
    const asked = await ask('pagerduty', await pagerduty(many(26, (place) => incident(place, { alerts }))))
    expect(asked).toMatchObject({ kind: 'answered', complete: false, note: expect.stringContaining('Not every alert') })
  })
})

describe.each([
  ['sentry', sentry],
  ['pagerduty', pagerduty],
] as const)('%s in trouble', (kind, serve) => {
  test.each([
    [401, /refuses the credentials \(status 401\)/],
    [403, /refuses the credentials \(status 403\)/],
    [404, /answers with status 404/],
    [500, /answers with status 500/],
  ] as const)('%i is final and said', async (status, reason) => {
    const vendor = await serve()
    vendor.trouble = (response) => {
      response.writeHead(status).end('{"detail":"s3cret-token was refused"}')
      return true
    }
    expect(await ask(kind, vendor)).toMatchObject({ kind: 'failed', reason: expect.stringMatching(reason) })
    expect(vendor.asked).toHaveLength(1)
  })

  test('a wrong token is refused by the vendor itself', async () => {
    expect(await ask(kind, await serve(), { secret: 'other' })).toEqual({
      kind: 'failed',
      reason: 'it refuses the credentials (status 401)',
    })
  })

  test('asked too often or broken for a moment, within any page, it is asked again after the time it names', async () => {
    const again = async (status: number, headers: Record<string, string>) => {
      const vendor = await serve()
      const times: number[] = []
      vendor.trouble = (response, place) => {
        times.push(performance.now())
        if (place !== 1) return false
        response.writeHead(status, headers).end('{}')
        return true
      }
      expect(await ask(kind, vendor)).toMatchObject({ kind: 'answered' })
      expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThan(status === 429 ? 1_950 : 950)
    }
    await Promise.all([again(429, { 'retry-after': '2' }), again(429, { 'ratelimit-reset': '2' }), again(503, {})])
  })

  test('told to wait for longer than a look takes, it is left to the next look', async () => {
    const vendor = await serve()
    vendor.trouble = (response) => {
      response.writeHead(429, { 'retry-after': '60' }).end('{}')
      return true
    }
    expect(await ask(kind, vendor)).toEqual({ kind: 'failed', reason: 'it answers with status 429' })
    expect(vendor.asked).toHaveLength(1)
  })

  test('silence in the midst of the pages fails the whole look: half a list would call the rest missing', async () => {
    const vendor = await serve()
    vendor.trouble = (_response, place) => place >= 1
    expect(await ask(kind, vendor, {}, AbortSignal.timeout(700))).toEqual({ kind: 'failed', reason: 'it took too long' })
  })

  test.each([
    ['an object in place of the list', '{"incidents":{},"more":false}'],
    ['a page of a proxy', '<html>Sign in</html>'],
    ['half an answer', '[{"id":"1"'],
  ])('%s is a failure', async (_name, body) => {
    const vendor = await serve()
    vendor.trouble = (response) => {
      response.end(body)
      return true
    }
    expect(await ask(kind, vendor)).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/answer/) })
  })

  test('items that are none are passed over', async () => {
    const vendor = await serve()
    vendor.trouble = (response) => {
      response.end(kind === 'sentry' ? '[null, 7, {"id": {}}, {}]' : '{"incidents":[null, 7, {"id": {}, "status": "constructor"}, {}]}')
      return true
    }
    expect(await ask(kind, vendor)).toMatchObject({ kind: 'answered', signals: [] })
  })
})
