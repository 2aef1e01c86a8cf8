/** What a Twilio connection says of its account and senders, and how its API is asked. */
import { parseDuration } from '../../core/playbook/duration.ts'
import { SECOND_MS } from '../../core/time.ts'
import type { CarrierConnection, Delivery } from '../../integration.ts'
import { callVendor, objectOf, parseRetryAfter, silenceOf, type VendorOptions, type VendorReply } from '../../integration-vendor.ts'
import { describeCode, isMendable } from './errors.ts'

export const TIMEOUT_MS = 10_000
const SEGMENTS_MAX = 3
/** Voicemail takes a call after some 25 s. */
const RING_MS = 25 * SECOND_MS

export interface Account {
  readonly sid: string
  /** An API key's id where there is one, else the account's. */
  readonly user: string
  /** Null: it cannot be found. */
  readonly password: string | null
  readonly from: string | null
  readonly messagingServiceSid: string | null
  readonly voiceFrom: string | null
  readonly segmentsMax: number
  readonly ringSeconds: number
  readonly url: string
}

export function accountOf({ url, secret, settings }: CarrierConnection): Account {
  const ring = settings['ring'] === undefined ? null : parseDuration(settings['ring'])
  return {
    sid: settings['account_sid'] ?? '',
    user: settings['api_key'] ?? settings['account_sid'] ?? '',
    password: secret,
    from: settings['from'] ?? null,
    messagingServiceSid: settings['messaging_service_sid'] ?? null,
    voiceFrom: settings['voice_from'] ?? null,
    segmentsMax: Number(settings['segments'] ?? SEGMENTS_MAX),
    ringSeconds: Math.round((ring?.kind === 'duration' ? ring.ms : RING_MS) / SECOND_MS),
    url: url.replace(/\/+$/u, ''),
  }
}

export interface Asking {
  readonly options: VendorOptions
  readonly signal: AbortSignal
}

/** @param path below the account, such as `/Messages.json`; empty: the account itself */
export function askTwilio(account: Account, path: string, form: URLSearchParams | null, { options, signal }: Asking): Promise<VendorReply> {
  const headers = {
    authorization: `Basic ${Buffer.from(`${account.user}:${account.password ?? ''}`).toString('base64')}`,
    ...(form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
  }
  const url = `${account.url}/2010-04-01/Accounts/${encodeURIComponent(account.sid)}${path === '' ? '.json' : path}`
  const body = form === null ? {} : { body: form.toString() }
  return callVendor({ url, method: form === null ? 'GET' : 'POST', headers, ...body }, options, signal)
}

/** Callbacks reach us only where the public address is one for others. */
export function isReachable(publicUrl: string): boolean {
  const host = new URL(publicUrl).hostname.replace(/^\[|\]$/gu, '')
  return !/^(?:localhost|.*\.localhost|127\..*|0\.0\.0\.0|::1|::)$/u.test(host)
}

export function callbackUrl(publicUrl: string, connection: string, ...path: readonly string[]): string {
  return `${publicUrl}/callbacks/${[connection, ...path].map(encodeURIComponent).join('/')}`
}

/**
 * What an answer to a POST means. Twilio's texts repeat the number, so only its code is kept. 500, 502 and 504 do not say
 * whether the message was made: https://www.twilio.com/docs/usage/twilios-response (read 2026-11-24).
 */
export function toDelivery(reply: VendorReply, evidence: string, nowMs: number): Delivery {
  if (reply.kind !== 'answered') return silenceOf(reply) ?? { kind: 'unknown', reason: 'no answer' }
  const { status, retryAfter, body } = reply
  const said = objectOf(body)
  if (status >= 200 && status < 300) {
    const sid = said['sid']
    return { kind: 'delivered', externalId: typeof sid === 'string' && /^[A-Z]{2}[0-9a-f]{32}$/u.test(sid) ? sid : null, evidence }
  }
  const code = typeof said['code'] === 'number' ? said['code'] : null
  const reason = `Twilio answered ${status}${code === null ? '' : `, ${describeCode(code)}`}`
  if (status === 429 || status === 503) return { kind: 'retry', afterMs: parseRetryAfter(retryAfter, nowMs), reason }
  if (status >= 500) return { kind: 'unknown', reason }
  if (status === 401 || status === 403 || status === 408 || isMendable(code)) return { kind: 'retry', afterMs: null, reason }
  return { kind: 'rejected', reason }
}
