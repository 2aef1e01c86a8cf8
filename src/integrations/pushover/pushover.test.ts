/** Pushover against a server on loopback that refuses what the real one refuses. */
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
import type { ChannelAddress, PageMessage } from '../../integration.ts'
import { pushoverChannel } from './channel.ts'
import { formOf } from './form.ts'

const channel = pushoverChannel({ now: () => CARRIED_AT })
const open: FakeVendor[] = []
afterEach(() => {
  for (const vendor of open.splice(0)) vendor.close()
})

const TOKEN = 'a'.repeat(30)
const USER = 'u'.repeat(30)
const RECEIPT = 'r'.repeat(30)
const refuse = (status: number, errors: string[], over: object = {}): Told => ({
  status,
  body: { status: 0, request: 'x', errors, ...over },
})

/** The checks of Pushover's own API. */
function asPushover({ body }: Asked): Told {
  const form = new URLSearchParams(body)
  const field = (name: string): string => form.get(name) ?? ''
  const longer = (name: string, most: number): boolean => Array.from(field(name)).length > most
  if (field('token') !== TOKEN) return refuse(400, ['application token is invalid'], { token: 'invalid' })
  if (!/^[A-Za-z0-9]{30}$/u.test(field('user'))) return refuse(400, ['user identifier is invalid'], { user: 'invalid' })
  if (field('message') === '') return refuse(400, ['message cannot be blank'])
  if (longer('message', 1_024) || longer('title', 250) || longer('url', 512) || longer('url_title', 100)) return refuse(400, ['too long'])
  if (field('priority') !== '2') return { status: 200, body: { status: 1, request: 'x' } }
  const [retry, expire] = [Number(field('retry')), Number(field('expire'))]
  if (!(retry >= 30)) return refuse(400, ['retry must be at least 30'])
  if (!(expire > 0 && expire <= 10_800)) return refuse(400, ['expire must be supplied with priority=2'])
  return { status: 200, body: { status: 1, request: 'x', receipt: RECEIPT } }
}

async function connect(answer: (asked: Asked) => Told, settings: Record<string, string> = {}, secret: string | null = TOKEN) {
  const vendor = await fakeVendor(answer)
  open.push(vendor)
  const address: ChannelAddress = { to: USER, secret, carrier: carrier({ kind: 'pushover', url: vendor.url, secret, settings }) }
  return { vendor, address }
}

async function send(answer: (asked: Asked) => Told, message: PageMessage = carriedMessage(), timeoutMs = 5_000) {
  const { address } = await connect(answer)
  return channel.send(message, address, AbortSignal.timeout(timeoutMs))
}

describe('a page', () => {
  test('is an emergency: it rings until somebody answers, and its receipt is kept', async () => {
    expect(await send(asPushover)).toMatchObject({ kind: 'delivered', externalId: RECEIPT })
  })

  test('of the largest and most hostile text is still taken', async () => {
    const hostile = '💥\u0000\uD800&priority=-2'.repeat(900)
    const message = carriedMessage({ acknowledgeUrl: `https://t.test/${'x'.repeat(600)}` }, { title: hostile, firstStep: hostile })
    expect(await send(asPushover, message)).toMatchObject({ kind: 'delivered' })
  })

  test('rings as often and as long as the connection says', () => {
    const form = formOf(carriedMessage(), { token: TOKEN, user: USER, settings: { retry: '45 s', expire: '30 min', sound: 'siren' } })
    expect([form.get('retry'), form.get('expire'), form.get('sound')]).toEqual(['45', '1800', 'siren'])
    expect(formOf(carriedMessage(), { token: TOKEN, user: USER, settings: { emergency: 'no' } }).get('priority')).toBe('1')
  })

  test('a notice and a test ring once', () => {
    const priority = (purpose: 'notice' | 'test') =>
      formOf(carriedMessage({ purpose, acknowledgeUrl: '' }), { token: TOKEN, user: USER, settings: {} }).get('priority')
    expect([priority('notice'), priority('test')]).toEqual(['0', '1'])
  })
})

