/**
 * Whether a signer's certificate leads to an authority that is trusted. SNS serves the leaf alone, so what stands between
 * is fetched from where the certificate itself says its issuer is, at the authorities that AWS uses and nowhere else: it is
 * believed for its own issuer's signature, not for where it came from.
 * Source: certificates of SNS and their "CA Issuers" (crt.r2m01.amazontrust.com and the like), RFC 5280 section 4.2.2.1.
 */
import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import type { Instant } from '../../core/time.ts'
import type { Outbound } from './confirm-outbound.ts'

export type Chain =
  | { readonly kind: 'trusted' }
  /** It leads nowhere, or somebody in it may not issue. */
  | { readonly kind: 'untrusted'; readonly reason: string }
  /** What stands between could not be had now. */
  | { readonly kind: 'unknown'; readonly reason: string }

export interface ChainParts {
  readonly outbound: Outbound
  /** In PEM, each on its own. */
  readonly roots: readonly string[]
  readonly at: Instant
}

const LINKS_MAX = 4
const ISSUER_BOUNDS = { timeoutMs: 2_000, bytesMax: 65_536 }
const ISSUER_HOST = /^(?:[a-z0-9-]+\.)+(?:amazontrust\.com|digicert\.com|digicert\.cn)$/
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,16384}-----END CERTIFICATE-----/g
const CERTIFICATES_MAX = 8

/** The certificates of a text, in order; null when one of them cannot be read, or there is none. */
export function parseCertificates(text: string): [X509Certificate, ...X509Certificate[]] | null {
  const blocks = text.match(PEM_BLOCK)?.slice(0, CERTIFICATES_MAX) ?? []
  try {
    const [first, ...others] = blocks.map((block) => new X509Certificate(block))
    return first === undefined ? null : [first, ...others]
  } catch {
    return null
  }
}

/** @param leaf whose issuer is looked for; @param others that came with it */
export async function checkChain(leaf: X509Certificate, others: readonly X509Certificate[], parts: ChainParts): Promise<Chain> {
  let current = leaf
  for (let link = 0; link < LINKS_MAX; link += 1) {
    if (hasRoot(current, parts.roots)) return { kind: 'trusted' }
    const found = others.find((candidate) => isIssuedBy(current, candidate)) ?? (await fetchIssuer(current, parts))
    if (!(found instanceof X509Certificate)) return found
    if (!found.ca) return { kind: 'untrusted', reason: 'its certificate was issued by one that is no authority' }
    if (parts.at < found.validFromDate.getTime() || parts.at > found.validToDate.getTime())
      return { kind: 'untrusted', reason: 'an authority of its certificate has expired' }
    current = found
  }
  return { kind: 'untrusted', reason: 'its certificate leads to no authority that is trusted' }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

const bySubject = new WeakMap<readonly string[], Map<string, X509Certificate[]>>()

function hasRoot(certificate: X509Certificate, roots: readonly string[]): boolean {
  let known = bySubject.get(roots)
  if (known === undefined) {
    known = Map.groupBy(
      roots.map((pem) => new X509Certificate(pem)),
      (root) => root.subject,
    )
    bySubject.set(roots, known)
  }
  return known.get(certificate.issuer)?.some((root) => isIssuedBy(certificate, root)) ?? false
}

async function fetchIssuer(
  certificate: X509Certificate,
  { outbound }: ChainParts,
): Promise<X509Certificate | Exclude<Chain, { kind: 'trusted' }>> {
  const address = /^CA Issuers - URI:(\S{1,512})$/m.exec(certificate.infoAccess ?? '')?.[1] ?? ''
  if (!URL.canParse(address) || !ISSUER_HOST.test(new URL(address).hostname) || new URL(address).port !== '')
    return { kind: 'untrusted', reason: 'its certificate was issued by an authority that is not trusted' }
  const reply = await outbound.get(address, ISSUER_BOUNDS)
  if (reply.kind === 'failed' || reply.status !== 200)
    return { kind: 'unknown', reason: 'the issuer of its certificate could not be fetched' }
  try {
    const issuer = new X509Certificate(reply.body)
    return isIssuedBy(certificate, issuer) ? issuer : { kind: 'untrusted', reason: 'the issuer of its certificate did not sign it' }
  } catch {
    return { kind: 'unknown', reason: 'the issuer of its certificate could not be read' }
  }
}

/** The authorities that Node comes with. */
export const DEFAULT_ROOTS: readonly string[] = rootCertificates
