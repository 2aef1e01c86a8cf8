import { X509Certificate as NodeCertificate } from 'node:crypto'
import {
  AuthorityInfoAccessExtension,
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { beforeAll, expect, test } from 'vitest'
import { checkChain, DEFAULT_ROOTS, parseCertificates } from './confirm-chain.ts'
import type { Outbound, OutboundReply } from './confirm-outbound.ts'

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2_048 } as const
const AT = Date.UTC(2026, 10, 24)

interface Pair {
  readonly certificate: X509Certificate
  readonly keys: CryptoKeyPair
}

let serial = 0
async function make(name: string, by: Pair | null, options: { ca?: boolean; issuerUrl?: string; notAfter?: Date } = {}): Promise<Pair> {
  const keys = await crypto.subtle.generateKey(RSA, true, ['sign', 'verify'])
  const shared = {
    serialNumber: `${(serial += 1)}`.padStart(4, '0'),
    notBefore: new Date(Date.UTC(2026, 0, 1)),
    notAfter: options.notAfter ?? new Date(Date.UTC(2027, 0, 1)),
    signingAlgorithm: RSA,
    extensions: [
      new BasicConstraintsExtension(options.ca ?? true, undefined, true),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: 'sns.amazonaws.com' }]),
      ...(options.issuerUrl === undefined ? [] : [new AuthorityInfoAccessExtension({ caIssuers: options.issuerUrl })]),
    ],
  }
  const certificate =
    by === null
      ? await X509CertificateGenerator.createSelfSigned({ ...shared, name, keys })
      : await X509CertificateGenerator.create({
          ...shared,
          subject: name,
          issuer: by.certificate.subject,
          publicKey: keys.publicKey,
          signingKey: by.keys.privateKey,
        })
  return { certificate, keys }
}

const ISSUER_URL = 'http://crt.r2m01.amazontrust.com/r2m01.cer'
const pem = ({ certificate }: Pair) => certificate.toString('pem')
const read = (pair: Pair) => new NodeCertificate(pem(pair))
let root: Pair
let middle: Pair
let leaf: Pair
let visits: string[] = []

function serving(reply: OutboundReply): Outbound {
  visits = []
  return {
    get: async (url) => {
      visits.push(url)
      return reply
    },
  }
}
const nothing: OutboundReply = { kind: 'failed', reason: 'no answer in time' }
const der = (pair: Pair): OutboundReply => ({ kind: 'reply', status: 200, body: Buffer.from(pair.certificate.rawData) })
const check = (one: Pair, others: readonly Pair[], reply: OutboundReply) =>
  checkChain(read(one), others.map(read), { outbound: serving(reply), roots: [pem(root)], at: AT })

beforeAll(async () => {
  root = await make('CN=Root', null)
  middle = await make('CN=Middle', root)
  leaf = await make('CN=sns.amazonaws.com', middle, { ca: false, issuerUrl: ISSUER_URL })
})

test('what stands between is fetched from where the certificate says, and believed for its signature', async () => {
  expect(await check(leaf, [], der(middle))).toEqual({ kind: 'trusted' })
  expect(visits).toEqual([ISSUER_URL])
})

test('what came with it need not be fetched', async () => {
  expect(await check(leaf, [middle], nothing)).toEqual({ kind: 'trusted' })
  expect(visits).toEqual([])
})

test('an authority of the same name that did not sign it is none', async () => {
  const double = await make('CN=Middle', root)
  expect(await check(leaf, [double], nothing)).toMatchObject({ kind: 'unknown' })
  expect(await check(leaf, [], der(double))).toMatchObject({ kind: 'untrusted', reason: expect.stringMatching(/did not sign/) })
})

test('one that may not issue, or has expired, is none', async () => {
  const person = await make('CN=Person', root, { ca: false })
  expect(await check(await make('CN=sns.amazonaws.com', person, { ca: false }), [person], nothing)).toMatchObject({
    kind: 'untrusted',
    reason: expect.stringMatching(/no authority/),
  })
  const old = await make('CN=Old', root, { notAfter: new Date(Date.UTC(2026, 5, 1)) })
  expect(await check(await make('CN=sns.amazonaws.com', old, { ca: false }), [old], nothing)).toMatchObject({
    kind: 'untrusted',
    reason: expect.stringMatching(/expired/),
  })
})

test('a chain that leads to somebody else, or signs itself, or goes round, is not trusted', async () => {
  const stranger = await make('CN=Stranger', null)
  expect(await check(await make('CN=sns.amazonaws.com', stranger, { ca: false }), [stranger], nothing)).toMatchObject({ kind: 'untrusted' })
  const itself = await make('CN=sns.amazonaws.com', null)
  expect(await check(itself, [itself], nothing)).toMatchObject({ kind: 'untrusted' })
})

test('a root of the same name with another key is not the root', async () => {
  const double = await make('CN=Root', null)
  expect(await check(await make('CN=sns.amazonaws.com', double, { ca: false }), [double], nothing)).toMatchObject({ kind: 'untrusted' })
})

test.each([
  'http://169.254.169.254/latest/meta-data',
  'http://evil.example/r2m01.cer',
  'http://amazontrust.com.evil.example/x',
  'http://crt.r2m01.amazontrust.com:8080/x',
  'file:///etc/passwd',
])('an issuer said to be at %s is not gone to', async (issuerUrl) => {
  const one = await make('CN=sns.amazonaws.com', middle, { ca: false, issuerUrl })
  expect(await check(one, [], der(middle))).toMatchObject({ kind: 'untrusted' })
  expect(visits).toEqual([])
})

test('an issuer that cannot be had now leaves it unknown', async () => {
  for (const reply of [
    nothing,
    { kind: 'reply', status: 503, body: Buffer.alloc(0) } as const,
    { kind: 'reply', status: 200, body: Buffer.from('x') } as const,
  ])
    expect(await check(leaf, [], reply)).toMatchObject({ kind: 'unknown' })
})

test('texts with certificates in them, and without', () => {
  expect(parseCertificates(`noise\n${pem(leaf)}\n${pem(middle)}`)?.map((one) => one.subject)).toEqual(['CN=sns.amazonaws.com', 'CN=Middle'])
  expect(parseCertificates('')).toBeNull()
  expect(parseCertificates('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toBeNull()
})

test('the authority that signs for AWS is among those that are trusted', () => {
  expect(DEFAULT_ROOTS.some((one) => new NodeCertificate(one).subject.includes('CN=Amazon Root CA 1'))).toBe(true)
})
