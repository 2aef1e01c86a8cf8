/** ntfy against a server on loopback that refuses what the real one refuses. */
import { afterEach, describe, expect, test } from 'vitest'
import {
  type Asked,
  CARRIED_AT,
  carriedMessage,
  carrier,
  fakeVendor,
  type FakeVendor,
  type Told,
} from '../../../test/support/carrier-fake.ts'
import type { CarrierConnection } from '../../integration.ts'
import { bodyOf, cutBytes } from './body.ts'
import { isTapSafe, ntfyChannel } from './channel.ts'

const channel = ntfyChannel({ now: () => CARRIED_AT, publicUrl: 'https://tocsin.test' })
const open: FakeVendor[] = []
afterEach(() => {
  for (const vendor of open.splice(0)) vendor.close()
})

const TOPIC = 'ann-3f9k2'
const ID = /^[-_A-Za-z0-9]{1,64}$/u
const refuse = (http: number, code: number, error: string): Told => ({ status: http, body: { code, http, error } })

/** The checks of ntfy's own server: topic, sizes, priority, buttons, token. */
function asNtfy(asked: Asked): Told {
  if (asked.headers.authorization !== undefined && asked.headers.authorization !== 'Bearer tk_good')
    return refuse(401, 40101, 'unauthorized')
  const message = JSON.parse(asked.body) as Record<string, unknown>
  if (!ID.test(String(message['topic']))) return refuse(400, 40009, 'invalid topic')
  if (!ID.test(String(message['sequence_id']))) return refuse(400, 40049, 'sequence ID invalid')
  if (Buffer.byteLength(String(message['title'])) > 1_024) return refuse(400, 40057, 'title too large')
  if (Buffer.byteLength(String(message['message'])) > 4_096) return refuse(413, 41301, 'too large')
  if (![1, 2, 3, 4, 5].includes(Number(message['priority']))) return refuse(400, 40007, 'priority invalid')
  const actions = message['actions'] as { action: string; label: string; url: string }[]
  if (actions.length > 3 || actions.some(({ action, label, url }) => !['view', 'http'].includes(action) || label === '' || url === ''))
    return refuse(400, 40018, 'actions invalid')
  return { status: 200, body: { id: 'hwQ2YpKdmg', time: 1, event: 'message', topic: message['topic'] } }
}

async function send(answer: (asked: Asked) => Told, over: Partial<CarrierConnection> = {}, message = carriedMessage(), timeoutMs = 5_000) {
  const vendor = await fakeVendor(answer)
  open.push(vendor)
  const connection = carrier({ kind: 'ntfy', url: vendor.url, ...over })
  const delivery = await channel.send(
    message,
    { to: TOPIC, secret: connection.secret, carrier: connection },
    AbortSignal.timeout(timeoutMs),
  )
  return { delivery, vendor }
}

describe('a page', () => {
  test('is taken, and its id is kept', async () => {
    const { delivery, vendor } = await send(asNtfy, { secret: 'tk_good' })
    expect(delivery).toMatchObject({ kind: 'delivered', externalId: 'hwQ2YpKdmg' })
    expect(vendor.asked[0]).toMatchObject({ method: 'POST', path: '/' })
    expect(JSON.parse(vendor.asked[0]?.body ?? '')).toMatchObject({
      topic: TOPIC,
      title: '[SEV-1] API 5xx spike',
      priority: 5,
      click: 'https://tocsin.test/a/tokentokentokentokentokentokentokentokentok',
    })
  })

  test('of the largest and most hostile text is still taken whole', async () => {
    const hostile = '💥\u202E\u0000\uD800"},{"topic":"x'.repeat(2_000)
    const { delivery, vendor } = await send(asNtfy, {}, carriedMessage({}, { title: hostile, summary: hostile, firstStep: hostile }))
    expect(delivery.kind).toBe('delivered')
    expect(vendor.asked[0]?.body.isWellFormed()).toBe(true)
  })

  test('carries the same sequence id however often it is tried, so that a repeat replaces what had arrived', () => {
    const ids = [carriedMessage(), carriedMessage({ repeat: true })].map((message) => {
      return (JSON.parse(bodyOf(message, { topic: TOPIC, oneTap: false })) as { sequence_id: string }).sequence_id
    })
    expect(ids).toEqual(Array(2).fill('tocsin-0123456789abcdef0123456789abcdef'))
  })
})

