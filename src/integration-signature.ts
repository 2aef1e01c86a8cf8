/**
 * Signatures of inbound messages: an HMAC over bytes as they came, compared in constant time, and the age of what was
 * signed. Every door that can verify uses these; what it finds wrong it answers as `distrusted`.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { toInstant } from './core/alert/time-text.ts'
import { type Instant, MINUTE_MS } from './core/time.ts'

export interface SignedMessage {
  readonly algorithm: 'sha256' | 'sha1'
  /** As the vendor shows it: its bytes as UTF-8. */
  readonly secret: string
  /** What was signed, in order and without anything between; never parsed and written again. */
  readonly signed: Uint8Array | readonly (Uint8Array | string)[]
  /** The header's text, without a prefix such as `sha256=`. */
  readonly given: string
  readonly encoding: 'hex' | 'base64'
}

const BYTES_OF = { sha256: 32, sha1: 20 } as const
const HEX = /^[0-9a-f]+$/i
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Never throws; hex counts in either case, base64 with its padding. False for an empty secret: anybody could sign with it. */
export function verifyHmac({ algorithm, secret, signed, given, encoding }: SignedMessage): boolean {
  if (secret === '') return false
  const bytes = decode(given, encoding, BYTES_OF[algorithm])
  if (bytes === null) return false
  const mac = createHmac(algorithm, secret)
  for (const part of signed instanceof Uint8Array ? [signed] : signed) mac.update(part)
  return timingSafeEqual(mac.digest(), bytes)
}

/** `Buffer.from` forgives strange characters and odd lengths; a signature has one length and one alphabet. */
function decode(given: string, encoding: 'hex' | 'base64', bytesWanted: number): Buffer | null {
  const chars = encoding === 'hex' ? bytesWanted * 2 : Math.ceil(bytesWanted / 3) * 4
  if (given.length !== chars || !(encoding === 'hex' ? HEX : BASE64).test(given)) return null
  const bytes = Buffer.from(given, encoding)
  return bytes.length === bytesWanted ? bytes : null
}

/** Room for clocks that differ and for a sender's own repeats, as Slack, Stripe and Zendesk advise. */
export const SIGNATURE_TOLERANCE_MS = 5 * MINUTE_MS

/**
 * True when the signed time is within the tolerance of the message's arrival, before or after it. A time that is missing
 * or cannot be read is not fresh.
 */
export function isFresh(signedAt: Instant | null, receivedAt: Instant, toleranceMs: number = SIGNATURE_TOLERANCE_MS): boolean {
  return signedAt !== null && Math.abs(receivedAt - signedAt) <= toleranceMs
}

const EPOCH_SECONDS = /^\d{1,10}(?:\.\d{1,9})?$/
const EPOCH_MILLISECONDS = /^\d{13}$/

/** The time of a header: seconds or milliseconds since 1970, or RFC 3339. @returns null for anything else */
export function toSignedAt(text: string | undefined): Instant | null {
  const given = text?.trim() ?? ''
  if (EPOCH_MILLISECONDS.test(given)) return Number(given)
  return EPOCH_SECONDS.test(given) ? Math.floor(Number(given) * 1_000) : toInstant(given)
}
