/** E-mail against a real SMTP server on loopback that misbehaves in every way of the table. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../../test/support/certificate.ts'
import type { PageMessage } from '../../integration.ts'
import { emailChannel } from './channel.ts'
import { addressOf, composeMail, isAddress } from './compose.ts'

const NOW = Date.UTC(2026, 10, 3, 12)
const open: { close: () => void }[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

function page(change: Partial<PageMessage> = {}, incident: Partial<PageMessage['incident']> = {}): PageMessage {
  return {
    reference: 'tocsin-0123',
    repeat: false,
    incident: {
      id: 'i-1',
      number: 7,
      title: 'API 5xx',
      severity: 'SEV-1',
      summary: 'Errors',
      firstStep: 'Roll back',
      openedAt: NOW,
      ...incident,
    },
    roles: ['DevSecOps'],
    person: { name: 'Ada', zone: 'Europe/Berlin' },
    acknowledgeUrl: 'https://tocsin.test/a/token',
    incidentUrl: 'https://tocsin.test/incidents/i-1',
    purpose: 'page',
    escalatesAt: null,
    notice: '',
    ...change,
  }
}

interface Taken {
  readonly text: string
  readonly from: string
  readonly to: readonly string[]
}

async function mailServer(options: SMTPServerOptions = {}): Promise<{ url: string; taken: Taken[]; sockets: Set<Socket> }> {
  const taken: Taken[] = []
  const sockets = new Set<Socket>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    closeTimeout: 100,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        taken.push({
          text: Buffer.concat(chunks).toString(),
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map((one) => one.address),
        })
        done(null)
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  server.server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({ close: () => (server.close(), sockets.forEach((socket) => socket.destroy())) })
  return { url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`, taken, sockets }
}

/** A server that speaks just enough SMTP to stop where a test wants it to. */
async function scriptedServer(onLine: (line: string, socket: Socket, inData: boolean) => boolean): Promise<string> {
  const server = createServer((socket) => {
    let inData = false
    socket.on('error', () => undefined)
    socket.write('220 mail.test ESMTP\r\n')
    let rest = ''
    socket.on('data', (chunk) => {
      rest += chunk.toString()
      const lines = rest.split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (onLine(line, socket, inData)) continue
        if (inData) {
          if (line === '.') {
            inData = false
            socket.write('250 2.0.0 taken\r\n')
          }
        } else if (line === 'DATA') {
          inData = true
          socket.write('354 go on\r\n')
        } else socket.write('250 ok\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({ close: () => server.close() })
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function channelTo(url: string): ReturnType<typeof emailChannel> {
  return emailChannel({ url, from: 'Tocsin <pages@tocsin.test>', timeoutMs: 10_000, connectTimeoutMs: 10_000 })
}

function send(url: string, message = page(), timeoutMs = 10_000): ReturnType<ReturnType<typeof emailChannel>['send']> {
  return channelTo(url).send(message, { to: 'ada@example.com', secret: null }, AbortSignal.timeout(timeoutMs))
}

const replying = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode })

describe('what the server says', () => {
  test('taken: that is all that is known', async () => {
    const { url, taken } = await mailServer()
    expect(await send(url)).toMatchObject({ kind: 'delivered', evidence: expect.stringMatching(/^The mail server answered: 250/u) })
    expect(taken).toMatchObject([{ from: 'pages@tocsin.test', to: ['ada@example.com'] }])
  })

  test.each([
    [
      'at the recipient, not now',
      { onRcptTo: (_a, _s, done) => done(replying(450, 'mailbox busy')) },
      { kind: 'retry', reason: /^the mail server answered 450/u },
    ],
    [
      'at the recipient, never',
      { onRcptTo: (_a, _s, done) => done(replying(550, 'no such user')) },
      { kind: 'rejected', reason: /550.*no such user/u },
    ],
    ['at the sender, never', { onMailFrom: (_a, _s, done) => done(replying(550, 'go away')) }, { kind: 'rejected', reason: /550/u }],
    [
      'after the message, not now',
      { onData: (stream, _s, done) => void stream.resume().on('end', () => done(replying(451, 'later'))) },
      { kind: 'retry', reason: /451/u },
    ],
    [
      'after the message, never',
      { onData: (stream, _s, done) => void stream.resume().on('end', () => done(replying(554, 'spam'))) },
      { kind: 'rejected', reason: /554.*spam/u },
    ],
    [
      'at the greeting, never',
      { onConnect: (_s, done) => done(replying(554, 'no service')) },
      { kind: 'retry', reason: /refused the session \(554\)/u },
    ],
  ] satisfies [string, SMTPServerOptions, { kind: string; reason: RegExp }][])('%s', async (_where, options, expected) => {
    const { url } = await mailServer(options)
    const delivery = await send(url)
    expect(delivery).toMatchObject({ kind: expected.kind, reason: expect.stringMatching(expected.reason) })
  })

  test('a refused login can be mended, so it is tried again, and nothing of it is repeated', async () => {
    const { url } = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (auth, _session, done) => done(replying(535, `wrong password ${auth.password ?? ''}`)),
    })
    const delivery = await send(url.replace('smtp://', 'smtp://user:hunter2@'))
    expect(delivery).toEqual({ kind: 'retry', afterMs: null, reason: 'the mail server refused the session (535)' })
  })
})

describe('what silence means', () => {
  test('a refused connection: nothing was sent', async () => {
    expect(await send('smtp://127.0.0.1:1')).toEqual({
      kind: 'retry',
      afterMs: null,
      reason: 'no answer from the mail server (ECONNREFUSED)',
    })
  })

  test('a server that never greets: nothing was sent', async () => {
    const server = createServer((socket) => void socket.on('error', () => undefined))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => server.close() })
    expect(await send(`smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, page(), 400)).toMatchObject({ kind: 'retry' })
  })

  test('a server that goes silent at the recipient: nothing was sent', async () => {
    expect(await send(await scriptedServer((line) => line.startsWith('RCPT')), page(), 400)).toMatchObject({ kind: 'retry' })
  })

  test('a server that never asks for the message: nothing was sent', async () => {
    expect(await send(await scriptedServer((line) => line === 'DATA'), page(), 400)).toMatchObject({ kind: 'retry' })
  })

  test('a server that has the whole message and does not answer: it may have happened', async () => {
    expect(await send(await scriptedServer((line, _socket, inData) => inData && line === '.'), page(), 2_000)).toMatchObject({
      kind: 'unknown',
    })
  })

  test('a server that has the whole message and resets: it may have happened', async () => {
    const url = await scriptedServer((line, socket, inData) => {
      if (!inData || line !== '.') return false
      socket.resetAndDestroy()
      return true
    })
    expect(await send(url)).toMatchObject({ kind: 'unknown' })
  })

  test('a certificate that nobody vouches for: nothing was sent', async () => {
    const { cert, key } = await makeCertificate()
    const { url, taken } = await mailServer({ cert, key, disabledCommands: [] })
    expect(await send(url)).toMatchObject({ kind: 'retry', reason: expect.stringMatching(/CERT|TLS|SIGNED/u) })
    expect(taken).toEqual([])
  })

  test('a send that is called off before it begins: nothing was sent', async () => {
    const { url, taken } = await mailServer()
    const delivery = await channelTo(url).send(page(), { to: 'ada@example.com', secret: null }, AbortSignal.abort())
    expect(delivery).toMatchObject({ kind: 'retry' })
    expect(taken).toEqual([])
  })
})

describe('what the reader gets', () => {
  async function receive(message: PageMessage): Promise<string> {
    const { url, taken } = await mailServer()
    await send(url, message)
    return taken[0]?.text ?? ''
  }
  const header = (mail: string, name: string): string | undefined =>
    new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'imu').exec(mail)?.[1]?.replaceAll(/\r\n\s+/gu, ' ')

  test('one Message-ID a delivery and one thread an incident, so that a repeat can be folded', async () => {
    const mails = [await receive(page()), await receive(page({ repeat: true }))]
    expect(mails.map((mail) => header(mail, 'Message-ID'))).toEqual(['<tocsin-0123@tocsin.test>', '<tocsin-0123@tocsin.test>'])
    expect(mails.map((mail) => header(mail, 'References'))).toEqual(['<incident-i-1@tocsin.test>', '<incident-i-1@tocsin.test>'])
    expect(mails.map((mail) => header(mail, 'Subject'))).toEqual(['[SEV-1] API 5xx', '[SEV-1] API 5xx (repeat)'])
    expect(mails.map((mail) => header(mail, 'X-Tocsin-Reference'))).toEqual(['tocsin-0123', 'tocsin-0123'])
    expect(mails.map((mail) => header(mail, 'Auto-Submitted'))).toEqual(['auto-generated', 'auto-generated'])
  })

  test('text and HTML, both with the first step and the link that acknowledges', async () => {
    const mail = await receive(page())
    expect(mail).toMatch(/Content-Type: text\/plain/u)
    expect(mail).toMatch(/Content-Type: text\/html/u)
    const words = mail.replaceAll('=\r\n', '')
    expect(words.match(/Roll back/gu)).toHaveLength(2)
    expect(words.match(/https:\/\/tocsin\.test\/a\/token/gu)).toHaveLength(2)
    expect(words.match(/2026-11-03 13:00 Europe\/Berlin \(12:00 UTC\)/gu)).toHaveLength(2)
  })

  test('a hostile title cannot add a header, a recipient or markup', async () => {
    const title = 'x\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script><img src=x onerror=alert(1)>"\'&'
    const message = page(
      { person: { name: 'Ada\r\nCc: b@c.d', zone: 'UTC' }, reference: 'a>\r\nX-Evil: 1' },
      { title, id: 'i>\r\nX-Evil: 2' },
    )
    const { envelope, raw } = await composeMail(message, 'Tocsin <pages@tocsin.test>', 'ada@example.com')
    const mail = raw.toString()
    expect(envelope).toEqual({ from: 'pages@tocsin.test', to: 'ada@example.com' })
    const head = mail.slice(0, mail.indexOf('\r\n\r\n'))
    expect(head).not.toMatch(/^(?:Bcc|Cc|X-Evil):/imu)
    const html = mail.replaceAll('=\r\n', '').slice(mail.indexOf('<!doctype html>'))
    expect(html).not.toMatch(/<script|<img/iu)
    expect(html).toContain('&lt;script&gt;')
  })

  test('a line that begins with a dot arrives whole', async () => {
    const mail = await receive(page({}, { summary: 'first\n.\nQUIT\n..last' }))
    expect(mail).toContain('QUIT')
    expect(mail).toContain('..last')
  })
})

test('what is no address is refused before any connection', async () => {
  for (const to of ['', 'ada', 'ada@example.com\r\nRCPT TO:<b@c.d>', 'a b@c.d', '<a@b.c>', 'a@b.c,d@e.f', `${'a'.repeat(260)}@b.c`]) {
    expect(isAddress(to), to).toBe(false)
    expect(await channelTo('smtp://127.0.0.1:1').send(page(), { to, secret: null }, AbortSignal.timeout(100))).toMatchObject({
      kind: 'rejected',
    })
  }
  expect(isAddress('owner@localhost')).toBe(true)
  expect(addressOf('Tocsin <pages@tocsin.test>')).toBe('pages@tocsin.test')
})

describe('the check', () => {
  test('goes as far as the login and sends nothing', async () => {
    const { url, taken } = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(null, { user: 'u' }),
    })
    expect(await channelTo(url.replace('smtp://', 'smtp://u:p@')).check(null, AbortSignal.timeout(2_000))).toEqual({
      ok: true,
      detail: 'The mail server answers and takes the login.',
    })
    expect(taken).toEqual([])
  })

  test('tells of a server that is away', async () => {
    expect(await channelTo('smtp://127.0.0.1:1').check(null, AbortSignal.timeout(1_000))).toMatchObject({ ok: false })
  })
})