describe('its buttons', () => {
  const actions = (oneTap: boolean, over: object = {}) =>
    (JSON.parse(bodyOf(carriedMessage(over), { topic: TOPIC, oneTap })) as { actions: Record<string, unknown>[] }).actions

  test('only open the page where anybody might read along', () => {
    expect(actions(false).map(({ action }) => action)).toEqual(['view'])
  })

  test('act at once where nobody can: one press posts what the page posts', () => {
    expect(actions(true)[0]).toMatchObject({
      action: 'http',
      method: 'POST',
      body: 'do=acknowledge',
      clear: true,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
  })

  test('a notice and a test have none', () => {
    expect(actions(true, { purpose: 'notice', acknowledgeUrl: '' })).toEqual([])
    expect(actions(true, { purpose: 'test', acknowledgeUrl: '' })).toEqual([])
  })

  test.each([
    [{ secret: 'tk_x', url: 'https://ntfy.test' }, 'https://tocsin.test', true],
    [{ secret: null, url: 'https://ntfy.test' }, 'https://tocsin.test', false],
    [{ secret: 'tk_x', url: 'http://ntfy.test' }, 'https://tocsin.test', false],
    [{ secret: 'tk_x', url: 'https://ntfy.test' }, 'http://tocsin.test', false],
    [{ secret: 'tk_x', url: 'https://ntfy.test', settings: { one_tap: 'no' } }, 'https://tocsin.test', false],
    [{ secret: null, url: 'https://ntfy.test', settings: { one_tap: 'yes' } }, 'https://tocsin.test', true],
  ])('%j and %s: safe is %s', (over, publicUrl, safe) => {
    expect(isTapSafe(carrier({ kind: 'ntfy', ...over }), publicUrl)).toBe(safe)
  })
})

describe('what an answer means', () => {
  test.each([
    [
      'slow down',
      { status: 429, headers: { 'retry-after': '7' }, body: { code: 42901, error: 'limit reached' } },
      { kind: 'retry', afterMs: 7_000 },
    ],
    ['slow down, without a time', { status: 429, body: { code: 42901 } }, { kind: 'retry', afterMs: null }],
    ['a fault', { status: 500, body: '<html>' }, { kind: 'retry', reason: 'the ntfy server answered 500' }],
    ['a token that is none', refuse(401, 40101, 'unauthorized'), { kind: 'retry', reason: 'the ntfy server answered 401 (unauthorized)' }],
    ['a topic that is none', refuse(400, 40009, 'invalid topic'), { kind: 'rejected' }],
    ['a redirect', { status: 301, headers: { location: 'http://127.0.0.1:1/' } }, { kind: 'rejected' }],
    ['a reset after all was taken', 'reset', { kind: 'unknown' }],
  ] as const)('%s', async (_, told, expected) => {
    expect((await send(() => told)).delivery).toMatchObject(expected)
  })

  test('silence: it may have arrived', async () => {
    expect((await send(() => 'silence', {}, carriedMessage(), 300)).delivery).toEqual({ kind: 'unknown', reason: 'no answer in time' })
  })

  test('nobody there: nothing was sent', async () => {
    const gone = carrier({ kind: 'ntfy', url: 'http://127.0.0.1:1' })
    const delivery = await channel.send(carriedMessage(), { to: TOPIC, secret: null, carrier: gone }, AbortSignal.timeout(2_000))
    expect(delivery.kind).toBe('retry')
  })

  test('neither topic nor token stand in any reason', async () => {
    for (const told of [refuse(400, 1, 'x'), refuse(500, 1, 'x'), 'reset'] as const)
      expect(JSON.stringify((await send(() => told, { secret: 'tk_secret' })).delivery)).not.toMatch(/tk_secret|ann-3f9k2/u)
  })
})

describe('the check', () => {
  const check = async (answer: (asked: Asked) => Told, secret: string | null) => {
    const vendor = await fakeVendor(answer)
    open.push(vendor)
    const connection = carrier({ kind: 'ntfy', url: `${vendor.url}/`, secret })
    return { checked: await channel.check({ to: '', secret, carrier: connection }, AbortSignal.timeout(5_000)), vendor }
  }
  const healthy: Told = { status: 200, body: { healthy: true } }

  test('sends nothing, and tells a refused token from a good one', async () => {
    const { checked, vendor } = await check(() => healthy, 'tk_good')
    expect([checked.ok, vendor.asked.map(({ method, path }) => `${method} ${path}`)]).toEqual([true, ['GET /v1/health', 'GET /v1/account']])
    expect((await check(({ path }) => (path === '/v1/health' ? healthy : refuse(401, 40101, 'no')), 'tk_bad')).checked.ok).toBe(false)
  })

  test('knows what is no ntfy server', async () => {
    expect((await check(() => ({ status: 200, body: '<html>hello' }), null)).checked).toMatchObject({ ok: false })
    expect((await check(() => healthy, null)).checked.detail).toContain('reads along')
  })
})

test('a text is cut to bytes, never within a character', () => {
  expect(cutBytes('ab€€', 7)).toBe('ab…')
  expect(cutBytes('ab€', 5)).toBe('ab€')
  for (let most = 3; most < 40; most += 1) {
    const cut = cutBytes('ä💥€'.repeat(9), most)
    expect([Buffer.byteLength(cut) <= most, cut.isWellFormed(), cut.includes('\uFFFD')]).toEqual([true, true, false])
  }
})
