/** Messages for the doors of vendors' webhooks, and what every signed one of them must refuse. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Signal } from '../../src/core/alert/signal.ts'
import type { Door, InboundMessage, Received } from '../../src/integration.ts'

export const NOW = Date.UTC(2026, 10, 24, 12)
export const SECRET = 'a-secret-of-the-vendor'

export type Headers = Readonly<Record<string, string>>

export function hookMessage(body: unknown, headers: Headers = {}): InboundMessage {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const all = { 'content-type': 'application/json', ...headers }
  return { method: 'POST', path: '/', query: new URLSearchParams(), headers: all, body: bytes, receivedAt: NOW }
}

export function hookContext(signingSecret: string | null = null) {
  return { params: {}, signingSecret, freshId: 'f'.repeat(32) }
}

/** `name` in the `fixtures` folder beside the test. */
export function fixtureText(folder: string, name: string): string {
  return readFileSync(join(folder, 'fixtures', name), 'utf8')
}

export function acceptedOf(received: Received) {
  if (received.kind !== 'signals') throw new Error(JSON.stringify(received))
  return received
}

export function onlySignal(received: Received): Signal {
  const { signals } = acceptedOf(received)
  const [signal] = signals
  if (signal === undefined || signals.length !== 1) throw new Error(JSON.stringify(received))
  return signal
}

/** How a vendor signs: the headers of a message with that body, signed at that time with that secret. */
export type Signer = (body: Buffer, options: { readonly secret: string; readonly at: number }) => Headers

/**
 * A good signature is believed; another key, an altered byte, a wrong length, none at all, and (where `old` is given) an old
 * time stamp or one from the future are distrusted, and the answer does not say which.
 */
export function expectSigned(
  receive: Door['receive'],
  body: string,
  sign: Signer,
  rest: Headers,
  options: { readonly stamped: boolean },
): void {
  const bytes = Buffer.from(body)
  const read = (headers: Headers, given = bytes) => receive(hookMessage(given, { ...rest, ...headers }), hookContext(SECRET))
  const good = sign(bytes, { secret: SECRET, at: NOW })
  expect(read(good).kind).toBe('signals')
  const altered = Buffer.from(bytes)
  altered[altered.length >> 1] = (altered[altered.length >> 1] ?? 0) ^ 1
  const [name, value] = Object.entries(good).find(([header]) => header.includes('signature')) ?? ['', '']
  const refused = [
    read({}),
    read(sign(bytes, { secret: `${SECRET}x`, at: NOW })),
    read(good, altered),
    read({ ...good, [name]: value.slice(0, -1) }),
    read({ ...good, [name]: `${value}0` }),
    read({ ...good, [name]: '' }),
    ...(options.stamped ? [NOW - 301_000, NOW + 301_000, 0].map((at) => read(sign(bytes, { secret: SECRET, at }))) : []),
  ]
  for (const received of refused) {
    expect(received).toMatchObject({ kind: 'distrusted', reason: expect.stringMatching(/./), reply: { status: 401 } })
    expect(received.reply.body).toBe(refused[0]?.reply.body)
  }
}
