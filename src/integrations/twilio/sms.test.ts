/** Text messages against a Twilio on loopback that checks as the real one does. */
import { afterEach, describe, expect, test } from 'vitest'
import { CARRIED_AT, carriedMessage } from '../../../test/support/carrier-fake.ts'
import { ACCOUNT, AUTH_TOKEN, type FakeTwilio, fakeTwilio, SENDER } from '../../../test/support/twilio-fake.ts'
import type { CarrierConnection, PageMessage } from '../../integration.ts'
import { smsChannel } from './sms.ts'
import { markOf } from './text.ts'

const channel = smsChannel({ now: () => CARRIED_AT, publicUrl: 'https://tocsin.test' })
const open: FakeTwilio[] = []
afterEach(() => {
  for (const twilio of open.splice(0)) twilio.vendor.close()
})

const ADA = '+4915112345678'

async function twilioOf(...how: Parameters<typeof fakeTwilio>): Promise<FakeTwilio> {
  const twilio = await fakeTwilio(...how)
  open.push(twilio)
  return twilio
}

function send(twilio: FakeTwilio, message: PageMessage = carriedMessage(), over: Partial<CarrierConnection> = {}, timeoutMs = 5_000) {
  const connection = twilio.connection(over)
  return channel.send(message, { to: ADA, secret: connection.secret, carrier: connection }, AbortSignal.timeout(timeoutMs))
}

describe('a page', () => {
  test('is taken with a form as Twilio describes it, and its id is kept', async () => {
    const twilio = await twilioOf()
    expect(await send(twilio)).toMatchObject({ kind: 'delivered', externalId: expect.stringMatching(/^SM[0-9a-f]{32}$/u) })
    expect(Object.fromEntries(twilio.messages[0]?.form ?? [])).toMatchObject({
      To: ADA,
      From: SENDER,
      ValidityPeriod: '3600',
      StatusCallback: 'https://tocsin.test/callbacks/phone/sms-status/tokentokentokentokentokentokentokentokentok',
    })
  })

  test('goes with an API key, and by a messaging service', async () => {
    const key = `SK${'1b'.repeat(16)}`
    const service = `MG${'2c'.repeat(16)}`
    const twilio = await twilioOf('secret-of-the-key', key)
    const settings = { account_sid: ACCOUNT, api_key: key, messaging_service_sid: service }
    expect(await send(twilio, carriedMessage(), { settings })).toMatchObject({ kind: 'delivered' })
    expect([twilio.messages[0]?.form.get('MessagingServiceSid'), twilio.messages[0]?.form.has('From')]).toEqual([service, false])
  })

  test('asks for no callback where this server cannot be reached', async () => {
    const twilio = await twilioOf()
    const here = smsChannel({ now: () => CARRIED_AT, publicUrl: 'http://127.0.0.1:4600' })
    const connection = twilio.connection()
    await here.send(carriedMessage(), { to: ADA, secret: AUTH_TOKEN, carrier: connection }, AbortSignal.timeout(5_000))
    const form = twilio.messages[0]?.form
    expect([form?.has('StatusCallback'), form?.get('Body')?.includes('Reply')]).toEqual([false, false])
  })
})

describe('what an answer means', () => {
  const told = (status: number, code: number, headers = {}) => ({ status, headers, body: { code, message: `about ${ADA}`, status } })
  test.each([
    ['slow down', told(429, 20_429, { 'retry-after': '3' }), { kind: 'retry', afterMs: 3_000 }],
    ['slow down, without a time', told(429, 20_429), { kind: 'retry', afterMs: null }],
    ['away', { status: 503, body: '<html>' }, { kind: 'retry' }],
    ['a fault, which may be after it was taken', { status: 500, body: '' }, { kind: 'unknown' }],
    ['a gateway that gave up', { status: 504, body: '' }, { kind: 'unknown' }],
    ['refused credentials', told(401, 20_003), { kind: 'retry' }],
    ['a sender that is not ours', told(400, 21_606), { kind: 'retry' }],
    ['no number', told(400, 21_211), { kind: 'rejected', reason: 'Twilio answered 400, code 21211 (the number is not one)' }],
    ['somebody who answered STOP', told(400, 21_610), { kind: 'rejected', reason: expect.stringContaining('until it sends START') }],
    ['a reset after all was taken', 'reset' as const, { kind: 'unknown' }],
  ])('%s', async (_, next, expected) => {
    const twilio = await twilioOf()
    twilio.next = { told: next }
    const delivery = await send(twilio)
    expect(delivery).toMatchObject(expected)
    expect(JSON.stringify(delivery)).not.toMatch(/49151|auth-token/u)
  })

  test('silence: it may have arrived', async () => {
    const twilio = await twilioOf()
    twilio.next = { told: 'silence' }
    expect(await send(twilio, carriedMessage(), {}, 400)).toEqual({ kind: 'unknown', reason: 'no answer in time' })
  })
})

