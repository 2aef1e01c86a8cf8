/** Web Push against a service on loopback that refuses what real ones refuse, with a browser that decrypts behind it. */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { CARRIED_AT, carriedMessage } from '../../../test/support/carrier-fake.ts'
import { fakeBrowser, type PushAnswer, type PushAsked, type PushService, startPushService } from '../../../test/support/push-service.ts'
import type { PageMessage } from '../../integration.ts'
import type { PushDevices, VapidKey } from '../../integration-push.ts'
import { openChannels } from '../channels.ts'
import { isPushEndpoint, webPushChannel } from './channel.ts'
import { encrypt, PLAIN_BYTES_MAX } from './encrypt.ts'
import { isPublicAddress } from './host.ts'
import { type PushText, payloadOf, topicOf } from './payload.ts'

const open: PushService[] = []
afterEach(() => {
  for (const service of open.splice(0)) service.close()
})

const browser = await fakeBrowser()

function makeKey(): VapidKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return { privateKey, publicKey: point.toString('base64url') }
}
const vapidKey = makeKey()

interface Sending {
  readonly message?: PageMessage
  readonly timeoutMs?: number
  readonly key?: null
}

async function send(answer: (asked: PushAsked, count: number) => PushAnswer, { message, timeoutMs, key }: Sending = {}) {
  const service = await startPushService(browser, answer, () => CARRIED_AT)
  open.push(service)
  const notes: string[] = []
  const devices: PushDevices = {
    find: () => Promise.resolve(browser.device(`${service.url}/send/secret-endpoint`)),
    taken: (id) => Promise.resolve(void notes.push(`taken ${id}`)),
    gone: (id, reason) => Promise.resolve(void notes.push(`gone ${id}: ${reason}`)),
    key: () => Promise.resolve(key === null ? null : vapidKey),
  }
  const channel = webPushChannel({ devices, subject: 'https://tocsin.test', now: () => CARRIED_AT, anyAddress: true })
  const delivery = await channel.send(
    message ?? carriedMessage(),
    { to: 'device-1', secret: null },
    AbortSignal.timeout(timeoutMs ?? 5_000),
  )
  return { delivery, notes, service }
}
const readBack = (service: PushService) => JSON.parse(service.asked.at(-1)?.text ?? 'null') as PushText

test('the example of RFC 8291, appendix A, comes out byte by byte', () => {
  const from = (text: string) => Buffer.from(text, 'base64url')
  const recipient = {
    publicKey: from('BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'),
    authSecret: from('BTBZMqHH6r4Tts7J_aSIgg'),
  }
  const fresh = { salt: from('DGv6ra1nlYgDCS1FRnbzlw'), privateKey: from('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw') }
  expect(encrypt(Buffer.from('When I grow up, I want to be a watermelon'), recipient, fresh).toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  )
})

describe('a page', () => {
  test('is read by the browser alone: title, severity, number and the link that acknowledges', async () => {
    const { delivery, notes, service } = await send(() => 'take')
    expect(delivery).toEqual({ kind: 'delivered', externalId: null, evidence: 'The push service took it.' })
    expect(service.faults).toEqual([])
    expect(readBack(service)).toMatchObject({
      v: 1,
      kind: 'page',
      title: '[SEV-1] API 5xx spike',
      severity: 'SEV-1',
      number: 12,
      tag: 'incident-12',
      acknowledge: '/a/tokentokentokentokentokentokentokentokentok',
      incident: '/incidents/12',
    })
    expect(notes).toEqual(['taken device-1'])
  })

  test('goes with high urgency, a time to live and a topic that tells nothing', async () => {
    const { service } = await send(() => 'take')
    expect(service.asked[0]?.headers).toMatchObject({ urgency: 'high', ttl: '14400', topic: topicOf(carriedMessage()) })
    expect(service.asked[0]?.headers['topic']).not.toContain('12')
    expect(topicOf(carriedMessage({ repeat: true }))).toBe(topicOf(carriedMessage()))
    expect(topicOf(carriedMessage({}, { id: 'i-2', number: 13 }))).not.toBe(topicOf(carriedMessage()))
  })

  test('is signed for the very push service it goes to, for no longer than a day', async () => {
    const { service } = await send(() => 'take')
    expect(service.asked[0]?.claims).toEqual({ aud: service.url, exp: CARRIED_AT / 1_000 + 43_200, sub: 'https://tocsin.test' })
  })

  test('of the largest and most hostile text fits, and is still whole', async () => {
    const hostile = '💥\u202E\u0000\uD800"},{"title":"x'.repeat(2_000)
    const roles = Array.from({ length: 50 }, () => hostile)
    const { delivery, service } = await send(() => 'take', { message: carriedMessage({ roles }, { title: hostile, firstStep: hostile }) })
    expect([delivery.kind, service.faults]).toEqual(['delivered', []])
    expect(service.asked[0]?.bytes).toBeLessThanOrEqual(4_096)
    expect(readBack(service).acknowledge).not.toBeNull()
  })

  test('whatever it says, has at most what every push service takes', () => {
    const long = '€'.repeat(5_000)
    for (const purpose of ['page', 'notice', 'test'] as const) {
      const message = carriedMessage({ purpose, notice: long, roles: [long] }, { title: long, firstStep: long, severity: long })
      expect(payloadOf(message, { short: false }).length).toBeLessThanOrEqual(PLAIN_BYTES_MAX)
    }
  })

  test('a test and a notice ask for nothing', async () => {
    for (const purpose of ['test', 'notice'] as const) {
      const { service } = await send(() => 'take', { message: carriedMessage({ purpose, acknowledgeUrl: '' }) })
      expect(readBack(service)).toMatchObject({ kind: purpose, acknowledge: null })
      expect(service.asked[0]?.headers.urgency).toBe(purpose === 'test' ? 'high' : 'normal')
    }
  })
})

