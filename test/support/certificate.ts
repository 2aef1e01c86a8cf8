/** Certificates made during a test: self-signed, for loopback, worth nothing elsewhere. */
import { createPrivateKey } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'

const DAY_MS = 86_400_000
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A pair in PEM for `localhost`, `127.0.0.1` and `names`; it is its own authority. */
export async function makeCertificate(options: { names?: readonly string[]; days?: number } = {}): Promise<{ cert: string; key: string }> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    name: 'CN=tocsin test only',
    notBefore: new Date(Date.now() - 2 * DAY_MS),
    notAfter: new Date(Date.now() + (options.days ?? 90) * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        ...(options.names ?? []).map((value) => ({ type: 'dns' as const, value })),
      ]),
    ],
  })
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' })
  return { cert: certificate.toString('pem'), key: key.toString() }
}

/** The same in two files of a fresh folder. */
export async function makeCertificateFiles(options: { names?: readonly string[]; days?: number } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-tls-'))
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') }
  const pair = await makeCertificate(options)
  await writeFile(files.certFile, pair.cert)
  await writeFile(files.keyFile, pair.key)
  return { ...files, ...pair, folder }
}
