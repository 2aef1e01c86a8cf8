/** The webhook against a real HTTP server on loopback that misbehaves in every way of the table. */
import { createHmac } from 'node:crypto'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../../test/support/certificate.ts'
import type { PageMessage } from '../../integration.ts'
import { webhookChannel } from './channel.ts'
import { parseRetryAfter } from '../../integration-vendor.ts'
import { checkTarget, isForbidden } from '../../integration-target.ts'

const NOW = Date.UTC(2026, 10, 3, 12)
const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
const channel = webhookChannel({ now: () => NOW, connectTimeoutMs: 10_000 })
const hasty = webhookChannel({ now: () => NOW, connectTimeoutMs: 300 })
const open: { close: () => void }[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

const message: PageMessage = {
  reference: 'tocsin-0123',
  repeat: true,
  incident: { id: 'i-1', number: 7, title: 'API\r\n5xx', severity: 'SEV-1', summary: 'Errors', firstStep: 'Roll back', openedAt: NOW },
  roles: ['DevSecOps'],
  person: { name: 'Ada', zone: 'Europe/Berlin' },
  acknowledgeUrl: 'https://tocsin.test/a/token',
  incidentUrl: 'https://tocsin.test/incidents/i-1',
  purpose: 'page',
  escalatesAt: null,
  notice: '',
}

async function listen(server: Server, sockets = new Set<{ destroy: () => void }>()): Promise<number> {
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  return (server.address() as AddressInfo).port
}

async function receiver(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}/page`
}

function send(to: string, options: { timeoutMs?: number; secret?: string | null } = {}): ReturnType<typeof channel.send> {
  return channel.send(message, { to, secret: options.secret ?? null }, AbortSignal.timeout(options.timeoutMs ?? 10_000))
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const answering = (status: number, headers: Record<string, string> = {}): RequestListener => {
  return (request: IncomingMessage, response: ServerResponse) => {
    request.resume().on('end', () => response.writeHead(status, headers).end('{"error":"echo of a secret"}'))
  }
}

describe('what an answer means', () => {
  test.each([
    [200, {}, { kind: 'delivered' }],
    [204, {}, { kind: 'delivered' }],
    [429, {}, { kind: 'retry', afterMs: null }],
    [429, { 'retry-after': '17' }, { kind: 'retry', afterMs: 17_000 }],
    [503, { 'retry-after': new Date(NOW + 30_000).toUTCString() }, { kind: 'retry', afterMs: 30_000 }],
    [500, {}, { kind: 'retry', afterMs: null }],
    [502, {}, { kind: 'retry', afterMs: null }],
    [408, {}, { kind: 'retry', afterMs: null }],
    [400, {}, { kind: 'rejected' }],
    [404, {}, { kind: 'rejected' }],
    [410, {}, { kind: 'rejected', reason: 'the receiver answered 410' }],
    [
      302,
      { location: 'http://127.0.0.1:1/elsewhere' },
      { kind: 'rejected', reason: 'the receiver answered 302: redirects are not followed' },
    ],
  ])('%i %j is %j', async (status, headers, expected) => {
    expect(await send(await receiver(answering(status, headers as Record<string, string>)))).toMatchObject(expected)
  })

  test('nothing of the body is repeated in the reason', async () => {
    expect(JSON.stringify(await send(await receiver(answering(400))))).not.toContain('secret')
  })

  test('an answer whose body never ends counts by its status', async () => {
    const url = await receiver((request, response) => {
      request.resume().on('end', () => response.writeHead(202).write('x'))
    })
    expect(await send(url, { timeoutMs: 2_000 })).toMatchObject({ kind: 'delivered' })
  })
})

describe('what silence means', () => {
  test('a refused connection: nothing was sent', async () => {
    const port = await listen(createServer())
    for (const server of open.splice(0)) server.close()
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({
      kind: 'retry',
      afterMs: null,
      reason: 'the connection failed (ECONNREFUSED)',
    })
  })

  test('a receiver that takes all and says nothing in time: it may have happened', async () => {
    const url = await receiver((request) => void request.resume())
    expect(await send(url, { timeoutMs: 1_500 })).toEqual({ kind: 'unknown', reason: 'no answer in time' })
  })

  test('a receiver that takes all and resets: it may have happened', async () => {
    const url = await receiver((request) => void request.resume().on('end', () => request.socket.resetAndDestroy()))
    expect(await send(url)).toEqual({ kind: 'unknown', reason: 'the connection broke (ECONNRESET)' })
  })

  test('a receiver that answers no HTTP: it may have happened', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', () => socket.end('220 mail.test ESMTP\r\n'))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => server.close() })
    expect(await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).toMatchObject({ kind: 'unknown' })
  })

  test('a certificate that nobody vouches for: nothing was sent', async () => {
    const { cert, key } = await makeCertificate()
    const asked: string[] = []
    const server = createTlsServer({ cert, key }, (request, response) => {
      asked.push(request.url ?? '')
      response.end()
    })
    const port = await listen(server)
    expect(await send(`https://127.0.0.1:${port}/`)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/^the connection failed \(.*(CERT|SIGNED)/u),
    })
    expect(asked).toEqual([])
  })

  test('a TLS handshake that never ends: nothing was sent', async () => {
    const server = createTcpServer((socket) => void socket.on('error', () => undefined))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => server.close() })
    expect(
      await hasty.send(
        message,
        { to: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`, secret: null },
        AbortSignal.timeout(10_000),
      ),
    ).toEqual({
      kind: 'retry',
      afterMs: null,
      reason: 'no connection in time',
    })
  })

  test('a send that is called off before it begins: nothing was sent', async () => {
    const url = await receiver(answering(200))
    expect(await channel.send(message, { to: url, secret: null }, AbortSignal.abort())).toMatchObject({ kind: 'retry' })
  })
})

describe('what the receiver gets', () => {
  async function receive(secret: string | null): Promise<{ headers: IncomingHttpHeaders; body: string; method: string | undefined }> {
    const got = Promise.withResolvers<{ headers: IncomingHttpHeaders; body: string; method: string | undefined }>()
    const url = await receiver((request, response) => {
      const take = async (): Promise<void> => {
        got.resolve({ headers: request.headers, body: await readBody(request), method: request.method })
        response.writeHead(202).end()
      }
      void take()
    })
    await channel.send(message, { to: url, secret }, AbortSignal.timeout(5_000))
    return got.promise
  }

  test('a POST signed as Standard Webhooks says, over the bytes as they are', async () => {
    const { headers, body, method } = await receive(SECRET)
    expect(method).toBe('POST')
    expect(headers).toMatchObject({
      'webhook-id': 'tocsin-0123',
      'webhook-timestamp': String(NOW / 1_000),
      'idempotency-key': 'tocsin-0123',
    })
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64')
    const mac = createHmac('sha256', key)
      .update(`tocsin-0123.${NOW / 1_000}.${body}`)
      .digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${mac}`)
  })

  test('no signature where the connection has no secret', async () => {
    expect((await receive(null)).headers['webhook-signature']).toBeUndefined()
  })

  test('what broke, how bad, what to do first, where to acknowledge, and whether it is a repeat', async () => {
    expect(JSON.parse((await receive(null)).body)).toMatchObject({
      type: 'incident.page',
      reference: 'tocsin-0123',
      repeat: true,
      subject: '[SEV-1] API 5xx (repeat)',
      incident: {
        id: 'i-1',
        number: 7,
        title: 'API 5xx',
        severity: 'SEV-1',
        first_step: 'Roll back',
        opened_at: '2026-11-03T12:00:00.000Z',
      },
      person: { name: 'Ada' },
      roles: ['DevSecOps'],
      acknowledge_url: 'https://tocsin.test/a/token',
    })
  })
})

