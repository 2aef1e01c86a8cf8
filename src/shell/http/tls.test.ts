/** Certificate files: what is taken, what is refused and in which words, and how a new pair replaces the old. */
import { writeFile } from 'node:fs/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { makeCertificate, makeCertificateFiles } from '../../../test/support/certificate.ts'
import { readCertificate } from './tls.ts'
import { certificateFromFiles } from './tls-source.ts'

const log = pino({ level: 'silent' })

test('a sound pair is read with its names and its end', async () => {
  const files = await makeCertificateFiles({ names: ['tocsin.example.com'], days: 10 })
  const reading = await readCertificate(files)
  if (reading.kind === 'bad') throw new Error(reading.reason)
  expect(reading.certificate.names).toEqual(['localhost', '127.0.0.1', 'tocsin.example.com'])
  expect(reading.certificate.covers('tocsin.example.com')).toBe(true)
  expect(reading.certificate.covers('127.0.0.1')).toBe(true)
  expect(reading.certificate.covers('other.example.com')).toBe(false)
  expect(Math.round((reading.certificate.notAfter - Date.now()) / 86_400_000)).toBe(10)
})

test('what is wrong with the files is said with the name of the variable, without the key', async () => {
  const files = await makeCertificateFiles()
  const other = await makeCertificate()
  const reasonOf = async (change: Partial<{ certFile: string; keyFile: string }>) => {
    const reading = await readCertificate({ ...files, ...change })
    return reading.kind === 'bad' ? reading.reason : 'good'
  }
  const put = async (name: string, text: string) => {
    await writeFile(`${files.folder}/${name}`, text)
    return `${files.folder}/${name}`
  }
  expect(await reasonOf({ certFile: '/nowhere/cert.pem' })).toBe('TOCSIN_TLS_CERT (/nowhere/cert.pem) cannot be read: ENOENT')
  expect(await reasonOf({ keyFile: '/nowhere/key.pem' })).toBe('TOCSIN_TLS_KEY (/nowhere/key.pem) cannot be read: ENOENT')
  expect(await reasonOf({ certFile: await put('a', 'nonsense') })).toMatch(/^TOCSIN_TLS_CERT \(.*\/a\) holds no PEM certificate$/)
  expect(await reasonOf({ keyFile: await put('b', 'nonsense') })).toMatch(/^TOCSIN_TLS_KEY \(.*\/b\) holds no PEM private key/)
  expect(await reasonOf({ keyFile: await put('c', other.key) })).toMatch(/^TOCSIN_TLS_KEY \(.*\/c\) is not the key of the certificate in/)
  expect(await reasonOf({})).toBe('good')
})

test('a changed pair is served once both halves belong together, and a faulty one never', async () => {
  const files = await makeCertificateFiles()
  const served: string[] = []
  const source = await certificateFromFiles(files, log, (certificate) => served.push(certificate.cert), 3_600_000)
  const next = await makeCertificate()

  await writeFile(files.certFile, next.cert)
  await source.reload()
  expect(served).toEqual([])
  expect(source.current()?.cert).toBe(files.cert)
  expect(source.status().fault).toContain('is not the key of the certificate')

  await writeFile(files.keyFile, next.key)
  await source.reload()
  await source.reload()
  expect(served).toEqual([next.cert])
  expect(source.status().fault).toBeNull()
  expect(JSON.stringify(source.status())).not.toContain('PRIVATE KEY')
  source.stop()
})

test('a start without a readable certificate fails and names the variable', async () => {
  const missing = { certFile: '/nowhere/cert.pem', keyFile: '/nowhere/key.pem' }
  await expect(certificateFromFiles(missing, log, () => undefined)).rejects.toThrow('TOCSIN_TLS_CERT (/nowhere/cert.pem)')
})
