/** Vendors that carry pages to people: which channel goes by which of them, and what a connection must tell of each. Pure. */
import type { CARRIER_KINDS } from './schema.ts'

export type CarrierKind = (typeof CARRIER_KINDS)[number]
/** What a person's own address on a channel is called in `oncall.yaml`. */
export type ContactKind = 'phone' | 'ntfy' | 'pushover'

export interface CarriedChannel {
  readonly carrier: CarrierKind
  readonly contact: ContactKind
  /** Settings of which its connection has at least one; empty: none is needed. */
  readonly needs: readonly string[]
}

/** By the kind of a channel: the part of its id before a colon. */
export const CARRIED_CHANNELS: Readonly<Record<string, CarriedChannel>> = {
  ntfy: { carrier: 'ntfy', contact: 'ntfy', needs: [] },
  pushover: { carrier: 'pushover', contact: 'pushover', needs: [] },
  sms: { carrier: 'twilio', contact: 'phone', needs: ['from', 'messaging_service_sid'] },
  voice: { carrier: 'twilio', contact: 'phone', needs: ['voice_from'] },
}

/** `sms:eu` is by the connection "eu"; `sms` by the first of its kind. Undefined: no vendor carries such a channel. */
export function readCarried(channel: string): (CarriedChannel & { readonly connection: string | null }) | undefined {
  const at = channel.indexOf(':')
  const kind = at === -1 ? channel : channel.slice(0, at)
  const carried = Object.hasOwn(CARRIED_CHANNELS, kind) ? CARRIED_CHANNELS[kind] : undefined
  return carried === undefined ? undefined : { ...carried, connection: at === -1 ? null : channel.slice(at + 1) }
}

type Settings = Readonly<Record<string, string>>

/** A connection, as a file has it or with its secrets resolved. */
export interface Carrying {
  readonly name: string
  readonly kind: string
  readonly settings?: Settings
  readonly carrier?: { readonly settings: Settings }
}

/** True where that connection can carry channels of that kind. */
export function servesChannel(kind: string, connection: Carrying): boolean {
  const carried = readCarried(kind)
  if (carried === undefined || carried.carrier !== connection.kind) return false
  const settings = connection.settings ?? connection.carrier?.settings ?? {}
  return carried.needs.length === 0 || carried.needs.some((setting) => settings[setting] !== undefined)
}

/** The connection that a channel goes by; undefined where there is none. */
export function findCarrier<Entry extends Carrying>(channel: string, connections: readonly Entry[]): Entry | undefined {
  const carried = readCarried(channel)
  if (carried === undefined) return undefined
  const own = connections.filter((connection) => servesChannel(channel.split(':', 1)[0] ?? '', connection))
  return carried.connection === null ? own[0] : own.find((connection) => connection.name === carried.connection)
}

const CONTACT_FORMS: Readonly<Record<ContactKind, { readonly form: RegExp; readonly fix: string }>> = {
  phone: { form: /^\+[1-9]\d{6,14}$/, fix: 'Write it with "+" and the code of the country, such as "+49 151 23456789".' },
  // https://docs.ntfy.sh/publish/ (read 2026-11-24): a topic is at most 64 letters, digits, "_" and "-".
  ntfy: { form: /^[A-Za-z0-9_-]{1,64}$/, fix: 'A topic is at most 64 letters, digits, "_" and "-".' },
  // https://pushover.net/api#identifiers (read 2026-11-24): 30 characters, A-Z, a-z and 0-9.
  pushover: { form: /^[A-Za-z0-9]{30}$/, fix: 'A user key is 30 letters and digits; the Pushover app shows it.' },
}

/** As vendors take it: a phone number without what only helps to read it. */
export function readContact(kind: ContactKind, written: string): { readonly ok: boolean; readonly contact: string; readonly fix: string } {
  const contact = kind === 'phone' ? written.replaceAll(/[\s().\u2010-\u2015/-]/gu, '') : written
  const { form, fix } = CONTACT_FORMS[kind]
  return { ok: form.test(contact), contact, fix }
}