describe('where a page may go', () => {
  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[2002:a9fe:a9fe::1]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/',
    'http://0.0.0.0/',
    'http://[::]/',
    'http://224.0.0.1/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'not a url',
  ])('not to %s', async (url) => {
    expect(await send(url)).toMatchObject({ kind: 'rejected' })
  })

  test('not to a name of which any address is forbidden', async () => {
    const resolve = () =>
      Promise.resolve([
        { address: '10.0.0.1', family: 4 },
        { address: '169.254.169.254', family: 4 },
      ])
    expect(await checkTarget('https://hooks.test/', resolve)).toMatchObject({ kind: 'refused' })
  })

  test('to private and loopback addresses, because only the owner names targets', () => {
    for (const address of ['127.0.0.1', '10.1.2.3', '192.168.0.9', '::1', 'fd12::1', '::ffff:10.0.0.1'])
      expect(isForbidden(address)).toBe(false)
  })

  test('to the address that was checked, whatever the name says later', async () => {
    const asked: string[] = []
    const url = new URL(
      await receiver((request, response) => {
        asked.push(request.headers.host ?? '')
        request.resume().on('end', () => response.writeHead(200).end())
      }),
    )
    url.hostname = 'hooks.test'
    let resolutions = 0
    const pinned = webhookChannel({
      now: () => NOW,
      resolve: () => {
        resolutions += 1
        return Promise.resolve([{ address: '127.0.0.1', family: 4 }])
      },
    })
    expect(await pinned.send(message, { to: url.href, secret: null }, AbortSignal.timeout(5_000))).toMatchObject({ kind: 'delivered' })
    expect({ resolutions, host: asked[0] }).toEqual({ resolutions: 1, host: `hooks.test:${url.port}` })
  })

  test('a name that does not resolve now is tried again', async () => {
    const lost = webhookChannel({ now: () => NOW, resolve: () => Promise.reject(Object.assign(new Error('x'), { code: 'EAI_AGAIN' })) })
    expect(await lost.send(message, { to: 'http://hooks.test/', secret: null }, AbortSignal.timeout(1_000))).toMatchObject({
      kind: 'retry',
      reason: 'the name could not be resolved (EAI_AGAIN)',
    })
  })
})

describe('the check', () => {
  test('reaches the receiver without sending a page, and says when pages to it are not signed', async () => {
    const methods: (string | undefined)[] = []
    const url = await receiver((request, response) => {
      methods.push(request.method)
      response.writeHead(405).end()
    })
    const signal = AbortSignal.timeout(5_000)
    expect(await channel.check({ to: url, secret: SECRET }, signal)).toEqual({
      ok: true,
      detail: 'The receiver answers (status 405 to HEAD).',
    })
    expect((await channel.check({ to: url, secret: null }, signal)).detail).toContain('not signed')
    expect(methods).toEqual(['HEAD', 'HEAD'])
  })

  test('tells of a receiver that cannot be reached', async () => {
    expect(await channel.check({ to: 'http://127.0.0.1:1/', secret: null }, AbortSignal.timeout(1_000))).toMatchObject({ ok: false })
  })
})

test('Retry-After is read as seconds or as a date, and nonsense as nothing', () => {
  expect(parseRetryAfter('120', NOW)).toBe(120_000)
  expect(parseRetryAfter('0', NOW)).toBe(0)
  expect(parseRetryAfter(new Date(NOW - 5_000).toUTCString(), NOW)).toBe(0)
  expect(parseRetryAfter('soon', NOW)).toBeNull()
  expect(parseRetryAfter(null, NOW)).toBeNull()
})
