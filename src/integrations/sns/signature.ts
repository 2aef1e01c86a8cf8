/**
 * Whether a message is what SNS signed: its certificate is the signer's and valid, the signature fits every field, and it
 * is not old. Version 1 is RSA with SHA-1, version 2 with SHA-256.
 * Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html; names in certificates as AWS's
 * own validator for Java expects them (aws/aws-sdk-java-v2, sns-message-manager; read 2026-11-24).
 */
import { verify, X509Certificate } from 'node:crypto'
import { toInstant } from '../../core/alert/time-text.ts'
import { type Instant, MINUTE_MS } from '../../core/time.ts'
import { type Envelope, signedText } from './envelope.ts'

/** SNS gives up after an hour; what comes later was sent again by somebody else. */
export const AGE_MS_MAX = 65 * MINUTE_MS
/** Clocks differ. */
export const AHEAD_MS_MAX = 5 * MINUTE_MS

const DIGESTS: ReadonlyMap<string, string> = new Map([
  ['1', 'RSA-SHA1'],
  ['2', 'RSA-SHA256'],
])
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/
const KEY_BITS_MIN = 2_048

/** @returns null for a good one, else what is wrong with it, in words for people */
export function findFault(envelope: Envelope, pem: string, receivedAt: Instant): string | null {
  const certificate = parseCertificate(pem)
  if (certificate === null) return 'its certificate cannot be read'
  return (
    faultOfCertificate(certificate, new URL(envelope.certificateUrl).hostname, receivedAt) ??
    faultOfSignature(envelope, certificate) ??
    faultOfTime(envelope.timestamp, receivedAt)
  )
}

export function parseCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

/** @param host that served it: a regional certificate may sign for its own region alone */
export function faultOfCertificate(certificate: X509Certificate, host: string, at: Instant): string | null {
  if (certificate.ca) return 'its certificate is an authority, which signs no messages'
  if (at < certificate.validFromDate.getTime()) return 'its certificate is not valid yet'
  if (at > certificate.validToDate.getTime()) return 'its certificate has expired'
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
  if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < KEY_BITS_MIN) return 'its certificate has a weak key'
  return signersOf(host).some((name) => certificate.checkHost(name, { subject: 'default', wildcards: false }) !== undefined)
    ? null
    : 'its certificate is not of SNS'
}

/** `sns.<region>.amazonaws.com[.cn]` and the other names under which that region's messages are signed. */
function signersOf(host: string): string[] {
  const [, region = '', suffix = ''] = /^sns\.([a-z0-9-]+)\.(amazonaws\.com(?:\.cn)?)$/.exec(host) ?? []
  const places = region.startsWith('us-gov-') ? [region, 'us-gov-west-1'] : [region]
  return ['sns.amazonaws.com', host, `sns-signing.${region}.${suffix}`, ...places.map((place) => `sns-${place}.${suffix}`)]
}

/** RSA's check takes the same time whatever is wrong with the signature; a wrong length is refused before. */
function faultOfSignature(envelope: Envelope, certificate: X509Certificate): string | null {
  const digest = DIGESTS.get(envelope.signatureVersion)
  if (digest === undefined) return `its signature version is not 1 or 2`
  if (!BASE64.test(envelope.signature)) return 'its signature is missing or not base64'
  const signature = Buffer.from(envelope.signature, 'base64')
  const { publicKey } = certificate
  if (signature.length * 8 !== publicKey.asymmetricKeyDetails?.modulusLength) return 'its signature has the wrong length'
  return verify(digest, Buffer.from(signedText(envelope)), publicKey, signature) ? null : 'its signature does not fit'
}

function faultOfTime(timestamp: string, receivedAt: Instant): string | null {
  const at = toInstant(timestamp)
  if (at === null) return 'its time stamp cannot be read'
  if (receivedAt - at > AGE_MS_MAX) return 'its time stamp is older than SNS ever repeats a message'
  return at - receivedAt > AHEAD_MS_MAX ? 'its time stamp is in the future' : null
}
