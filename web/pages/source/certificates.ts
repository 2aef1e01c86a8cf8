/** How a certificate stands at an instant, and whose it is. */
import type { SignerCertificate } from '../../../src/api/schema.ts'

export type Standing = 'missing' | 'good' | 'ends-soon' | 'expired' | 'not-yet'

const SOON_MS = 14 * 86_400_000

export function standingOf({ certificate }: Pick<SignerCertificate, 'certificate'>, now: number): Standing {
  if (certificate === null) return 'missing'
  if (now < Date.parse(certificate.valid_from)) return 'not-yet'
  const left = Date.parse(certificate.valid_until) - now
  return left <= 0 ? 'expired' : left <= SOON_MS ? 'ends-soon' : 'good'
}

/** The common name of a distinguished name, one attribute a line or separated by commas; without one, all of it. */
export function holderOf(name: string): string {
  return /(?:^|[\n, ])CN=([^\n,]+)/.exec(name)?.[1]?.trim() ?? name
}

/** What becomes of messages that cannot be checked yet. */
export function withheldWords(signedOnly: boolean): string {
  return signedOnly
    ? 'until then nothing of them is believed, alarms neither, for this source takes signed messages alone'
    : 'alarms among them paged at once, ends and confirmations are withheld'
}

/** What was pasted or read from a file, told before it is sent; undefined: it may be one. */
export function faultOfPem(text: string): string | undefined {
  if (text.trim() === '') return undefined
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return 'This holds a private key: never give one away. The certificate alone is needed.'
  return text.includes('-----BEGIN CERTIFICATE-----') ? undefined : 'A certificate in PEM begins with -----BEGIN CERTIFICATE-----.'
}
