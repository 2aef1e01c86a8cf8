/** A page as a signed HTTP POST to a connection that the owner named; see README.md for what the receiver gets. */
import type { Channel, ChannelAddress, ChannelCheck, Delivery, PageMessage } from '../../integration.ts'
import { bodyOf } from './body.ts'
import { toDelivery } from './outcome.ts'
import { CONNECT_TIMEOUT_MS, post } from '../../integration-post.ts'
import { signatureOf } from './sign.ts'
import { checkTarget, type Resolve, type Target } from '../../integration-target.ts'

export interface WebhookOptions {
  /** The wall clock in milliseconds, for the signature's time stamp. */
  readonly now: () => number
  readonly timeoutMs?: number
  readonly connectTimeoutMs?: number
  readonly resolve?: Resolve
}
const TIMEOUT_MS = 10_000

export function webhookChannel(options: WebhookOptions): Channel {
  return {
    kind: 'webhook',
    title: 'Webhook',
    evidence: 'Sent means that the receiving server answered with success. What it did with the page is not known.',
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    send: (message, address, signal) => send(message, address, { ...options, signal }),
    check: (address, signal) => check(address, { ...options, signal }),
  }
}

type Call = WebhookOptions & { readonly signal: AbortSignal }

async function send(message: PageMessage, address: ChannelAddress, call: Call): Promise<Delivery> {
  const checked = await checkTarget(address.to, call.resolve)
  if (checked.kind === 'refused') return { kind: 'rejected', reason: checked.reason }
  if (checked.kind === 'unresolved') return { kind: 'retry', afterMs: null, reason: checked.reason }
  const body = bodyOf(message)
  const result = await post({
    target: checked.target,
    headers: headersOf(message.reference, body, { nowMs: call.now(), secret: address.secret }),
    body,
    signal: call.signal,
    connectTimeoutMs: call.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
  })
  return toDelivery(result, call.now())
}

function headersOf(reference: string, body: string, signing: { nowMs: number; secret: string | null }): Record<string, string> {
  const timestampSeconds = Math.floor(signing.nowMs / 1_000)
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Tocsin',
    'webhook-id': reference,
    'webhook-timestamp': String(timestampSeconds),
    'idempotency-key': reference,
  }
  if (signing.secret !== null) headers['webhook-signature'] = signatureOf({ id: reference, timestampSeconds, body }, signing.secret)
  return headers
}

/** Connects (TLS included) and asks for headers only; any answer shows that the receiver can be reached. */
async function check(address: ChannelAddress | null, call: Call): Promise<ChannelCheck> {
  if (address === null) return { ok: false, detail: 'No webhook connection is configured.' }
  const checked = await checkTarget(address.to, call.resolve)
  if (checked.kind !== 'allowed') return { ok: false, detail: `The receiver cannot be used: ${checked.reason}.` }
  const reached = await reach(checked.target, call)
  if (!reached.ok || address.secret !== null) return reached
  return { ok: true, detail: `${reached.detail} Pages to it are not signed: its connection has no secret.` }
}

async function reach(target: Target, call: Call): Promise<ChannelCheck> {
  const headers = { 'user-agent': 'Tocsin' }
  const result = await post({ target, headers, body: '', signal: call.signal, method: 'HEAD' })
  if (result.kind === 'answered') return { ok: true, detail: `The receiver answers (status ${result.status} to HEAD).` }
  return { ok: false, detail: `The receiver cannot be reached: ${result.reason}.` }
}
