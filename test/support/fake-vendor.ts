/**
 * Stand-ins for the outside systems that pages go to: a webhook receiver and an SMTP server. Both write down every
 * request with its time and reference before they answer, and answer by a plan of faults that a test can change at any time.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { sleep } from './wait.ts'

/** What the vendor does with one request. */
export type Fault =
  | { readonly kind: 'ok' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  /** Takes the whole request, keeps it, then resets the connection before any answer. */
  | { readonly kind: 'reset-after-accept' }
  /** Takes the whole request and never answers. */
  | { readonly kind: 'hang' }

export interface VendorRequest {
  readonly channel: 'webhook' | 'email'
  /** Milliseconds since the epoch at which the whole request had arrived. */
  readonly at: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** What names the delivery on every attempt. */
  readonly reference: string
  /** Whether the message says of itself that it may be a repeat. */
  readonly repeat: boolean
  readonly fault: Fault['kind']
  /** The vendor took the message: its user sees it, whatever the sender learns of it. */
  readonly taken: boolean
  /** True once a success was sent back. */
  answered: boolean
}

export type FaultPlan = (request: {
  readonly index: number
  readonly reference: string
  readonly path: string
  readonly text: string
}) => Fault

export interface FakeVendor {
  readonly port: number
  readonly requests: VendorRequest[]
  plan: FaultPlan
  /** Stops listening and drops connections (a vendor that refuses), and listens on the same port again. */
  readonly refuse: () => Promise<void>
  readonly heal: () => Promise<void>
  readonly close: () => Promise<void>
}

export const alwaysOk: FaultPlan = () => ({ kind: 'ok' })

/** The webhook receiver; everything posted to it is understood as a page of ours. */
export async function startFakeWebhook(): Promise<FakeVendor & { readonly url: string }> {
  const requests: VendorRequest[] = []
  const sockets = new Set<Socket>()
  const state = { plan: alwaysOk }
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void =>
    void answerWebhook(incoming, outgoing, requests, () => state.plan)
  let server = await listen(listener, sockets, 0)
  const port = portOf(server)
  return {
    url: `http://127.0.0.1:${port}/page`,
    port,
    requests,
    get plan() {
      return state.plan
    },
    set plan(plan) {
      state.plan = plan
    },
    refuse: () => closeServer(server, sockets),
    heal: async () => {
      server = await listen(listener, sockets, port)
    },
    close: () => closeServer(server, sockets),
  }
}

async function answerWebhook(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  requests: VendorRequest[],
  plan: () => FaultPlan,
): Promise<void> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
  } catch {
    return // the sender broke off: nothing was taken
  }
  const text = Buffer.concat(chunks).toString('utf8')
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
  const { reference, repeat } = readWebhook(headers, text)
  const path = incoming.url ?? ''
  const fault = plan()({ index: requests.length, reference, path, text })
  const taken = fault.kind === 'ok' || fault.kind === 'slow' || fault.kind === 'reset-after-accept'
  const entry: VendorRequest = {
    channel: 'webhook',
    at: Date.now(),
    path,
    headers,
    text,
    reference,
    repeat,
    fault: fault.kind,
    taken,
    answered: false,
  }
  requests.push(entry)
  switch (fault.kind) {
    case 'slow':
      await sleep(fault.ms)
      break
    case 'reset-after-accept':
      incoming.socket.resetAndDestroy()
      return
    case 'hang':
      return
    case 'status':
      outgoing.writeHead(fault.status, fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter }).end('{"error":"told to"}')
      return
    case 'ok':
      break
  }
  entry.answered = !outgoing.destroyed
  outgoing.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ id: `vendor-${requests.length}` }))
}

/** Where a page carries its reference and its mark of a possible repeat. */
export function readWebhook(headers: Readonly<Record<string, string>>, text: string): { reference: string; repeat: boolean } {
  const body = parseObject(text)
  const named = body['reference']
  const reference = typeof named === 'string' ? named : (headers['webhook-id'] ?? '')
  return { reference, repeat: body['repeat'] === true }
}

/** The SMTP server. `status` faults answer 4xx and 5xx as SMTP codes of the same hundred. */
export async function startFakeSmtp(): Promise<FakeVendor & { readonly url: string }> {
  const requests: VendorRequest[] = []
  const sockets = new Set<Socket>()
  const state = { plan: alwaysOk }
  const make = (): SMTPServer => makeSmtp(requests, sockets, () => state.plan)
  let server = make()
  await listenSmtp(server, 0)
  const port = portOf(server.server)
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    requests,
    get plan() {
      return state.plan
    },
    set plan(plan) {
      state.plan = plan
    },
    refuse: close,
    heal: async () => {
      server = make()
      await listenSmtp(server, port)
    },
    close,
  }
}

