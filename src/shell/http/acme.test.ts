/** ACME without an authority: what is kept, when it is due, what the challenge port answers. The real protocol: test/peers. */
import { mkdtemp, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { makeCertificate } from '../../../test/support/certificate.ts'
import { findFreePort } from '../../../test/support/port.ts'
import { waitFor } from '../../../test/support/wait.ts'
import { startChallengeServer } from './acme-challenge.ts'
import { openAcmeFiles } from './acme-files.ts'
import { certificateFromAcme, isDue, waitMs } from './acme.ts'

const log = pino({ level: 'silent' })
const folderOf = async () => join(await mkdtemp(join(tmpdir(), 'tocsin-acme-')), 'acme')

test('a certificate is due when less than a third of its life is left', () => {
  const certificate = { notBefore: 0, notAfter: 90 }
  expect(isDue(certificate, 59)).toBe(false)
  expect(isDue(certificate, 61)).toBe(true)
  expect(isDue(certificate, 100)).toBe(true)
})

test('failures are retried ever later, never more often than the authority allows', () => {
  expect([0, 1, 2, 3, 9].map((failures) => waitMs(failures) / 60_000)).toEqual([720, 15, 30, 60, 360])
})

test('account key, certificate and key are kept for the owner alone, and found again', async () => {
  const folder = await folderOf()
  const files = await openAcmeFiles(folder, 'localhost')
  expect(await files.loadCertificate()).toBeNull()
  const pair = await makeCertificate()
  await files.storeCertificate(pair.cert, pair.key)
  let made = 0
  const make = async () => Buffer.from(`key ${(made += 1)}`)
  expect(await files.accountKey(make)).toBe('key 1')

  const again = await openAcmeFiles(folder, 'localhost')
  expect(await again.accountKey(make)).toBe('key 1')
  expect((await again.loadCertificate())?.cert).toBe(pair.cert)
  expect((await stat(join(folder, 'account.key'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(folder, 'localhost.json'))).mode & 0o777).toBe(0o600)
})

test('a pair that does not belong together is not stored, and a broken file is taken for none', async () => {
  const folder = await folderOf()
  const files = await openAcmeFiles(folder, 'localhost')
  const pair = await makeCertificate()
  await expect(files.storeCertificate(pair.cert, (await makeCertificate()).key)).rejects.toThrow('is not the key')
  await writeFile(join(folder, 'localhost.json'), '{"cert":')
  expect(await files.loadCertificate()).toBeNull()
})

test('the challenge port answers known tokens and sends all else to the public address', async () => {
  const challenges = await startChallengeServer({ host: '127.0.0.1', port: 0 }, 'https://tocsin.example.com')
  challenges.put('token-1', 'token-1.thumbprint')
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${challenges.port}${path}`, { redirect: 'manual', headers: { host: 'evil.example' } })
  expect(await (await ask('/.well-known/acme-challenge/token-1')).text()).toBe('token-1.thumbprint')
  expect((await ask('/.well-known/acme-challenge/other')).status).toBe(404)
  const elsewhere = await ask('/a/abc?x=1')
  expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([308, 'https://tocsin.example.com/a/abc?x=1'])
  expect((await ask('//evil.example/x')).headers.get('location')).toBe('https://tocsin.example.com//evil.example/x')
  challenges.remove('token-1')
  expect((await ask('/.well-known/acme-challenge/token-1')).status).toBe(404)
  challenges.stop()
})

test('an authority that cannot be reached stops nothing: the stored certificate is served and the fault is told', async () => {
  const folder = await folderOf()
  const settings = {
    folder,
    domain: 'localhost',
    email: 'ops@example.com',
    directoryUrl: `http://127.0.0.1:${await findFreePort()}/dir`,
    challenge: { host: '127.0.0.1', port: 0 },
    redirectTo: 'https://localhost',
  }
  const nearItsEnd = await makeCertificate({ days: 0.5 })
  await (await openAcmeFiles(folder, 'localhost')).storeCertificate(nearItsEnd.cert, nearItsEnd.key)
  const source = await certificateFromAcme(settings, log, () => undefined)
  expect(source.current()?.cert).toBe(nearItsEnd.cert)
  await waitFor('the fault to be told', () => source.status().fault !== null, { timeoutMs: 20_000 })
  expect(source.status().fault).toMatch(/^no certificate for localhost from 127\.0\.0\.1:\d+: fetch failed: connect ECONNREFUSED/)
  expect(source.current()?.cert).toBe(nearItsEnd.cert)
  source.stop()
})
