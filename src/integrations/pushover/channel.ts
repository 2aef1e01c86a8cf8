/**
 * Pages by Pushover, as emergencies that ring until somebody answers: https://pushover.net/api and
 * https://pushover.net/api/receipts (read 2026-11-24). Pushover folds nothing and lists nothing: what is repeated after an
 * unknown outcome may be there twice. README.md beside this file has limits and setup.
 */
import { oneLine } from '../../core/page/message.ts'
import type { ChannelAddress, ChannelCheck, Delivery, Followed, FollowedChannel, PageMessage } from '../../integration.ts'
import { callVendor, objectOf, parseRetryAfter, silenceOf, type VendorOptions, type VendorReply } from '../../integration-vendor.ts'
import { formOf } from './form.ts'

const TIMEOUT_MS = 10_000
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
/** 30 letters and digits. */
const RECEIPT = /^[A-Za-z0-9]{30}$/u

export function pushoverChannel(options: VendorOptions): FollowedChannel {
  return {
    kind: 'pushover',
    title: 'Pushover',
    evidence: 'Sent means that Pushover took the message. Seen means that the person acknowledged it there.',
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    send: (message, address, signal) => send(message, address, options, signal),
    check: (address, signal) => check(address, options, signal),
    follow: (receipt, address, signal) => follow(receipt, address, options, signal),
    callOff: (receipt, address, signal) => callOff(receipt, address, options, signal),
  }
}

async function send(message: PageMessage, address: ChannelAddress, options: VendorOptions, signal: AbortSignal): Promise<Delivery> {
  const { carrier, to, secret } = address
  if (carrier === undefined) return { kind: 'rejected', reason: 'no Pushover connection is configured' }
  if (secret === null) return { kind: 'retry', afterMs: null, reason: 'the token of the Pushover connection is not found' }
  const body = formOf(message, { token: secret, user: to, settings: carrier.settings }).toString()
  const url = `${baseOf(address)}/1/messages.json`
  return toDelivery(await callVendor({ url, method: 'POST', headers: FORM, body }, options, signal), options.now())
}

function baseOf({ carrier }: ChannelAddress): string {
  return (carrier?.url ?? '').replace(/\/+$/u, '')
}

/** Status 1 is taken. A 4xx says why in `errors`: the same request would fail again; 429 is the account's limit of the month. */
function toDelivery(reply: VendorReply, nowMs: number): Delivery {
  if (reply.kind !== 'answered') return silenceOf(reply) ?? { kind: 'unknown', reason: 'no answer' }
  const { status, retryAfter } = reply
  const said = objectOf(reply.body)
  if (status === 200 && said['status'] === 1) {
    const receipt = said['receipt']
    return {
      kind: 'delivered',
      externalId: typeof receipt === 'string' && RECEIPT.test(receipt) ? receipt : null,
      evidence: 'Pushover took it and rings until somebody answers; whether a phone showed it is not known.',
    }
  }
  const reason = `Pushover answered ${status}${errorsOf(said)}`
  // A 200 that says nothing of a message is an answer of something in between: the message may have been taken.
  if (status >= 200 && status < 300) return { kind: 'unknown', reason }
  if (status === 429 || status >= 500 || isToken(said)) return { kind: 'retry', afterMs: parseRetryAfter(retryAfter, nowMs), reason }
  return { kind: 'rejected', reason }
}

function errorsOf(said: Readonly<Record<string, unknown>>): string {
  const errors = Array.isArray(said['errors']) ? said['errors'].filter((error): error is string => typeof error === 'string') : []
  return errors.length === 0 ? '' : ` (${oneLine(errors.join('; '), 160)})`
}

/** The application's token is refused: an operator can mend that while the page waits. */
function isToken(said: Readonly<Record<string, unknown>>): boolean {
  return said['token'] === 'invalid'
}

async function follow(receipt: string, address: ChannelAddress, options: VendorOptions, signal: AbortSignal): Promise<Followed> {
  if (address.secret === null || !RECEIPT.test(receipt)) return { kind: 'unknown', reason: 'there is nothing to ask with' }
  const url = `${baseOf(address)}/1/receipts/${receipt}.json?token=${encodeURIComponent(address.secret)}`
  const reply = await callVendor({ url, method: 'GET', headers: {} }, options, signal)
  if (reply.kind !== 'answered') return { kind: 'unknown', reason: reply.reason }
  const said = objectOf(reply.body)
  if (reply.status === 404) return { kind: 'over', reason: 'Pushover does not know the receipt any more' }
  if (reply.status !== 200 || said['status'] !== 1) return { kind: 'unknown', reason: `Pushover answered ${reply.status}` }
  if (said['acknowledged'] === 1) {
    // With a group's key anybody of the group could answer for somebody else.
    if (said['acknowledged_by'] !== address.to) return { kind: 'over', reason: 'it was acknowledged there by another user key' }
    return { kind: 'acknowledged', evidence: 'Acknowledged in the Pushover app.' }
  }
  return said['expired'] === 1
    ? { kind: 'over', reason: 'nobody answered in the Pushover app before it stopped ringing' }
    : { kind: 'waiting' }
}

async function callOff(receipt: string, address: ChannelAddress, options: VendorOptions, signal: AbortSignal): Promise<boolean> {
  if (address.secret === null || !RECEIPT.test(receipt)) return true
  const url = `${baseOf(address)}/1/receipts/${receipt}/cancel.json`
  const body = new URLSearchParams({ token: address.secret }).toString()
  const reply = await callVendor({ url, method: 'POST', headers: FORM, body }, options, signal)
  // What is refused for good would be refused again.
  return reply.kind === 'refused' || (reply.kind === 'answered' && reply.status < 500 && reply.status !== 429)
}

/** The list of sounds needs a token and sends nothing. */
async function check(address: ChannelAddress | null, options: VendorOptions, signal: AbortSignal): Promise<ChannelCheck> {
  if (address?.carrier === undefined) return { ok: false, detail: 'No Pushover connection is configured.' }
  if (address.secret === null) return { ok: false, detail: 'The token of the connection is not found.' }
  const url = `${baseOf(address)}/1/sounds.json?token=${encodeURIComponent(address.secret)}`
  const reply = await callVendor({ url, method: 'GET', headers: {} }, options, signal)
  if (reply.kind !== 'answered') return { ok: false, detail: `Pushover cannot be reached: ${reply.reason}.` }
  const said = objectOf(reply.body)
  if (reply.status === 200 && said['status'] === 1) return { ok: true, detail: 'Pushover answers and takes the token.' }
  return { ok: false, detail: `Pushover refuses the token: status ${reply.status}${errorsOf(said)}.` }
}
