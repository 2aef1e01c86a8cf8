/**
 * The bounded way out for certificates and confirmations of sources: GET alone, to names that the caller's rule allows,
 * over a connection to the very address that was checked. It follows no redirect, sends no credentials, and reads no more
 * than it may. Private networks are allowed, since private endpoints of AWS live there; loopback, link-local addresses and
 * the clouds' metadata services are not.
 */
import { lookup } from 'node:dns/promises'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

export interface OutboundBounds {
  readonly timeoutMs: number
  readonly bytesMax: number
}

export type OutboundReply =
  | { readonly kind: 'reply'; readonly status: number; readonly body: Buffer }
  /** One sentence without a full stop and without the address, which may hold a token. */
  | { readonly kind: 'failed'; readonly reason: string }

export interface Outbound {
  /** Never throws. */
  readonly get: (url: string, bounds: OutboundBounds) => Promise<OutboundReply>
}

export interface OutboundParts {
  readonly resolve: (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>
  readonly isForbidden: (address: string) => boolean
  /** Where a test serves what the world does: the name and its certificate are still checked. */
  readonly portOf: (url: URL) => number
  /** Authorities in PEM; undefined: those of Node. */
  readonly ca: string | undefined
}

const DEFAULT_PARTS: OutboundParts = {
  resolve: (host) => lookup(host, { all: true, verbatim: true }),
  isForbidden,
  portOf: (url) => (url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)),
  ca: undefined,
}

export function makeOutbound(changed: Partial<OutboundParts> = {}): Outbound {
  const parts = { ...DEFAULT_PARTS, ...changed }
  return { get: (url, bounds) => get(url, bounds, parts) }
}

async function get(address: string, bounds: OutboundBounds, parts: OutboundParts): Promise<OutboundReply> {
  const ends = performance.now() + bounds.timeoutMs
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) {
    return { kind: 'failed', reason: 'the address is not one to go to' }
  }
  const found = await within(bounds.timeoutMs, resolveSafely(url.hostname, parts))
  if (found === null) return { kind: 'failed', reason: 'the name could not be resolved in time' }
  if (typeof found === 'string') return { kind: 'failed', reason: found }
  return fetchFrom(url, found, { ...bounds, timeoutMs: Math.max(1, ends - performance.now()) }, parts)
}

interface Address {
  readonly address: string
  readonly family: 4 | 6
}

async function resolveSafely(host: string, parts: OutboundParts): Promise<Address | string> {
  try {
    const found = await parts.resolve(host)
    const [first] = found
    if (first === undefined) return 'the name has no address'
    if (found.some((candidate) => parts.isForbidden(candidate.address))) return 'the name leads to an address that is not to be gone to'
    return { address: first.address, family: first.family === 6 ? 6 : 4 }
  } catch (error) {
    return `the name could not be resolved (${codeOf(error)})`
  }
}

function fetchFrom(url: URL, to: Address, bounds: OutboundBounds, parts: OutboundParts): Promise<OutboundReply> {
  const { promise, resolve } = Promise.withResolvers<OutboundReply>()
  const lookupChecked: LookupFunction = (_host, options, done) => {
    if (options.all === true) done(null, [to])
    else done(null, to.address, to.family)
  }
  const secure = url.protocol === 'https:'
  const request = (secure ? requestHttps : requestHttp)({
    method: 'GET',
    host: url.hostname,
    port: parts.portOf(url),
    path: `${url.pathname}${url.search}`,
    agent: false,
    lookup: lookupChecked,
    headers: { host: url.host, accept: '*/*', 'user-agent': 'tocsin' },
    ...(secure ? { servername: url.hostname, ...(parts.ca === undefined ? {} : { ca: parts.ca }) } : {}),
  })
  const finish = (reply: OutboundReply) => {
    clearTimeout(timer)
    resolve(reply)
    request.destroy()
  }
  const timer = setTimeout(() => finish({ kind: 'failed', reason: 'no answer in time' }), bounds.timeoutMs)
  request.on('error', (error) => finish({ kind: 'failed', reason: `the connection failed (${codeOf(error)})` }))
  request.on('response', (response) => readReply(response, bounds.bytesMax, finish))
  request.end()
  return promise
}

function readReply(response: IncomingMessage, bytesMax: number, finish: (reply: OutboundReply) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  response.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > bytesMax) finish({ kind: 'failed', reason: `the answer is larger than ${bytesMax} bytes` })
    else chunks.push(chunk)
  })
  response.on('error', (error) => finish({ kind: 'failed', reason: `the connection broke (${codeOf(error)})` }))
  response.on('aborted', () => finish({ kind: 'failed', reason: 'the connection broke' }))
  response.on('end', () => finish({ kind: 'reply', status: response.statusCode ?? 0, body: Buffer.concat(chunks) }))
}

/** @returns null when the time is up first */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** `ENOTFOUND` and the like: never the message, which may hold the address. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/u.test(code) ? code : 'no code'
}

/** Ranges: RFC 1122, RFC 3927, RFC 4291, RFC 1112; metadata services of AWS, Alibaba, Oracle, Google (read 2026-11-02). */
// Two lists: in one, the mapped addresses of version 6 would stand for every address of version 4.
const forbidden4 = new BlockList()
const forbidden6 = new BlockList()
forbidden4.addSubnet('0.0.0.0', 8, 'ipv4')
forbidden4.addSubnet('127.0.0.0', 8, 'ipv4')
forbidden4.addSubnet('169.254.0.0', 16, 'ipv4')
forbidden4.addAddress('100.100.100.200', 'ipv4')
forbidden4.addAddress('192.0.0.192', 'ipv4')
forbidden4.addSubnet('224.0.0.0', 3, 'ipv4')
forbidden6.addSubnet('::', 96, 'ipv6') // unspecified, loopback, IPv4 within
forbidden6.addSubnet('::ffff:0:0', 96, 'ipv6')
forbidden6.addSubnet('64:ff9b::', 96, 'ipv6')
forbidden6.addSubnet('2002::', 16, 'ipv6')
forbidden6.addSubnet('fe80::', 10, 'ipv6')
forbidden6.addSubnet('ff00::', 8, 'ipv6')
forbidden6.addAddress('fd00:ec2::254', 'ipv6')
forbidden6.addAddress('fd20:ce::254', 'ipv6')

/** The rule where no other is given; also for what is no address at all. */
export function isForbidden(address: string): boolean {
  const family = isIP(address)
  return family === 0 || (family === 6 ? forbidden6.check(address, 'ipv6') : forbidden4.check(address, 'ipv4'))
}
