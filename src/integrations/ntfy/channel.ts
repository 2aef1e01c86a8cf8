/**
 * Pages by ntfy, the public server or one's own: https://docs.ntfy.sh/publish/#publish-as-json (read 2026-11-24).
 * A message carries its reference as sequence id: servers from 2.16 on replace what came under it before, so that a repeat
 * of something that had arrived rings nobody twice. README.md beside this file has limits and setup.
 */
import { oneLine } from '../../core/page/message.ts'
import type { CarrierConnection, Channel, ChannelAddress, ChannelCheck, Delivery, PageMessage } from '../../integration.ts'
import { callVendor, objectOf, parseRetryAfter, silenceOf, type VendorOptions, type VendorReply } from '../../integration-vendor.ts'
import { bodyOf } from './body.ts'

const TIMEOUT_MS = 10_000
const TAKEN = 'The ntfy server took it; whether a phone showed it is not known.'

export interface NtfyOptions extends VendorOptions {
  /** The public address of this server, for what a tap may do. */
  readonly publicUrl: string
}

export function ntfyChannel(options: NtfyOptions): Channel {
  return {
    kind: 'ntfy',
    title: 'ntfy',
    evidence: 'Sent means that the ntfy server took the message. Whether a phone showed it is not known until somebody acts on it.',
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    send: (message, address, signal) => send(message, address, options, signal),
    check: (address, signal) => check(address, options, signal),
  }
}

async function send(message: PageMessage, address: ChannelAddress, options: NtfyOptions, signal: AbortSignal): Promise<Delivery> {
  const { carrier, to } = address
  if (carrier === undefined) return { kind: 'rejected', reason: 'no ntfy connection is configured' }
  const body = bodyOf(message, { topic: to, oneTap: isTapSafe(carrier, options.publicUrl) })
  const reply = await callVendor(
    { url: carrier.url, method: 'POST', headers: { 'content-type': 'application/json', ...authorization(carrier) }, body },
    options,
    signal,
  )
  return toDelivery(reply, options.now())
}

/**
 * A button that acknowledges at once is a token in a message: without a token of the connection anybody who guesses the topic
 * reads it, and without TLS anybody on the way. Then the buttons open the page, which asks once more.
 */
export function isTapSafe({ url, secret, settings }: CarrierConnection, publicUrl: string): boolean {
  if (settings['one_tap'] !== undefined) return settings['one_tap'] === 'yes'
  return secret !== null && url.startsWith('https:') && publicUrl.startsWith('https:')
}

/** Access tokens begin with `tk_`; anything else with a colon is a name and password. */
function authorization({ secret }: CarrierConnection): Record<string, string> {
  if (secret === null) return {}
  const basic = secret.includes(':') && !secret.startsWith('tk_')
  return { authorization: basic ? `Basic ${Buffer.from(secret).toString('base64')}` : `Bearer ${secret}` }
}

/** Errors come as `{"code":42901,"http":429,"error":"…"}`: the code's meaning is its first three digits. */
function toDelivery(reply: VendorReply, nowMs: number): Delivery {
  if (reply.kind !== 'answered') return silenceOf(reply) ?? { kind: 'unknown', reason: 'no answer' }
  const { status, body, retryAfter } = reply
  const said = objectOf(body)
  if (status >= 200 && status < 300) {
    const id = said['id']
    return { kind: 'delivered', externalId: typeof id === 'string' ? oneLine(id, 64) : null, evidence: TAKEN }
  }
  const reason = `the ntfy server answered ${status}${typeof said['error'] === 'string' ? ` (${oneLine(said['error'], 120)})` : ''}`
  // 401 and 403 are about the token or the topic's rules: an operator can mend them while the page waits.
  const mendable = status === 401 || status === 403 || status === 408 || status === 425 || status === 429 || status >= 500
  return mendable ? { kind: 'retry', afterMs: parseRetryAfter(retryAfter, nowMs), reason } : { kind: 'rejected', reason }
}

/** Asks for the server's health; a token is tried by asking for the account that it is of. */
async function check(address: ChannelAddress | null, options: NtfyOptions, signal: AbortSignal): Promise<ChannelCheck> {
  const carrier = address?.carrier
  if (carrier === undefined) return { ok: false, detail: 'No ntfy connection is configured.' }
  const ask = (path: string) =>
    callVendor({ url: `${carrier.url.replace(/\/+$/u, '')}${path}`, method: 'GET', headers: authorization(carrier) }, options, signal)
  const health = await ask('/v1/health')
  if (health.kind !== 'answered') return { ok: false, detail: `The ntfy server cannot be reached: ${health.reason}.` }
  if (health.status !== 200 || objectOf(health.body)['healthy'] !== true)
    return { ok: false, detail: `What answers there is no healthy ntfy server (status ${health.status}).` }
  if (carrier.secret === null) return { ok: true, detail: 'The ntfy server is healthy. Without a token, who knows a topic reads along.' }
  const account = await ask('/v1/account')
  if (account.kind === 'answered' && (account.status === 401 || account.status === 403))
    return { ok: false, detail: `The ntfy server refuses the token (status ${account.status}).` }
  return { ok: true, detail: 'The ntfy server is healthy and takes the token.' }
}