describe('after an unknown outcome', () => {
  const repeat = carriedMessage({ repeat: true })
  const bodies = (twilio: FakeTwilio) => twilio.messages.map(({ form }) => form.get('Body') ?? '')

  test.each(['silence', 'reset'] as const)('what Twilio has is not sent again (%s after it was taken)', async (lost) => {
    const twilio = await twilioOf()
    twilio.next = { told: lost, made: true }
    expect(await send(twilio, carriedMessage(), {}, 1_000)).toMatchObject({ kind: 'unknown' })
    expect(await send(twilio, repeat)).toEqual({
      kind: 'delivered',
      externalId: twilio.messages[0]?.sid,
      evidence: 'Twilio has it already: an earlier attempt had arrived.',
    })
    expect(twilio.messages).toHaveLength(1)
  })

  test('what it does not have is sent, and is no repeat for anybody', async () => {
    const twilio = await twilioOf()
    twilio.next = { told: 'reset' }
    await send(twilio)
    expect(await send(twilio, repeat)).toMatchObject({ kind: 'delivered' })
    expect(bodies(twilio)).toHaveLength(1)
    expect(bodies(twilio)[0]).not.toContain('(repeat)')
  })

  test('where that cannot be found out, it is sent and says that it may be a repeat', async () => {
    const twilio = await twilioOf()
    twilio.listAway = true
    expect(await send(twilio, repeat)).toMatchObject({ kind: 'delivered' })
    expect(bodies(twilio)[0]).toContain('(repeat)')
  })

  test('messages to others, of other pages and such as failed are not taken for it', async () => {
    const twilio = await twilioOf()
    const message = (over: Record<string, string>, status = 'delivered') => ({
      sid: `SM${'9'.repeat(32)}`,
      form: new URLSearchParams({ To: ADA, Body: `x ${markOf(repeat.reference)}`, ...over }),
      status,
    })
    twilio.messages.push(message({ To: '+15005550001' }), message({ Body: 'code 000000' }), message({}, 'undelivered'))
    await send(twilio, repeat)
    expect(twilio.messages).toHaveLength(4)
  })
})

describe('the check', () => {
  const check = async (twilio: FakeTwilio, over: Partial<CarrierConnection> = {}, publicUrl = 'https://tocsin.test') => {
    const connection = twilio.connection(over)
    const one = smsChannel({ now: () => CARRIED_AT, publicUrl })
    return one.check({ to: '', secret: connection.secret, carrier: connection }, AbortSignal.timeout(5_000))
  }

  test('sends nothing, and knows refused secrets, foreign numbers and replies that reach nobody', async () => {
    const twilio = await twilioOf()
    expect(await check(twilio)).toEqual({ ok: true, detail: 'The account is active, and the number is its own.' })
    expect(await check(twilio, { secret: 'wrong' })).toMatchObject({ ok: false, detail: expect.stringContaining('401') })
    expect(await check(twilio, { settings: { account_sid: ACCOUNT, from: '+15005550009' } })).toMatchObject({ ok: false })
    expect(await check(twilio, { name: 'other' })).toMatchObject({ ok: true, detail: expect.stringContaining('Replies do not reach') })
    expect((await check(twilio, {}, 'http://localhost:4600')).detail).toContain('TOCSIN_URL')
    expect(twilio.messages).toEqual([])
    expect(twilio.vendor.asked.every(({ method }) => method === 'GET')).toBe(true)
  })
})
