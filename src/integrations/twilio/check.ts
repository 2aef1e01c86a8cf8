/** Whether an account can be used and its number can do what is wanted, found out without sending anything. */
import type { ChannelCheck } from '../../integration.ts'
import { objectOf } from '../../integration-vendor.ts'
import { type Account, type Asking, askTwilio } from './account.ts'

export interface Expected {
  /** Null: a messaging service chooses it, and that is not looked into. */
  readonly number: string | null
  readonly capability: 'sms' | 'voice'
  /** Where messages to the number must be passed on to, so that replies reach us. */
  readonly callback: string | null
  /** The public address is one that Twilio can reach. */
  readonly reachable: boolean
}

export async function checkAccount(account: Account, expected: Expected, asking: Asking): Promise<ChannelCheck> {
  if (account.password === null) return { ok: false, detail: 'The secret of the connection is not found.' }
  const reply = await askTwilio(account, '', null, asking)
  if (reply.kind !== 'answered') return { ok: false, detail: `Twilio cannot be reached: ${reply.reason}.` }
  if (reply.status !== 200) return { ok: false, detail: `Twilio refuses the account or its secret (status ${reply.status}).` }
  const status = objectOf(reply.body)['status']
  if (status !== 'active')
    return { ok: false, detail: `The Twilio account is ${typeof status === 'string' ? status.slice(0, 20) : 'not active'}.` }
  const told = expected.reachable
    ? ''
    : ' TOCSIN_URL is not an address that Twilio can reach: nobody can answer by it, and what became of it is not told.'
  if (expected.number === null) return { ok: true, detail: `Twilio takes the secret, and the account is active.${told}` }
  const found = await findNumber(account, expected, asking)
  return found.ok ? { ok: true, detail: `${found.detail}${told}` } : found
}

async function findNumber(account: Account, { number, capability, callback, reachable }: Expected, asking: Asking): Promise<ChannelCheck> {
  const query = new URLSearchParams({ PhoneNumber: number ?? '', PageSize: '1' })
  const reply = await askTwilio(account, `/IncomingPhoneNumbers.json?${query.toString()}`, null, asking)
  if (reply.kind !== 'answered' || reply.status !== 200)
    return { ok: true, detail: 'The account is active; its number could not be looked up.' }
  const [first] = (objectOf(reply.body)['incoming_phone_numbers'] ?? []) as readonly unknown[]
  if (typeof first !== 'object' || first === null) return { ok: false, detail: 'The sending number is not one of the account.' }
  const known = first as { readonly capabilities?: Readonly<Record<string, unknown>>; readonly sms_url?: unknown }
  if (known.capabilities?.[capability] !== true)
    return { ok: false, detail: `The sending number cannot do ${capability === 'sms' ? 'messages' : 'calls'}.` }
  if (callback === null || !reachable || known.sms_url === callback)
    return { ok: true, detail: 'The account is active, and the number is its own.' }
  return {
    ok: true,
    detail: 'The account is active. Replies do not reach Tocsin: set "A message comes in" of the number as docs/channels.md shows.',
  }
}
