/**
 * Certificates of signers by the address that a message names: from memory, else from the database, else fetched, once for
 * all who wait, and not longer than a sender would. The door has checked that the address is one of its vendor; a message
 * alone never makes us go anywhere else.
 */
import type { Instant } from '../../core/time.ts'
import type { SignerCertificate } from '../../integration.ts'
import type { Ports } from '../ports.ts'
import { checkChain, DEFAULT_ROOTS, parseCertificates } from './confirm-chain.ts'
import { makeOutbound, type Outbound } from './confirm-outbound.ts'
import { findCertificate, putCertificate } from './certificate-store.ts'

export interface Certificates {
  /** Within `WAIT_MS_MAX`; never throws. */
  readonly find: (url: string) => Promise<SignerCertificate>
  /** Forgets what is remembered of it, after an owner gave one. */
  readonly forget: (url: string) => void
  readonly outbound: Outbound
}

/** What goes beyond the process, and a test replaces: the way out and the authorities. */
export interface CertificateParts {
  readonly outbound: Outbound
  readonly roots: readonly string[]
}

/** SNS waits 15 s for an answer; the message itself must still be committed in it. */
export const WAIT_MS_MAX = 3_000
const FETCH_BOUNDS = { timeoutMs: 5_000, bytesMax: 65_536 }
/** Whoever has a key can name any number of addresses. */
const REMEMBERED_MAX = 256
const FETCHES_MAX = 8
/** A host that did not answer is not asked again for each message of a storm. */
const UNKNOWN_MS = 15_000
/** A vendor that says "there is none" may have put it there since. */
const ABSENT_MS = 120_000
const KNOWN_MS = 3_600_000

interface Remembered {
  readonly certificate: SignerCertificate
  readonly untilMs: number
}

export function openCertificates(ports: Ports, changed: Partial<CertificateParts> = {}): Certificates {
  const parts = { outbound: changed.outbound ?? makeOutbound(), roots: changed.roots ?? DEFAULT_ROOTS }
  const remembered = new Map<string, Remembered>()
  const running = new Map<string, Promise<SignerCertificate>>()

  const remember = (url: string, certificate: SignerCertificate) => {
    remembered.delete(url)
    const [oldest] = remembered.keys()
    if (remembered.size >= REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest)
    const forMs = certificate.kind === 'known' ? KNOWN_MS : certificate.kind === 'absent' ? ABSENT_MS : UNKNOWN_MS
    remembered.set(url, { certificate, untilMs: performance.now() + forMs })
  }
  const look = async (url: string): Promise<SignerCertificate> => {
    try {
      const { kept, now } = await ports.database.inTransaction('main', async (tx) => ({
        kept: await findCertificate(tx, url),
        now: tx.now,
      }))
      if (kept !== undefined) return { kind: 'known', pem: kept.pem }
      const fetched = await fetchCertificate(url, now, parts)
      if (fetched.kind === 'known')
        await ports.database.inTransaction('main', (tx) => putCertificate(tx, { url, pem: fetched.pem, origin: 'fetched' }))
      else ports.log.warn({ certificate: url, reason: fetched.reason }, 'the certificate of a signer could not be had')
      return fetched
    } catch (error) {
      ports.log.warn({ err: error, certificate: url }, 'the certificate of a signer could not be looked for')
      return { kind: 'unknown', reason: 'the certificate could not be looked for' }
    }
  }
  const start = (url: string): Promise<SignerCertificate> => {
    const work = look(url)
      .then((certificate) => {
        remember(url, certificate)
        return certificate
      })
      .finally(() => running.delete(url))
    running.set(url, work)
    return work
  }
  return {
    outbound: parts.outbound,
    forget: (url) => remembered.delete(url),
    find: async (url) => {
      const known = remembered.get(url)
      if (known !== undefined && known.untilMs > performance.now()) return known.certificate
      const work = running.get(url) ?? (running.size < FETCHES_MAX ? start(url) : null)
      return work === null ? BUSY : within(WAIT_MS_MAX, work)
    },
  }
}

const BUSY: SignerCertificate = { kind: 'unknown', reason: 'too many certificates are being fetched' }
const LATE: SignerCertificate = { kind: 'unknown', reason: 'the certificate could not be had in time' }

/** The work goes on: the next message finds what it brought. */
async function within(limitMs: number, work: Promise<SignerCertificate>): Promise<SignerCertificate> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<SignerCertificate>((resolve) => {
    timer = setTimeout(() => resolve(LATE), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

type Fetched = Exclude<SignerCertificate, { kind: 'checked' }>

async function fetchCertificate(url: string, at: Instant, { outbound, roots }: CertificateParts): Promise<Fetched> {
  const reply = await outbound.get(url, FETCH_BOUNDS)
  if (reply.kind === 'failed') return { kind: 'unknown', reason: `the certificate could not be fetched: ${reply.reason}` }
  if (reply.status !== 200) {
    const mayCome = reply.status === 408 || reply.status === 429 || reply.status >= 500 || reply.status < 400
    return mayCome
      ? { kind: 'unknown', reason: `the certificate could not be fetched: status ${reply.status}` }
      : { kind: 'absent', reason: 'there is no such certificate at the address that it names' }
  }
  const certificates = parseCertificates(reply.body.toString('latin1'))
  if (certificates === null) return { kind: 'unknown', reason: 'what was fetched is no certificate' }
  const [leaf, ...others] = certificates
  const chain = await checkChain(leaf, others, { outbound, roots, at })
  if (chain.kind === 'trusted') return { kind: 'known', pem: leaf.toString() }
  return chain.kind === 'unknown' ? chain : { kind: 'absent', reason: chain.reason }
}
