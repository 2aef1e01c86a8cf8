/**
 * Twilio on loopback: checks credentials and forms as its published description has them, keeps messages and calls, lists them, and
 * signs what it calls back with.
 */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { CarrierConnection } from '../../src/integration.ts'
import { type Asked, carrier, fakeVendor, type FakeVendor, type Told } from './carrier-fake.ts'

export const ACCOUNT = `AC${'0a'.repeat(16)}`
export const AUTH_TOKEN = 'auth-token-of-the-account'
export const SENDER = '+15005550006'

interface Rules {
  readonly required: readonly string[]
  readonly conditional: readonly (readonly string[])[]
  readonly properties: Readonly<
    Record<
      string,
      {
        readonly type: string
        readonly pattern?: string
        readonly maxLength?: number
        readonly minimum?: number
        readonly maximum?: number
        readonly format?: string
        readonly enum?: readonly string[]
      }
    >
  >
}
const rulesOf = (name: string): Rules =>
  JSON.parse(readFileSync(new URL(`../../src/integrations/twilio/fixtures/${name}.json`, import.meta.url), 'utf8')) as Rules

export interface TwilioMessage {
  readonly sid: string
  readonly form: URLSearchParams
  status: string
}
export interface FakeTwilio {
  readonly vendor: FakeVendor
  readonly messages: TwilioMessage[]
  readonly calls: TwilioMessage[]
  readonly connection: (over?: Partial<CarrierConnection>) => CarrierConnection
  /** Instead of the usual answer to the next POST: the message is made all the same where `made` says so. */
  next: { readonly told: Told; readonly made?: boolean } | null
  /** The list cannot be read. */
  listAway: boolean
}

export function signTwilio(url: string, form: URLSearchParams, authToken: string = AUTH_TOKEN): string {
  const data = [...form.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .reduce((text, [name, value]) => text + name + value, url)
  return createHmac('sha1', authToken).update(data).digest('base64')
}

const refuse = (status: number, code: number, message: string): Told => ({ status, body: { code, message, status, more_info: '' } })

export async function fakeTwilio(password: string = AUTH_TOKEN, user: string = ACCOUNT): Promise<FakeTwilio> {
  const fake: Omit<FakeTwilio, 'vendor'> = {
    messages: [],
    calls: [],
    next: null,
    listAway: false,
    connection: (over = {}) =>
      carrier({
        kind: 'twilio',
        name: 'phone',
        url: vendor.url,
        secret: password,
        callbackSecret: AUTH_TOKEN,
        settings: { account_sid: ACCOUNT, from: SENDER },
        ...over,
      }),
  }
  const made = (kind: 'SM' | 'CA', form: URLSearchParams): TwilioMessage => {
    const list = kind === 'SM' ? fake.messages : fake.calls
    const one = { sid: `${kind}${String(list.length + 1).padStart(32, '0')}`, form, status: 'queued' }
    list.unshift(one)
    return one
  }
  const take = (kind: 'SM' | 'CA', rules: Rules, asked: Asked): Told => {
    const form = new URLSearchParams(asked.body)
    const fault = faultOf(form, rules)
    if (fault !== null) return refuse(400, 21_604, fault)
    const { next } = whole
    whole.next = null
    if (next !== null) {
      if (next.made === true) made(kind, form)
      return next.told
    }
    const { sid, status } = made(kind, form)
    return { status: 201, body: { sid, status, error_code: null, to: form.get('To') } }
  }
  const vendor = await fakeVendor((asked) => {
    const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
    if (asked.headers.authorization !== basic) return refuse(401, 20_003, 'Authenticate')
    const [path = '', query = ''] = asked.path.split('?')
    const base = `/2010-04-01/Accounts/${ACCOUNT}`
    if (asked.method === 'POST' && asked.headers['content-type'] !== 'application/x-www-form-urlencoded') return refuse(415, 0, 'form')
    if (asked.method === 'POST' && path === `${base}/Messages.json`) return take('SM', rulesOf('create-message'), asked)
    if (asked.method === 'POST' && path === `${base}/Calls.json`) return take('CA', rulesOf('create-call'), asked)
    if (path === `${base}.json`) return { status: 200, body: { sid: ACCOUNT, status: 'active' } }
    if (path === `${base}/Messages.json`) {
      if (whole.listAway) return { status: 500 }
      const to = new URLSearchParams(query).get('To')
      const listed = whole.messages.filter(({ form }) => form.get('To') === to)
      return { status: 200, body: { messages: listed.map(({ sid, form, status }) => ({ sid, status, to, body: form.get('Body') })) } }
    }
    if (path === `${base}/IncomingPhoneNumbers.json`) {
      const own = new URLSearchParams(query).get('PhoneNumber') === SENDER
      const number = { capabilities: { sms: true, voice: true }, sms_url: 'https://tocsin.test/callbacks/phone/message' }
      return { status: 200, body: { incoming_phone_numbers: own ? [number] : [] } }
    }
    return refuse(404, 20_404, 'not found')
  })
  const whole: FakeTwilio = Object.assign(fake, { vendor })
  return whole
}

/** What Twilio's own description of the API does not let through; null when it does. */
export function faultOf(form: URLSearchParams, rules: Rules): string | null {
  for (const name of rules.required) if (!form.has(name)) return `${name} is missing`
  for (const oneOf of rules.conditional) if (!oneOf.some((name) => form.has(name))) return `one of ${oneOf.join(', ')} is missing`
  for (const [name, value] of form) {
    const rule = rules.properties[name]
    if (rule === undefined) return `${name} is no parameter`
    if (rule.pattern !== undefined && !new RegExp(rule.pattern, 'u').test(value)) return `${name} is not of its form`
    if (rule.maxLength !== undefined && value.length > rule.maxLength) return `${name} is too long`
    if (rule.enum !== undefined && !rule.enum.includes(value)) return `${name} is none of its values`
    if (rule.format === 'uri' && !URL.canParse(value)) return `${name} is no address`
    if (
      rule.type === 'integer' &&
      !(/^\d+$/u.test(value) && Number(value) >= (rule.minimum ?? 0) && Number(value) <= (rule.maximum ?? Infinity))
    )
      return `${name} is out of its bounds`
  }
  return null
}
