/**
 * Pages as text messages: https://www.twilio.com/docs/messaging/api/message-resource (read 2026-11-24). Twilio folds nothing, but
 * lists what it was given: after an unknown outcome the list is read first, and what is in it is not sent again.
 */
import type { Channel, ChannelAddress, ChannelCheck, Delivery, PageMessage } from '../../integration.ts'
import { objectOf, type VendorOptions } from '../../integration-vendor.ts'
import { type Account, accountOf, type Asking, askTwilio, callbackUrl, isReachable, TIMEOUT_MS, toDelivery } from './account.ts'
import { checkAccount } from './check.ts'
import { markOf, smsOf } from './text.ts'

const TAKEN = 'Twilio took it; whether it arrives is told later.'
const FOUND = 'Twilio has it already: an earlier attempt had arrived.'
/** A page that waited an hour in Twilio's queue is none any more. */
const VALID_SECONDS = 3_600
/** Newest first: an attempt of a few seconds ago is on the first page. */
const LISTED_MAX = 50

export interface TwilioOptions extends VendorOptions {
  /** The public address of this server. */
  readonly publicUrl: string
}

export function smsChannel(options: TwilioOptions): Channel {
  return {
    kind: 'sms',
    title: 'SMS',
    evidence: 'Sent means that Twilio took it, delivered that the network says so, seen that the person answered.',
    timeoutMs: options.timeoutMs ?? 2 * TIMEOUT_MS,
    send: (message, address, signal) => send(message, address, options, signal),
    check: (address, signal) => check(address, options, signal),
  }
}

async function send(message: PageMessage, address: ChannelAddress, options: TwilioOptions, signal: AbortSignal): Promise<Delivery> {
  const { carrier, to } = address
  if (carrier === undefined) return { kind: 'rejected', reason: 'no Twilio connection is configured' }
  const account = accountOf(carrier)
  if (account.password === null) return { kind: 'retry', afterMs: null, reason: 'the secret of the Twilio connection is not found' }
  if (account.from === null && account.messagingServiceSid === null)
    return { kind: 'rejected', reason: 'the connection names no sender of messages' }
  const asking = { options, signal }
  const earlier = message.repeat ? await lookUp(account, { to, mark: markOf(message.reference) }, asking) : 'absent'
  if (typeof earlier === 'object') return { kind: 'delivered', externalId: earlier.sid, evidence: FOUND }
  // Only what cannot be found out is marked: Twilio does not have it, so it is no repeat for anybody.
  const body = smsOf(
    { ...message, repeat: earlier === 'unknown' },
    { segmentsMax: account.segmentsMax, replies: isReachable(options.publicUrl) },
  )
  const form = new URLSearchParams({ To: to, Body: body, ValidityPeriod: String(VALID_SECONDS) })
  if (account.messagingServiceSid !== null) form.set('MessagingServiceSid', account.messagingServiceSid)
  else if (account.from !== null) form.set('From', account.from)
  if (message.token !== undefined && isReachable(options.publicUrl))
    form.set('StatusCallback', callbackUrl(options.publicUrl, carrier.name, 'sms-status', message.token))
  return toDelivery(await askTwilio(account, '/Messages.json', form, asking), TAKEN, options.now())
}

type Earlier = { readonly sid: string | null } | 'absent' | 'unknown'

/** Whether a message with that mark is among the newest to that number. What failed there is none. */
async function lookUp(account: Account, { to, mark }: { readonly to: string; readonly mark: string }, asking: Asking): Promise<Earlier> {
  const query = new URLSearchParams({ To: to, PageSize: String(LISTED_MAX) })
  const reply = await askTwilio(account, `/Messages.json?${query.toString()}`, null, asking)
  if (reply.kind !== 'answered' || reply.status !== 200) return 'unknown'
  const listed = objectOf(reply.body)['messages']
  if (!Array.isArray(listed)) return 'unknown'
  for (const one of listed) {
    const { sid, body, status } = one as { readonly sid?: unknown; readonly body?: unknown; readonly status?: unknown }
    if (typeof body === 'string' && body.includes(mark) && status !== 'failed' && status !== 'undelivered')
      return { sid: typeof sid === 'string' ? sid : null }
  }
  return 'absent'
}

async function check(address: ChannelAddress | null, options: TwilioOptions, signal: AbortSignal): Promise<ChannelCheck> {
  const carrier = address?.carrier
  if (carrier === undefined) return { ok: false, detail: 'No Twilio connection is configured.' }
  const account = accountOf(carrier)
  if (account.from === null && account.messagingServiceSid === null)
    return { ok: false, detail: 'The connection names no sender of messages (from).' }
  const expected = { number: account.from, capability: 'sms', callback: callbackUrl(options.publicUrl, carrier.name, 'message') } as const
  return checkAccount(account, { ...expected, reachable: isReachable(options.publicUrl) }, { options, signal })
}