describe('what an answer means', () => {
  const retry = (reason: string, afterMs: number | null = null) => ({ kind: 'retry', afterMs, reason })
  test.each([
    ['slow down', { status: 429, headers: { 'retry-after': '30' } }, retry('the push service answered 429', 30_000)],
    ['slow down, without a time', { status: 429 }, retry('the push service answered 429')],
    ['a fault', { status: 500 }, retry('the push service answered 500')],
    [
      'away',
      { status: 503, headers: { 'retry-after': new Date(CARRIED_AT + 5_000).toUTCString() } },
      retry('the push service answered 503', 5_000),
    ],
    ['a token it does not like', { status: 403 }, retry('the push service answered 403')],
    ['nonsense', { status: 400 }, { kind: 'rejected', reason: 'the push service answered 400' }],
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, { kind: 'rejected' }],
    ['a reset after all was taken', 'reset', { kind: 'unknown' }],
  ] as const)('%s', async (_, told, expected) => {
    const { delivery, notes } = await send(() => told)
    expect(delivery).toMatchObject(expected)
    expect(notes).toEqual([])
  })

  test.each([404, 410])('%i: the device is taken off the list, and the page says so', async (status) => {
    const { delivery, notes } = await send(() => ({ status }))
    expect(delivery).toEqual({
      kind: 'rejected',
      reason: `the push service says that this device takes no more messages (${status}); “Pixel 9” was taken off the list`,
    })
    expect(notes).toEqual([`gone device-1: the push service says that this device takes no more messages (${status})`])
  })

  test('too large: the short message goes at once, and only when that is too large as well is it over', async () => {
    const helped = await send((_, count) => (count === 1 ? { status: 413 } : 'take'))
    expect(helped.delivery.kind).toBe('delivered')
    expect(readBack(helped.service)).toMatchObject({ body: '', acknowledge: '/a/tokentokentokentokentokentokentokentokentok' })
    const over = await send(() => ({ status: 413 }))
    expect([over.delivery.kind, over.service.asked.length]).toEqual(['rejected', 2])
  })

  test('silence: it may have arrived', async () => {
    expect((await send(() => 'silence', { timeoutMs: 300 })).delivery).toEqual({ kind: 'unknown', reason: 'no answer in time' })
  })

  test('a database that is away: nothing was sent, and the page waits', async () => {
    const away = () => Promise.reject(new Error('away'))
    const devices: PushDevices = { find: away, taken: () => Promise.resolve(), gone: () => Promise.resolve(), key: away }
    const channel = webPushChannel({ devices, subject: 'https://tocsin.test', now: () => CARRIED_AT, anyAddress: true })
    const address = { to: 'device-1', secret: null }
    expect((await channel.send(carriedMessage(), address, AbortSignal.timeout(1_000))).kind).toBe('retry')
    const found = webPushChannel({
      devices: { ...devices, find: async () => browser.device('http://127.0.0.1:1/x') },
      subject: 'https://tocsin.test',
      now: () => CARRIED_AT,
      anyAddress: true,
    })
    expect((await found.send(carriedMessage(), address, AbortSignal.timeout(1_000))).kind).toBe('retry')
    expect(await channel.check(address, AbortSignal.timeout(1_000))).toMatchObject({ ok: false })
  })

  test('without a key of ours nothing is sent, and the page waits', async () => {
    const { delivery, service } = await send(() => 'take', { key: null })
    expect([delivery.kind, service.asked]).toEqual(['retry', []])
  })

  test('the address of the subscription stands in no reason', async () => {
    for (const told of [{ status: 400 }, { status: 410 }, { status: 500 }, 'reset'] as const)
      expect(JSON.stringify((await send(() => told)).delivery)).not.toContain('secret-endpoint')
  })
})

