/** No callback is believed that Twilio did not sign, whatever is changed in it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { carrier } from '../../../test/support/carrier-fake.ts'
import { ACCOUNT, AUTH_TOKEN, signTwilio } from '../../../test/support/twilio-fake.ts'
import type { VendorCallback } from '../../integration.ts'
import { hearTwilio } from './hear.ts'

const connection = carrier({
  kind: 'twilio',
  url: 'https://api.twilio.com',
  callbackSecret: AUTH_TOKEN,
  settings: { account_sid: ACCOUNT },
})
const SID = `SM${'0'.repeat(32)}`
const CALL = `CA${'0'.repeat(32)}`
const BASE = 'https://tocsin.test/callbacks/phone'

const fieldsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  message: { MessageSid: SID, From: '+4915112345678', Body: '1' },
  'sms-status': { MessageSid: SID, MessageStatus: 'delivered' },
  call: { CallSid: CALL, AnsweredBy: 'human' },
  digits: { CallSid: CALL, Digits: '1' },
  'call-status': { CallSid: CALL, CallStatus: 'completed' },
}

function callback(what: string, over: { fields?: Record<string, string>; signature?: string; url?: string } = {}): VendorCallback {
  const good = new URLSearchParams({ AccountSid: ACCOUNT, ...fieldsOf[what] })
  const url = `${BASE}/${what}/token`
  const headers = { 'x-twilio-signature': over.signature ?? signTwilio(url, good) }
  return {
    what,
    token: 'token',
    url: over.url ?? url,
    headers,
    form: new URLSearchParams({ AccountSid: ACCOUNT, ...fieldsOf[what], ...over.fields }),
  }
}

const whats = fc.constantFrom(...Object.keys(fieldsOf))

test('what is signed is believed', () => {
  for (const what of Object.keys(fieldsOf)) expect(hearTwilio(callback(what), connection).kind).not.toBe('distrusted')
})

test('a field that is changed or added, another address, another signature: nothing of it is believed', () => {
  const name = fc.oneof(fc.constantFrom('Body', 'From', 'MessageSid', 'MessageStatus', 'Digits', 'AnsweredBy'), fc.string({ minLength: 1 }))
  fc.assert(
    fc.property(whats, name, fc.string(), (what, field, value) => {
      fc.pre(fieldsOf[what]?.[field] !== value && field !== 'AccountSid')
      expect(hearTwilio(callback(what, { fields: { [field]: value } }), connection).kind).toBe('distrusted')
    }),
  )
  fc.assert(
    fc.property(whats, fc.webPath(), (what, path) => {
      fc.pre(path !== `/callbacks/phone/${what}/token`)
      expect(hearTwilio(callback(what, { url: `https://tocsin.test${path}` }), connection).kind).toBe('distrusted')
    }),
  )
  fc.assert(
    fc.property(whats, fc.oneof(fc.base64String(), fc.string()), (what, signature) => {
      expect(hearTwilio(callback(what, { signature }), connection).kind).toBe('distrusted')
    }),
  )
})

test('without the auth token nothing is believed, however it is signed', () => {
  for (const what of Object.keys(fieldsOf)) {
    expect(hearTwilio(callback(what), { ...connection, callbackSecret: null }).kind).toBe('distrusted')
    const empty = signTwilio(`${BASE}/${what}/token`, new URLSearchParams({ AccountSid: ACCOUNT, ...fieldsOf[what] }), '')
    expect(hearTwilio(callback(what, { signature: empty }), { ...connection, callbackSecret: null }).kind).toBe('distrusted')
  }
})

test('whatever Twilio signs, reading it never throws', () => {
  fc.assert(
    fc.property(fc.string(), fc.dictionary(fc.string(), fc.string({ unit: 'binary' })), (what, fields) => {
      const form = new URLSearchParams({ ...fields, AccountSid: ACCOUNT })
      const url = `${BASE}/x`
      hearTwilio({ what, token: null, url, headers: { 'x-twilio-signature': signTwilio(url, form) }, form }, connection)
    }),
  )
})
