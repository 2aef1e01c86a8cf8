/**
 * Pages to browsers and installed phone pages by Web Push, RFC 8030. It goes by the relay that the browser's vendor runs
 * (Google, Mozilla, Apple, Microsoft), which sees when and to which device, and not what. README.md has limits and sources.
 */
import { isIP } from 'node:net'
import type { Channel, ChannelAddress, ChannelCheck, Delivery, PageMessage } from '../../integration.ts'
import { post, type PostResult } from '../../integration-post.ts'
import type { PushDevice, PushDevices } from '../../integration-push.ts'
import { checkTarget } from '../../integration-target.ts'
import type { VendorOptions } from '../../integration-vendor.ts'
import { encrypt } from './encrypt.ts'
import { isPublicAddress } from './host.ts'
import { type Answered, meaningOf } from './outcome.ts'
import { payloadOf, topicOf } from './payload.ts'
import { makeVapid, type Vapid } from './vapid.ts'

const TIMEOUT_MS = 10_000
/** How long a push service keeps a message for a device that is off: a page of yesterday wakes nobody for anything. */
const TTL_SECONDS = { page: 14_400, notice: 14_400, test: 300 } as const
const TOO_LARGE = 413

export interface WebPushOptions extends VendorOptions {
  readonly devices: PushDevices
  /** `https:` or `mailto:` of whoever runs this. */
  readonly subject: string
  /** True under test alone: a push service on loopback, without TLS. */
  readonly anyAddress?: boolean
}

export function webPushChannel(options: WebPushOptions): Channel {
  const vapid = makeVapid(options.subject, options.now)
  return {
    kind: 'push',
    title: 'Push',
    evidence: 'Sent means that the push service of the browser’s vendor took it. Delivered means that the device says it showed it.',
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    send: (message, address, signal) => send({ options, vapid, signal }, message, address),
    check: () => check(options.devices),
  }
}

interface Call {
  readonly options: WebPushOptions
  readonly vapid: Vapid
  readonly signal: AbortSignal
}

async function send(call: Call, message: PageMessage, { to }: ChannelAddress): Promise<Delivery> {
  const { devices, now } = call.options
  const device = await lookUp(() => devices.find(to))
  if (device === 'away') return { kind: 'retry', afterMs: null, reason: 'the device could not be looked up' }
  if (device === null) return { kind: 'rejected', reason: 'this device is not subscribed any more' }
  const first = await attempt(call, message, { device, short: false })
  const result = first.kind === 'answered' && first.status === TOO_LARGE ? await attempt(call, message, { device, short: true }) : first
  if ('delivery' in result) return result.delivery
  const meaning = meaningOf(result, now())
  if (meaning.kind === 'gone') {
    await devices.gone(device.id, meaning.reason)
    return { kind: 'rejected', reason: `${meaning.reason}; “${device.name}” was taken off the list` }
  }
  if (meaning.kind === 'delivered') await devices.taken(device.id)
  return meaning
}

/** Before anything is sent: a database that is away must not look like a message that may have arrived. */
async function lookUp<Found>(look: () => Promise<Found>): Promise<Found | 'away'> {
  try {
    return await look()
  } catch {
    return 'away'
  }
}

type Attempted = Answered | { readonly kind: 'settled'; readonly delivery: Delivery }

async function attempt(
  { options, vapid, signal }: Call,
  message: PageMessage,
  { device, short }: { readonly device: PushDevice; readonly short: boolean },
): Promise<Attempted> {
  const checked = await checkTarget(device.endpoint, options.resolve)
  if (checked.kind === 'refused') return settled({ kind: 'rejected', reason: checked.reason })
  if (checked.kind === 'unresolved') return settled({ kind: 'retry', afterMs: null, reason: checked.reason })
  const { target } = checked
  if (options.anyAddress !== true && (target.url.protocol !== 'https:' || !isPublicAddress(target.address)))
    return settled({ kind: 'rejected', reason: 'its push service is not on the public internet' })
  const key = await lookUp(options.devices.key)
  if (key === null || key === 'away')
    return settled({ kind: 'retry', afterMs: null, reason: 'the key that signs push messages cannot be read' })
  const sent: PostResult = await post({
    target,
    headers: {
      authorization: vapid.authorize(target.url.origin, key),
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      ttl: String(TTL_SECONDS[message.purpose]),
      urgency: message.purpose === 'notice' ? 'normal' : 'high',
      topic: topicOf(message),
      'user-agent': 'Tocsin',
    },
    body: encrypt(payloadOf(message, { short }), device),
    signal,
    ...(options.connectTimeoutMs === undefined ? {} : { connectTimeoutMs: options.connectTimeoutMs }),
  })
  if (sent.kind === 'unsent') return settled({ kind: 'retry', afterMs: null, reason: sent.reason })
  if (sent.kind === 'unanswered') return settled({ kind: 'unknown', reason: sent.reason })
  return sent
}

function settled(delivery: Delivery): Attempted {
  return { kind: 'settled', delivery }
}

/** Whether an address may be that of a push service: browsers name them, so it is read as hostile text. */
export function isPushEndpoint(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, username, password } = new URL(address)
  if (protocol !== 'https:' || username !== '' || password !== '') return false
  const host = hostname.replace(/^\[|\]$/gu, '')
  return isIP(host) === 0 ? host.includes('.') && !/\.(local|localhost|internal|lan|home|arpa)\.?$/u.test(host) : isPublicAddress(host)
}

/** Nothing can be asked of a push service without a device to write to; that our own key is there is all that can be found out. */
async function check(devices: PushDevices): Promise<ChannelCheck> {
  const key = await lookUp(devices.key)
  if (key === null || key === 'away')
    return { ok: false, detail: 'The key that signs push messages cannot be read: the secret of this installation is another.' }
  return {
    ok: true,
    detail: 'The key that signs push messages is there. Push services are those of browsers’ vendors, and are asked with each page.',
  }
}
