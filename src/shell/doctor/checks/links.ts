/** Do the links in pages lead here, from where people are? A phone cannot reach 127.0.0.1. */
import { isIP } from 'node:net'
import type { DoctorCheck } from '../../../api/doctor.ts'
import type { TlsStatus } from '../../http/tls-source.ts'
import { type Examination, fail, ok, warn, words } from '../check.ts'

const TIMEOUT_MS = 5_000
const SOON_MS = 7 * 86_400_000

export async function checkLinks({ ports, parts, wallClock }: Examination): Promise<readonly DoctorCheck[]> {
  const url = new URL(ports.config.url)
  const reach = await checkReach(ports.config.url)
  return [checkAddress(url, ports.config.urlIsSet), reach, ...checkCertificate(url, parts.tls(), wallClock())]
}

const ADDRESS = 'Links in pages'

function checkAddress(url: URL, isSet: boolean): DoctorCheck {
  if (isLoopback(url.hostname)) {
    return fail('links', ADDRESS, {
      found: `they lead to ${url.origin}, which every phone takes for itself${isSet ? '' : ' (TOCSIN_URL is not set)'}`,
      meaning: 'whoever is paged cannot open the page to acknowledge it, unless they sit at this machine',
      remedy: 'give Tocsin an address that phones reach and set TOCSIN_URL to it; docs/reach.md shows a proxy, TLS and the public listener',
    })
  }
  if (url.protocol !== 'https:') {
    return fail('links', ADDRESS, {
      found: `they lead to ${url.origin}, without encryption`,
      meaning: 'anybody on the way can read the page and press acknowledge; browsers do not keep the sign-in',
      remedy: 'put TLS in front or switch on the built-in one, then set TOCSIN_URL to the https address (docs/reach.md)',
    })
  }
  return ok('links', ADDRESS, `they lead to ${url.origin}`)
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/gu, '')
  if (isIP(host) === 4) return host.startsWith('127.') || host === '0.0.0.0'
  return host === '::1' || host === '::' || host === 'localhost' || host.endsWith('.localhost')
}

const REACH = 'TOCSIN_URL answers'

async function checkReach(base: string): Promise<DoctorCheck> {
  const trouble = (found: string) =>
    fail('url', REACH, {
      found: `${base}/healthz ${found}`,
      meaning: 'links in pages may lead nowhere or to something else; phones on other networks see what this server sees, or less',
      remedy:
        'check name, port forward, proxy and certificate; where only this machine cannot reach the address, open it on a phone instead',
    })
  try {
    const reply = await fetch(`${base}/healthz`, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const body = await readStart(reply)
    if (reply.status >= 300 && reply.status < 400) return trouble(`redirects to ${safeOrigin(reply.headers.get('location'))}`)
    if (!reply.ok) return trouble(`answers ${reply.status}`)
    if (!/^\{"ok":true\}$/u.test(body.trim())) return trouble('is answered by something that is not Tocsin')
    return ok('url', REACH, `${base}/healthz answers from here`)
  } catch (error) {
    return trouble(`cannot be reached from here: ${reasonOf(error)}`)
  }
}

/** The first piece is enough to recognise ourselves; whatever else answers may be endless. */
async function readStart(reply: Response): Promise<string> {
  const reader = reply.body?.getReader()
  const first = await reader?.read()
  await reader?.cancel()
  return Buffer.from(first?.value ?? [])
    .subarray(0, 1_024)
    .toString('utf8')
}

function safeOrigin(location: string | null): string {
  return location !== null && URL.canParse(location) ? new URL(location).origin : 'another path'
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason'
  if (error.name === 'TimeoutError') return `no answer in ${words(TIMEOUT_MS)}`
  const cause = error.cause instanceof Error && 'code' in error.cause ? String(error.cause.code) : error.message
  return cause
}

const CERTIFICATE = 'Certificate'

function checkCertificate(url: URL, tls: TlsStatus | null, now: number): readonly DoctorCheck[] {
  if (tls === null) return []
  const remedy =
    tls.origin === 'acme'
      ? 'the authority must reach port 80 of the name and find TOCSIN_ACME_PORT there; docs/reach.md, "ACME"'
      : 'put a new pair in the files that TOCSIN_TLS_CERT and TOCSIN_TLS_KEY name; they are read again by themselves'
  const { certificate, fault } = tls
  if (certificate === null) {
    const meaning = 'nobody can open a link: the listener has no certificate to show'
    return [fail('certificate', CERTIFICATE, { found: fault ?? 'the first one has been ordered and is not here yet', meaning, remedy })]
  }
  const left = certificate.notAfter - now
  if (left <= 0) {
    const found = `it ended ${words(-left)} ago${fault === null ? '' : `; ${fault}`}`
    return [fail('certificate', CERTIFICATE, { found, meaning: 'browsers and senders of alarms refuse the connection', remedy })]
  }
  if (!certificate.covers(url.hostname.replace(/^\[|\]$/gu, ''))) {
    const found = `it is for ${certificate.names.join(', ')}, and TOCSIN_URL says ${url.hostname}`
    return [fail('certificate', CERTIFICATE, { found, meaning: 'browsers warn before they show the page to acknowledge', remedy })]
  }
  if (fault !== null || left < SOON_MS) {
    const found = `it ends in ${words(left)}${fault === null ? '' : `; ${fault}`}`
    return [warn('certificate', CERTIFICATE, { found, meaning: 'links work until then', remedy })]
  }
  return [ok('certificate', CERTIFICATE, `for ${certificate.names.join(', ')}, ends in ${words(left)}`)]
}
