/**
 * Certificates from an ACME authority (RFC 8555; Let's Encrypt unless told otherwise) by HTTP-01. Ordering runs beside
 * the server and never stops it: while there is no certificate the listener refuses handshakes and doctor says why.
 */
import * as acme from 'acme-client'
import type { Logger } from 'pino'
import { certificateExpiryTimestampSeconds } from '../metrics/metrics.ts'
import { type ChallengeServer, startChallengeServer } from './acme-challenge.ts'
import { type AcmeFiles, openAcmeFiles } from './acme-files.ts'
import type { Certificate } from './tls.ts'
import { type CertificateSource, withoutSecrets } from './tls-source.ts'

export interface AcmeSettings {
  /** Where account key, certificates and their keys are kept, mode 0700. */
  readonly folder: string
  /** The one name on the certificate: the host of TOCSIN_URL. */
  readonly domain: string
  /** Told to the authority; setting it agrees to the authority's terms. */
  readonly email: string
  /** The authority's directory, https. */
  readonly directoryUrl: string
  /** HTTP-01 is answered here; the authority always asks port 80 of the domain, so a proxy or forward may lead here. */
  readonly challenge: { readonly host: string; readonly port: number }
  /** Other requests to that port are sent here. */
  readonly redirectTo: string
}

const CHECK_EVERY_MS = 12 * 60 * 60_000
/** Five failed validations an hour and name are allowed: https://letsencrypt.org/docs/rate-limits/ (read 2026-11-24). */
const RETRY_FIRST_MS = 15 * 60_000
const RETRY_LAST_MS = 6 * 60 * 60_000
const REQUEST_TIMEOUT_MS = 30_000
acme.axios.defaults.timeout = REQUEST_TIMEOUT_MS

/**
 * Serves the stored certificate at once where there is a sound one, orders or renews in the background.
 * @throws when the folder cannot be written or the challenge port cannot be had; the message names the variable.
 */
export async function certificateFromAcme(
  settings: AcmeSettings,
  log: Logger,
  onChange: (certificate: Certificate) => void,
): Promise<CertificateSource> {
  const files = await openAcmeFiles(settings.folder, settings.domain)
  const challenges = await startChallengeServer(settings.challenge, settings.redirectTo)
  let current = await files.loadCertificate()
  let fault: string | null = null
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let stopped = false
  certificateExpiryTimestampSeconds.set((current?.notAfter ?? 0) / 1000)

  const order = async () => {
    try {
      current = await orderCertificate(settings, files, challenges)
      certificateExpiryTimestampSeconds.set(current.notAfter / 1000)
      fault = null
      failures = 0
      onChange(current)
      log.info({ names: current.names, until: new Date(current.notAfter) }, 'serving a new certificate of the ACME authority')
    } catch (error) {
      failures += 1
      fault = `no certificate for ${settings.domain} from ${new URL(settings.directoryUrl).host}: ${messageOf(error)}`
      log.error({ reason: fault, failures }, 'the ACME authority gave no certificate; trying again later')
    }
  }
  const look = async () => {
    clearTimeout(timer)
    if (current === null || isDue(current, Date.now()) || !current.covers(settings.domain)) await order()
    if (!stopped) timer = setTimeout(() => void lookOnce(), waitMs(failures)).unref()
  }
  const lookOnce = async () => {
    running ??= look().finally(() => {
      running = null
    })
    await running
  }
  void lookOnce()
  return {
    current: () => current,
    status: () => ({ origin: 'acme', certificate: current && withoutSecrets(current), fault }),
    reload: lookOnce,
    stop: () => {
      stopped = true
      clearTimeout(timer)
      challenges.stop()
    },
  }
}

/** Due when less than a third of its life is left, whatever the length of that life. */
export function isDue(certificate: Pick<Certificate, 'notBefore' | 'notAfter'>, now: number): boolean {
  return certificate.notAfter - now < (certificate.notAfter - certificate.notBefore) / 3
}

/** Until the next look: 12 h when all is well, else 15 min doubling to 6 h. */
export function waitMs(failures: number): number {
  return failures === 0 ? CHECK_EVERY_MS : Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_LAST_MS)
}

/** The library retries for 75 s and then loses the reason: asked once before, so that doctor can tell what is wrong. */
async function reachDirectory(directoryUrl: string): Promise<void> {
  const reply = await fetch(directoryUrl, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })
  await reply.body?.cancel()
  if (!reply.ok) throw new Error(`its directory answers ${reply.status}`)
}

async function orderCertificate(settings: AcmeSettings, files: AcmeFiles, challenges: ChallengeServer): Promise<Certificate> {
  await reachDirectory(settings.directoryUrl)
  const accountKey = await files.accountKey(() => acme.crypto.createPrivateEcdsaKey())
  const client = new acme.Client({ directoryUrl: settings.directoryUrl, accountKey })
  const [key, csr] = await acme.crypto.createCsr({ altNames: [settings.domain] }, await acme.crypto.createPrivateEcdsaKey())
  const cert = await client.auto({
    csr,
    email: settings.email,
    termsOfServiceAgreed: true,
    challengePriority: ['http-01'],
    // The name often leads back to this machine only from outside, so the library's own check would say no.
    skipChallengeVerification: true,
    challengeCreateFn: async (_authorization, challenge, answer) => challenges.put(challenge.token, answer),
    challengeRemoveFn: async (_authorization, challenge) => challenges.remove(challenge.token),
  })
  return files.storeCertificate(cert, key.toString())
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // fetch says "fetch failed" and keeps what happened in the cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
