/**
 * What Twilio tells of its own accord: states of messages and calls, and what people write back. Nothing is read before the
 * signature is good; the path's token says which message it is about, so that it may come before our own commit.
 */
import type { CarrierConnection, Heard, VendorCallback, WrittenAsk } from '../../integration.ts'
import { readAsk } from './ask.ts'
import { describeCode } from './errors.ts'
import { hearCall, hearCallStatus, hearDigits } from './hear-call.ts'
import { isSigned } from './signature.ts'
import { writeBack } from './twiml.ts'

const SID = /^[A-Z]{2}[0-9a-f]{32}$/u
const REFUSED = { status: 403, body: '' }
const NOT_UNDERSTOOD = { status: 400, body: '' }
const NOTED = { status: 204, body: '' }

export function hearTwilio(callback: VendorCallback, connection: CarrierConnection): Heard {
  const { form, url, headers, what } = callback
  const signature = headers['x-twilio-signature']
  if (connection.callbackSecret === null) return { kind: 'distrusted', reason: 'the auth token is not found', reply: REFUSED }
  if (signature === undefined) return { kind: 'distrusted', reason: 'it has no signature', reply: REFUSED }
  if (!isSigned(url, form, signature, connection.callbackSecret))
    return { kind: 'distrusted', reason: 'its signature is wrong', reply: REFUSED }
  if (form.get('AccountSid') !== connection.settings['account_sid'])
    return { kind: 'distrusted', reason: 'it is of another account', reply: REFUSED }
  switch (what) {
    case 'message':
      return hearMessage(form)
    case 'sms-status':
      return hearSmsStatus(form)
    case 'call':
      return hearCall(callback)
    case 'digits':
      return hearDigits(callback)
    case 'call-status':
      return hearCallStatus(callback)
    default:
      return { kind: 'distrusted', reason: 'it is about nothing that is known', reply: { status: 404, body: '' } }
  }
}

function hearMessage(form: URLSearchParams): Heard {
  const messageId = form.get('MessageSid') ?? ''
  const from = form.get('From') ?? ''
  if (!SID.test(messageId) || from === '') return { kind: 'distrusted', reason: 'it names no message', reply: NOT_UNDERSTOOD }
  // Twilio answers these by itself where the account lets it.
  const ask = readOptOut(form.get('OptOutType')) ?? readAsk(form.get('Body') ?? '')
  return { kind: 'written', messageId, from, ask, reply: writeBack }
}

/** What Twilio itself took for a wish to hear nothing, or something, any more: in any language that it was set up for. */
function readOptOut(type: string | null): WrittenAsk | null {
  if (type === null) return null
  return type === 'STOP' ? { kind: 'silent', stops: true } : { kind: 'silent' }
}

/** https://www.twilio.com/docs/messaging/guides/track-outbound-message-status (read 2026-11-24). */
function hearSmsStatus(form: URLSearchParams): Heard {
  const externalId = form.get('MessageSid') ?? ''
  const word = form.get('MessageStatus') ?? ''
  if (!SID.test(externalId) || !/^[a-z-]{1,40}$/u.test(word))
    return { kind: 'distrusted', reason: 'it names no message', reply: NOT_UNDERSTOOD }
  const code = Number(form.get('ErrorCode') ?? '')
  const why = Number.isInteger(code) && code > 0 ? `: ${describeCode(code)}` : ''
  const report = { externalId, word }
  const told = (rest: { outcome: 'progress' | 'delivered' | 'failed'; sentence: string; dead?: true }): Heard => ({
    kind: 'told',
    report: { ...report, ...rest },
    press: null,
    reply: () => NOTED,
  })
  if (word === 'delivered' || word === 'read') return told({ outcome: 'delivered', sentence: 'The network says that it arrived.' })
  if (word === 'undelivered' || word === 'failed') return told({ outcome: 'failed', sentence: `It did not arrive${why}.`, dead: true })
  return told({ outcome: 'progress', sentence: '' })
}
