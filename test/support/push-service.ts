/**
 * A push service on loopback with a browser behind it: checks what real ones check (token, TTL, urgency, topic, size) and
 * decrypts with the browser's own key, by WebCrypto and not by the code under test. RFC 8030, 8291, 8292.
 */
import { createPublicKey, verify } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PushDevice } from '../../src/integration-push.ts'

const { subtle } = globalThis.crypto
const BODY_BYTES_MAX = 4_096
const TOKEN_SECONDS_MAX = 86_400

export interface PushAsked {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly bytes: number
  /** As the browser reads it; null: it cannot be read. */
  readonly text: string | null
  readonly claims: { readonly aud: string; readonly exp: number; readonly sub: string }
}

/** `take`: as a push service that has nothing against it. */
export type PushAnswer = 'take' | { readonly status: number; readonly headers?: Readonly<Record<string, string>> } | 'silence' | 'reset'

export interface PushService {
  readonly url: string
  readonly asked: PushAsked[]
  /** What was wrong with requests; a service that finds something answers 400 or 403. */
  readonly faults: string[]
  readonly close: () => void
}

export interface FakeBrowser {
  readonly device: (endpoint: string) => PushDevice
  readonly publicKey: Buffer
  readonly authSecret: Buffer
  readonly decrypt: (body: Buffer) => Promise<string>
}

/** @param nowMs by which tokens are judged */
export async function startPushService(
  browser: FakeBrowser,
  answer: (asked: PushAsked, count: number) => PushAnswer,
  nowMs: () => number = Date.now,
): Promise<PushService> {
  const asked: PushAsked[] = []
  const faults: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    const finish = async (): Promise<void> => {
      const body = Buffer.concat(chunks)
      const { claims, fault } = readToken(request.headers.authorization ?? '', `http://${request.headers.host ?? ''}`, nowMs())
      const text = await browser.decrypt(body).catch(() => null)
      const one = { path: request.url ?? '', headers: request.headers, bytes: body.length, text, claims }
      asked.push(one)
      const found = [...fault, ...findFaults(request.method ?? '', request.headers, body)]
      faults.push(...found)
      if (found.length > 0) {
        response.writeHead(fault.length > 0 ? 403 : 400).end()
        return
      }
      const told = answer(one, asked.length)
      if (told === 'silence') return
      if (told === 'reset') request.socket.resetAndDestroy()
      else if (told === 'take') response.writeHead(201, { location: `http://${request.headers.host ?? ''}/message/1` }).end()
      else response.writeHead(told.status, told.headers ?? {}).end()
    }
    request.on('end', () => void finish())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    faults,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function findFaults(method: string, headers: IncomingHttpHeaders, body: Buffer): string[] {
  const is = (name: string, fits: RegExp): string[] => (fits.test(String(headers[name])) ? [] : [`${name} is ${String(headers[name])}`])
  return [
    ...(method === 'POST' ? [] : [`the method is ${method}`]),
    ...(body.length <= BODY_BYTES_MAX ? [] : [`the body has ${body.length} bytes`]),
    ...is('ttl', /^\d+$/u),
    ...is('urgency', /^(very-low|low|normal|high)$/u),
    ...is('topic', /^[\w-]{1,32}$/u),
    ...is('content-encoding', /^aes128gcm$/u),
  ]
}

function readToken(header: string, origin: string, nowMs: number): { readonly claims: PushAsked['claims']; readonly fault: string[] } {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/u.exec(header) ?? []
  const [head = '', claimed = '', signature = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(claimed, 'base64url').toString() || '{}') as PushAsked['claims']
  const point = Buffer.from(key, 'base64url')
  if (point.length !== 65) return { claims, fault: ['there is no key'] }
  const coordinates = { x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') }
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', ...coordinates }, format: 'jwk' })
  const signed = verify(
    'sha256',
    Buffer.from(`${head}.${claimed}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  const left = claims.exp - nowMs / 1_000
  return {
    claims,
    fault: [
      ...(signed ? [] : ['the signature is wrong']),
      ...(claims.aud === origin ? [] : [`the audience is ${claims.aud}`]),
      ...(left > 0 && left <= TOKEN_SECONDS_MAX ? [] : [`the token ends in ${left} s`]),
      ...(/^(mailto:|https:)/u.test(claims.sub) ? [] : [`the subject is ${claims.sub}`]),
    ],
  }
}

export async function fakeBrowser(name = 'Pixel 9'): Promise<FakeBrowser> {
  const pair = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits'])
  const publicKey = Buffer.from(await subtle.exportKey('raw', pair.publicKey))
  const authSecret = Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(16)))
  return {
    publicKey,
    authSecret,
    device: (endpoint) => ({ id: 'device-1', name, endpoint, publicKey, authSecret }),
    decrypt: async (given) => {
      const body = new Uint8Array(given)
      const idBytes = body[20] ?? 0
      const sender = body.subarray(21, 21 + idBytes)
      const theirs = await subtle.importKey('raw', sender, { name: 'ECDH', namedCurve: 'P-256' }, false, [])
      const shared = await subtle.deriveBits({ name: 'ECDH', public: theirs }, pair.privateKey, 256)
      const about = bytesOf('WebPush: info\0', publicKey, sender)
      const material = await hkdf(shared, new Uint8Array(authSecret), about, 256)
      const salt = body.subarray(0, 16)
      const bits = await hkdf(material, salt, bytesOf('Content-Encoding: aes128gcm\0'), 128)
      const nonce = await hkdf(material, salt, bytesOf('Content-Encoding: nonce\0'), 96)
      const key = await subtle.importKey('raw', bits, 'AES-GCM', false, ['decrypt'])
      const record = Buffer.from(await subtle.decrypt({ name: 'AES-GCM', iv: nonce }, key, body.subarray(21 + idBytes)))
      const end = record.lastIndexOf(2)
      if (end < 0 || record.subarray(end + 1).some((byte) => byte !== 0)) throw new Error('the record does not end')
      return record.subarray(0, end).toString('utf8')
    },
  }
}

function bytesOf(text: string, ...more: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat([Buffer.from(text), ...more]))
}

async function hkdf(
  material: ArrayBuffer,
  salt: Uint8Array<ArrayBuffer>,
  info: Uint8Array<ArrayBuffer>,
  bits: number,
): Promise<ArrayBuffer> {
  const key = await subtle.importKey('raw', material, 'HKDF', false, ['deriveBits'])
  return subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, key, bits)
}