function makeSmtp(requests: VendorRequest[], sockets: Set<Socket>, plan: () => FaultPlan): SMTPServer {
  const onMail = async (stream: NodeJS.ReadableStream, session: SMTPServerSession, done: (error: Error | null) => void): Promise<void> => {
    const answer = await takeMail(stream, { recipient: session.envelope.rcptTo[0]?.address ?? '', requests, plan })
    if (answer === 'hang') return
    if (answer !== 'reset') return done(answer)
    for (const socket of sockets) if (socket.remotePort === session.remotePort) socket.resetAndDestroy()
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData: (stream, session, done) => void onMail(stream, session, done),
  })
  server.on('error', () => undefined) // a connection that was reset, as planned
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  return server
}

async function takeMail(
  stream: NodeJS.ReadableStream,
  desk: { recipient: string; requests: VendorRequest[]; plan: () => FaultPlan },
): Promise<Error | null | 'hang' | 'reset'> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  } catch {
    return 'hang' // the sender broke off: nothing was taken, nobody waits for an answer
  }
  const raw = Buffer.concat(chunks).toString('utf8')
  const headers = mailHeaders(raw)
  const text = readMail(raw)
  const reference = headers['x-tocsin-reference'] ?? headers['message-id'] ?? ''
  const fault = desk.plan()({ index: desk.requests.length, reference, path: desk.recipient, text })
  const taken = fault.kind === 'ok' || fault.kind === 'slow' || fault.kind === 'reset-after-accept'
  const entry: VendorRequest = {
    channel: 'email',
    at: Date.now(),
    path: desk.recipient,
    headers,
    text,
    reference,
    repeat: /\(repeat\)/iu.test(headers['subject'] ?? ''),
    fault: fault.kind,
    taken,
    answered: false,
  }
  desk.requests.push(entry)
  switch (fault.kind) {
    case 'slow':
      await sleep(fault.ms)
      break
    case 'reset-after-accept':
      return 'reset'
    case 'hang':
      return 'hang'
    case 'status':
      return Object.assign(new Error('told to'), { responseCode: fault.status >= 500 ? 550 : 451 })
    case 'ok':
      break
  }
  entry.answered = true
  return null
}

/** Unfolded headers of a mail, names in lower case, encoded words decoded. */
function mailHeaders(text: string): Record<string, string> {
  const head = (text.split(/\r?\n\r?\n/u)[0] ?? '').replace(/\r?\n[ \t]+/gu, ' ')
  return Object.fromEntries(
    head.split(/\r?\n/u).map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())]
    }),
  )
}

/** The mail as it came, and after it what its encoded parts say, so that a test can look for words. */
function readMail(raw: string): string {
  const unquoted = decodeQuoted(raw.replace(/=\r?\n/gu, ''))
  const blocks = raw.match(/(?:[A-Za-z0-9+/]{60,}={0,2}\r?\n)+[A-Za-z0-9+/=]*/gu) ?? []
  return [raw, unquoted, ...blocks.map((block) => Buffer.from(block, 'base64').toString('utf8'))].join('\n')
}

function decodeQuoted(text: string): string {
  return Buffer.from(
    text.replace(/=([0-9A-F]{2})/gu, (_hex, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    'latin1',
  ).toString('utf8')
}

function decodeWords(text: string): string {
  return text.replace(/=\?utf-8\?(q|b)\?([^?]*)\?=\s*/giu, (_all, form: string, word: string) =>
    form.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString('utf8') : decodeQuoted(word.replaceAll('_', ' ')),
  )
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

async function listen(
  listener: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
  sockets: Set<Socket>,
  port: number,
): Promise<Server> {
  const server = createServer(listener)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined) // the sender was killed in the middle: that is what is tested
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}

function listenSmtp(server: SMTPServer, port: number): Promise<void> {
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve())
  })
}

async function closeServer(server: Server, sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy()
  if (server.listening) await new Promise((resolve) => server.close(resolve))
}

function portOf(server: { address: () => unknown }): number {
  const address = server.address()
  if (typeof address === 'object' && address !== null && 'port' in address && typeof address.port === 'number') return address.port
  throw new Error('the fake vendor has no port')
}