describe('where a message may go', () => {
  const reach = async (endpoint: string, address = '93.184.215.14'): Promise<string> => {
    const devices: PushDevices = {
      find: () => Promise.resolve(browser.device(endpoint)),
      taken: () => Promise.resolve(),
      gone: () => Promise.resolve(),
      key: () => Promise.resolve(vapidKey),
    }
    const resolve = () => Promise.resolve([{ address, family: address.includes(':') ? 6 : 4 }])
    const channel = webPushChannel({ devices, subject: 'https://tocsin.test', now: () => CARRIED_AT, resolve, connectTimeoutMs: 30 })
    return (await channel.send(carriedMessage(), { to: 'device-1', secret: null }, AbortSignal.timeout(60))).kind
  }

  test.each([
    ['http://push.example.net/x', '93.184.215.14'],
    ['https://push.example.net/x', '127.0.0.1'],
    ['https://push.example.net/x', '10.1.2.3'],
    ['https://push.example.net/x', '100.64.0.1'],
    ['https://push.example.net/x', '169.254.169.254'],
    ['https://push.example.net/x', 'fd00::1'],
    ['https://push.example.net/x', '::ffff:10.0.0.1'],
    ['https://push.example.net/x', '64:ff9b::a00:1'],
    ['https://127.0.0.1/x', ''],
  ])('not to %s at %s', async (endpoint, address) => {
    expect(await reach(endpoint, address)).toBe('rejected')
  })

  test('a public name is gone to', async () => {
    expect(await reach('https://push.example.net/x', '192.0.2.1')).toBe('retry')
  })

  test.each([
    ['https://fcm.googleapis.com/fcm/send/abc', true],
    ['https://updates.push.services.mozilla.com/wpush/v2/abc', true],
    ['https://web.push.apple.com/QGu', true],
    ['http://fcm.googleapis.com/x', false],
    ['https://user:pass@fcm.googleapis.com/x', false],
    ['https://localhost/x', false],
    ['https://db.internal/x', false],
    ['https://printer.local/x', false],
    ['https://10.0.0.1/x', false],
    ['https://[::1]/x', false],
    ['https://0x7f000001/x', false],
    ['javascript:alert(1)', false],
    ['', false],
  ])('a browser may name %s: %s', (endpoint, expected) => {
    expect(isPushEndpoint(endpoint)).toBe(expected)
  })

  test('public addresses are told from all others', () => {
    for (const address of ['8.8.8.8', '2a00:1450:4001::1', '172.15.0.1'])
      expect([address, isPublicAddress(address)]).toEqual([address, true])
    for (const address of ['172.16.0.1', '192.168.1.1', '198.18.0.1', '::1', 'fe80::1', '2002:a00:1::', 'no address'])
      expect([address, isPublicAddress(address)]).toEqual([address, false])
  })
})

test('the book of channels finds a device by its contact, and says what is missing', () => {
  const none = { find: () => undefined, ids: () => [] }
  const carriers = { find: () => undefined, named: () => undefined, list: () => [] }
  const settings = { mailUrl: null, mailFrom: '', connections: none, carriers, publicUrl: '', now: () => CARRIED_AT }
  const devices = { find: async () => null, taken: async () => undefined, gone: async () => undefined, key: async () => vapidKey }
  const book = openChannels({ ...settings, push: { devices, subject: 'https://tocsin.test' } })
  expect(book.find('push:pixel-9-0000ab12', 'device-1')).toMatchObject({ kind: 'found', address: { to: 'device-1' } })
  expect(book.find('push:pixel-9-0000ab12', null)).toMatchObject({ kind: 'missing' })
  expect(openChannels(settings).find('push:pixel-9-0000ab12', 'device-1')).toMatchObject({ kind: 'missing' })
})

test('two messages are never encrypted alike, though they say the same', async () => {
  const digest = (message: PageMessage) =>
    createHash('sha256')
      .update(encrypt(payloadOf(message, { short: false }), browser))
      .digest('hex')
  expect(digest(carriedMessage())).not.toBe(digest(carriedMessage()))
})
