/**
 * Built-in TLS from certificate files: read and checked at the start, read again when they change. A faulty new file
 * never replaces a certificate that works; what is wrong with it is said in the log and by `tocsin doctor`.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'

export interface CertificateFiles {
  readonly certFile: string
  readonly keyFile: string
}

export interface Certificate {
  /** PEM, the leaf first, then the chain. */
  readonly cert: string
  readonly key: string
  /** Unix milliseconds. */
  readonly notBefore: number
  readonly notAfter: number
  readonly names: readonly string[]
  readonly covers: (host: string) => boolean
}

export type CertificateReading =
  | { readonly kind: 'good'; readonly certificate: Certificate }
  /** `reason` names the variable at fault; it never holds the key. */
  | { readonly kind: 'bad'; readonly reason: string }

const CERT_VARIABLE = 'TOCSIN_TLS_CERT'
const KEY_VARIABLE = 'TOCSIN_TLS_KEY'

/** Reads and checks the pair: both readable, both PEM, belonging together. An expired one is good here: doctor tells. */
export async function readCertificate(files: CertificateFiles): Promise<CertificateReading> {
  const cert = await readText(CERT_VARIABLE, files.certFile)
  if (cert.kind === 'bad') return cert
  const key = await readText(KEY_VARIABLE, files.keyFile)
  if (key.kind === 'bad') return key
  return checkCertificate({ cert: cert.text, key: key.text, certName: `${CERT_VARIABLE} (${files.certFile})`, keyName: keyName(files) })
}

/** Checks a pair already in memory; the names are for the reason. */
export function checkCertificate(pair: { cert: string; key: string; certName: string; keyName: string }): CertificateReading {
  const leaf = attempt(() => new X509Certificate(pair.cert))
  if (leaf === null) return { kind: 'bad', reason: `${pair.certName} holds no PEM certificate` }
  const key = attempt(() => createPrivateKey(pair.key))
  if (key === null) return { kind: 'bad', reason: `${pair.keyName} holds no PEM private key without a passphrase` }
  if (!leaf.checkPrivateKey(key)) return { kind: 'bad', reason: `${pair.keyName} is not the key of the certificate in ${pair.certName}` }
  return { kind: 'good', certificate: describe(leaf, pair.cert, pair.key) }
}

function describe(leaf: X509Certificate, cert: string, key: string): Certificate {
  return {
    cert,
    key,
    notBefore: leaf.validFromDate.getTime(),
    notAfter: leaf.validToDate.getTime(),
    names: (leaf.subjectAltName ?? '').split(', ').map((name) => name.replace(/^(DNS|IP Address):/, '')),
    covers: (host) => (isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)) !== undefined,
  }
}

function keyName(files: CertificateFiles): string {
  return `${KEY_VARIABLE} (${files.keyFile})`
}

type TextReading = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'bad'; readonly reason: string }

async function readText(variable: string, file: string): Promise<TextReading> {
  try {
    return { kind: 'text', text: await readFile(file, 'utf8') }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return { kind: 'bad', reason: `${variable} (${file}) cannot be read: ${code}` }
  }
}

function attempt<T>(make: () => T): T | null {
  try {
    return make()
  } catch {
    return null
  }
}
