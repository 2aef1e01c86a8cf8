/** Where the listeners' certificate comes from, and how it is replaced while they run: files that change, or ACME. */
import type { Logger } from 'pino'
import { certificateExpiryTimestampSeconds } from '../metrics/metrics.ts'
import { ListenerError } from './listeners-error.ts'
import { type Certificate, type CertificateFiles, type CertificateReading, readCertificate } from './tls.ts'

/** What doctor is told. */
export interface TlsStatus {
  readonly origin: 'files' | 'acme'
  /** The certificate being served; null while there is none yet (first order at the authority). */
  readonly certificate: Omit<Certificate, 'cert' | 'key'> | null
  /** Why the newest attempt to read or order one failed; null when it did not. */
  readonly fault: string | null
}

export interface CertificateSource {
  readonly current: () => Certificate | null
  readonly status: () => TlsStatus
  /** Looks again now (SIGHUP). Never throws. */
  readonly reload: () => Promise<void>
  readonly stop: () => void
}

/** Files are compared this often: a watch misses the symbolic links that certbot and Kubernetes swap. */
const RELOAD_EVERY_MS = 30_000

/**
 * Reads the files now and again every `everyMs`; `onChange` gets each new pair that is sound.
 * @throws {ListenerError} when the first reading fails: without a certificate the listener cannot serve anybody.
 */
export async function certificateFromFiles(
  files: CertificateFiles,
  log: Logger,
  onChange: (certificate: Certificate) => void,
  everyMs = RELOAD_EVERY_MS,
): Promise<CertificateSource> {
  let current = orThrow(await readCertificate(files))
  let fault: string | null = null
  certificateExpiryTimestampSeconds.set(current.notAfter / 1000)

  const reload = async () => {
    const reading = await readCertificate(files)
    if (reading.kind === 'bad') {
      if (fault !== reading.reason)
        log.error({ reason: reading.reason }, 'the new certificate cannot be used; the one before is still served')
      fault = reading.reason
      return
    }
    fault = null
    if (reading.certificate.cert === current.cert && reading.certificate.key === current.key) return
    current = reading.certificate
    certificateExpiryTimestampSeconds.set(current.notAfter / 1000)
    onChange(current)
    log.info({ names: current.names, until: new Date(current.notAfter) }, 'serving a new certificate')
  }
  const timer = setInterval(() => void reload(), everyMs).unref()
  return {
    current: () => current,
    status: () => ({ origin: 'files', certificate: withoutSecrets(current), fault }),
    reload,
    stop: () => clearInterval(timer),
  }
}

/** The certificate as doctor and logs may show it. */
export function withoutSecrets(certificate: Certificate): Omit<Certificate, 'cert' | 'key'> {
  const { notBefore, notAfter, names, covers } = certificate
  return { notBefore, notAfter, names, covers }
}

function orThrow(reading: CertificateReading): Certificate {
  if (reading.kind === 'bad') throw new ListenerError(reading.reason)
  return reading.certificate
}