describe('what an answer means', () => {
  test.each([
    ['over the limit of the month', refuse(429, ['over the limit']), { kind: 'retry', afterMs: null }],
    ['slow down', { status: 429, headers: { 'retry-after': '9' }, body: {} }, { kind: 'retry', afterMs: 9_000 }],
    ['a fault', { status: 503, body: '<html>' }, { kind: 'retry' }],
    ['a token that is none', refuse(400, ['application token is invalid'], { token: 'invalid' }), { kind: 'retry' }],
    ['a user that is none', refuse(400, ['user identifier is not valid'], { user: 'invalid' }), { kind: 'rejected' }],
    ['an answer of something in between', { status: 200, body: '<html>sign in</html>' }, { kind: 'unknown' }],
    ['a reset after all was taken', 'reset', { kind: 'unknown' }],
  ] as const)('%s', async (_, told, expected) => {
    expect(await send(() => told)).toMatchObject(expected)
  })

  test('silence: it may have arrived', async () => {
    expect(await send(() => 'silence', carriedMessage(), 300)).toEqual({ kind: 'unknown', reason: 'no answer in time' })
  })

  test('neither token nor user key stand in any reason', async () => {
    for (const told of [refuse(400, ['x']), refuse(500, ['x']), 'reset'] as const)
      expect(JSON.stringify(await send(() => told))).not.toMatch(/aaaa|uuuu/u)
  })

  test('without its token a page waits: somebody may put it there', async () => {
    const { address, vendor } = await connect(asPushover, {}, null)
    expect(await channel.send(carriedMessage(), address, AbortSignal.timeout(1_000))).toMatchObject({ kind: 'retry' })
    expect(vendor.asked).toEqual([])
  })
})

describe('a receipt', () => {
  const follow = async (told: Told, receipt = RECEIPT) => {
    const { address, vendor } = await connect(() => told)
    return { followed: await channel.follow(receipt, address, AbortSignal.timeout(2_000)), vendor }
  }
  const status = (over: object): Told => ({ status: 200, body: { status: 1, acknowledged: 0, acknowledged_by: '', expired: 0, ...over } })

  test('is waited for, acknowledged by the person, or over', async () => {
    expect((await follow(status({}))).followed).toEqual({ kind: 'waiting' })
    expect((await follow(status({ acknowledged: 1, acknowledged_by: USER }))).followed).toMatchObject({ kind: 'acknowledged' })
    expect((await follow(status({ expired: 1 }))).followed).toMatchObject({ kind: 'over' })
    expect((await follow(refuse(404, ['not found']))).followed).toMatchObject({ kind: 'over' })
  })

  test('that another user key acknowledged acknowledges nothing', async () => {
    expect((await follow(status({ acknowledged: 1, acknowledged_by: 'z'.repeat(30) }))).followed).toMatchObject({ kind: 'over' })
  })

  test('cannot be known while Pushover is away; what is no receipt is never asked for', async () => {
    for (const told of [{ status: 500 }, { status: 200, body: 'x' }, 'reset'] as const)
      expect((await follow(told)).followed).toMatchObject({ kind: 'unknown' })
    expect((await follow(status({}), '../messages')).vendor.asked).toEqual([])
  })

  test('is called off with the token in the body', async () => {
    const { address, vendor } = await connect(() => ({ status: 200, body: { status: 1 } }))
    expect(await channel.callOff(RECEIPT, address, AbortSignal.timeout(2_000))).toBe(true)
    expect(vendor.asked).toMatchObject([{ method: 'POST', path: `/1/receipts/${RECEIPT}/cancel.json`, body: `token=${TOKEN}` }])
    const away = await connect(() => ({ status: 502 }))
    expect(await channel.callOff(RECEIPT, away.address, AbortSignal.timeout(2_000))).toBe(false)
  })
})

test('the check sends nothing and knows a token that is refused', async () => {
  const check = async (told: Told) => {
    const { address, vendor } = await connect(() => told)
    return { checked: await channel.check({ ...address, to: '' }, AbortSignal.timeout(2_000)), vendor }
  }
  const good = await check({ status: 200, body: { status: 1, sounds: {} } })
  expect([good.checked.ok, good.vendor.asked.map(({ method }) => method)]).toEqual([true, ['GET']])
  const bad = await check(refuse(400, ['application token is invalid'], { token: 'invalid' }))
  expect([bad.checked.ok, bad.checked.detail.includes('aaaa')]).toEqual([false, false])
})
