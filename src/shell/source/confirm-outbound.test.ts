import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../../test/support/certificate.ts'
import { isForbidden, makeOutbound, type Outbound, type OutboundParts } from './confirm-outbound.ts'

const HOST = 'sns.us-east-1.amazonaws.com'
const BOUNDS = { timeoutMs: 1_000, bytesMax: 1_000 }
let server: Server
let parts: Partial<OutboundParts>
let outbound: Outbound
let answer: (request: IncomingMessage, response: ServerResponse) => void
let visits = 0

beforeAll(async () => {
  const tls = await makeCertificate({ names: [HOST] })
  server = createServer({ cert: tls.cert, key: tls.key }, (request, response) => {
    visits += 1
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  parts = { resolve: async () => [{ address: '127.0.0.1', family: 4 }], isForbidden: () => false, portOf: () => port, ca: tls.cert }
  outbound = makeOutbound(parts)
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

beforeEach(() => {
  visits = 0
  answer = (_request, response) => response.end('ok')
})

test('it gets what is there, with the name in its question and no credentials', async () => {
  let seen: IncomingMessage['headers'] = {}
  answer = (request, response) => {
    seen = request.headers
    response.end('the certificate')
  }
  expect(await outbound.get(`https://${HOST}/a.pem`, BOUNDS)).toEqual({ kind: 'reply', status: 200, body: Buffer.from('the certificate') })
  expect(seen).toEqual({ host: HOST, accept: '*/*', 'user-agent': 'tocsin', connection: 'close' })
})

test('a redirect is an answer and is not followed', async () => {
  answer = (_request, response) => response.writeHead(302, { location: 'https://169.254.169.254/' }).end()
  expect(await outbound.get(`https://${HOST}/`, BOUNDS)).toMatchObject({ kind: 'reply', status: 302 })
  expect(visits).toBe(1)
})

test('an answer that is too large, too slow, or broken off is none', async () => {
  answer = (_request, response) => response.end(Buffer.alloc(2_000))
  expect(await outbound.get(`https://${HOST}/`, BOUNDS)).toEqual({ kind: 'failed', reason: 'the answer is larger than 1000 bytes' })
  answer = () => undefined
  expect(await outbound.get(`https://${HOST}/`, { ...BOUNDS, timeoutMs: 100 })).toEqual({ kind: 'failed', reason: 'no answer in time' })
  // Drop by drop: the time runs for the whole answer.
  answer = (_request, response) => {
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
  }
  expect(await outbound.get(`https://${HOST}/`, { ...BOUNDS, timeoutMs: 200 })).toEqual({ kind: 'failed', reason: 'no answer in time' })
  answer = (request, response) => {
    response.writeHead(200, { 'content-length': '10' })
    response.write('half', () => request.socket.destroy())
  }
  expect(await outbound.get(`https://${HOST}/`, BOUNDS)).toMatchObject({ kind: 'failed' })
})

test('a name that is slow to resolve, or does not, costs no more than its time', async () => {
  const slow = makeOutbound({ ...parts, resolve: () => new Promise(() => undefined) })
  expect(await slow.get(`https://${HOST}/`, { ...BOUNDS, timeoutMs: 50 })).toMatchObject({
    kind: 'failed',
    reason: expect.stringMatching(/in time/),
  })
  const broken = makeOutbound({
    ...parts,
    resolve: () => Promise.reject(Object.assign(new Error('secret.example'), { code: 'ENOTFOUND' })),
  })
  expect(await broken.get(`https://${HOST}/`, BOUNDS)).toEqual({ kind: 'failed', reason: 'the name could not be resolved (ENOTFOUND)' })
})

test('a host whose certificate is of another name, or of an authority that nobody trusts, is not listened to', async () => {
  expect(await outbound.get('https://sns.eu-west-1.amazonaws.com/a.pem', BOUNDS)).toMatchObject({ kind: 'failed' })
  const { ca: _, ...untrusting } = parts
  expect(await makeOutbound(untrusting).get(`https://${HOST}/a.pem`, BOUNDS)).toMatchObject({ kind: 'failed' })
  expect(visits).toBe(0)
})

describe('where it never goes', () => {
  const to = (...found: { address: string; family: number }[]) => makeOutbound({ ...parts, isForbidden, resolve: async () => found })

  test.each([
    ['127.0.0.1', 4],
    ['0.0.0.0', 4],
    ['169.254.169.254', 4],
    ['100.100.100.200', 4],
    ['224.0.0.1', 4],
    ['255.255.255.255', 4],
    ['::1', 6],
    ['::', 6],
    ['::ffff:127.0.0.1', 6],
    ['::ffff:169.254.169.254', 6],
    ['64:ff9b::a9fe:a9fe', 6],
    ['2002:7f00:1::', 6],
    ['fe80::1', 6],
    ['fd00:ec2::254', 6],
    ['ff02::1', 6],
  ])('%s, whatever name leads there', async (address, family) => {
    expect(await to({ address, family }).get(`https://${HOST}/`, BOUNDS)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/not to be gone to/),
    })
  })

  test('a name of which one address is such a one', async () => {
    const mixed = to({ address: '93.184.216.34', family: 4 }, { address: '127.0.0.1', family: 4 })
    expect(await mixed.get(`https://${HOST}/`, BOUNDS)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/not to be gone to/),
    })
  })

  test.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://0x7f.1/',
    'https://2130706433/',
    'ftp://x/',
    'file:///etc/passwd',
    'nonsense',
    '',
  ])('%s', async (url) => {
    expect(await outbound.get(url, BOUNDS)).toEqual({ kind: 'failed', reason: 'the address is not one to go to' })
  })

  test('private networks are gone to: private endpoints live there', () => {
    expect(['10.0.0.5', '172.16.3.4', '192.168.1.1', 'fd12::1', '52.94.0.1', '2600:1f18::1'].map(isForbidden)).toEqual(Array(6).fill(false))
  })
})
