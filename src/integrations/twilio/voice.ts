/**
 * Pages as calls: https://www.twilio.com/docs/voice/api/call-resource (read 2026-11-24). What is said is asked of us when the call is
 * answered, so that it tells how things stand then. A call bears no mark, so that an unknown outcome cannot be looked up: it is
 * repeated unless Twilio's first callback has come meanwhile.
 */
import type { Channel, ChannelAddress, ChannelCheck, Delivery, PageMessage } from '../../integration.ts'
import type { VendorOptions } from '../../integration-vendor.ts'
import { type Account, accountOf, askTwilio, callbackUrl, isReachable, TIMEOUT_MS, toDelivery } from './account.ts'
import { checkAccount } from './check.ts'
import { speakPlainly } from './speech.ts'

const TAKEN = 'Twilio calls; whether somebody answers is told later.'
/** A greeting of voicemail that is longer is spoken over. */
const DETECTION_SECONDS = 30
/** However often somebody wants to hear it again. */
const CALL_SECONDS_MAX = 300
const EVENTS = ['initiated', 'answered', 'completed'] as const

export interface VoiceOptions extends VendorOptions {
  /** The public address of this server. */
  readonly publicUrl: string
}

export function voiceChannel(options: VoiceOptions): Channel {
  return {
    kind: 'voice',
    title: 'Phone call',
    evidence: 'Sent means that Twilio calls, delivered that the call was answered, seen that a key was pressed.',
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    send: (message, address, signal) => send(message, address, options, signal),
    check: (address, signal) => check(address, options, signal),
  }
}

async function send(message: PageMessage, address: ChannelAddress, options: VoiceOptions, signal: AbortSignal): Promise<Delivery> {
  const { carrier, to } = address
  if (carrier === undefined) return { kind: 'rejected', reason: 'no Twilio connection is configured' }
  const account = accountOf(carrier)
  if (account.password === null) return { kind: 'retry', afterMs: null, reason: 'the secret of the Twilio connection is not found' }
  if (account.voiceFrom === null) return { kind: 'rejected', reason: 'the connection names no number to call from (voice_from)' }
  const form = formOf(message, { to, account, from: account.voiceFrom, connection: carrier.name, publicUrl: options.publicUrl })
  return toDelivery(await askTwilio(account, '/Calls.json', form, { options, signal }), TAKEN, options.now())
}

interface CallTarget {
  readonly to: string
  readonly from: string
  readonly account: Account
  readonly connection: string
  readonly publicUrl: string
}

function formOf(message: PageMessage, { to, from, account, connection, publicUrl }: CallTarget): URLSearchParams {
  const form = new URLSearchParams({ To: to, From: from, Timeout: String(account.ringSeconds), TimeLimit: String(CALL_SECONDS_MAX) })
  const { token } = message
  if (token === undefined || !isReachable(publicUrl)) {
    form.set('Twiml', speakPlainly(message).body)
    return form
  }
  const at = (what: string): string => callbackUrl(publicUrl, connection, what, token)
  form.set('Url', at('call'))
  form.set('Method', 'POST')
  form.set('StatusCallback', at('call-status'))
  form.set('StatusCallbackMethod', 'POST')
  for (const event of EVENTS) form.append('StatusCallbackEvent', event)
  form.set('MachineDetection', 'DetectMessageEnd')
  form.set('MachineDetectionTimeout', String(DETECTION_SECONDS))
  return form
}

async function check(address: ChannelAddress | null, options: VoiceOptions, signal: AbortSignal): Promise<ChannelCheck> {
  const carrier = address?.carrier
  if (carrier === undefined) return { ok: false, detail: 'No Twilio connection is configured.' }
  const account = accountOf(carrier)
  if (account.voiceFrom === null) return { ok: false, detail: 'The connection names no number to call from (voice_from).' }
  const expected = { number: account.voiceFrom, capability: 'voice', callback: null, reachable: isReachable(options.publicUrl) } as const
  return checkAccount(account, expected, { options, signal })
}
