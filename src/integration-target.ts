/**
 * Which addresses a webhook may go to. Only the server's owner names targets (in connections.yaml), so loopback and
 * private networks are allowed; what no owner can mean is refused: link-local ranges and the metadata services of
 * clouds, however they are written. WHATWG URL has already turned `0x7f.1` and the like into plain addresses.
 * Ranges: RFC 3927, RFC 4291, RFC 6052, RFC 1112 (read 2026-11-02).
 */
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

export interface Target {
  readonly url: URL
  /** The address that was checked; the connection goes to it and to no other. */
  readonly address: string
  readonly family: 4 | 6
}

export type TargetCheck =
  | { readonly kind: 'allowed'; readonly target: Target }
  /** Never: the address is one that no page may go to. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The name could not be resolved now. */
  | { readonly kind: 'unresolved'; readonly reason: string }

export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

const resolveAll: Resolve = (host) => lookup(host, { all: true, verbatim: true })

/** Parses, resolves once and checks every address; the caller connects to the one that is returned. */
export async function checkTarget(address: string, resolve: Resolve = resolveAll): Promise<TargetCheck> {
  if (!URL.canParse(address)) return { kind: 'refused', reason: 'the address is not a URL' }
  const url = new URL(address)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { kind: 'refused', reason: 'only http and https are allowed' }
  if (/%(?![0-9a-f]{2})/iu.test(url.username + url.password))
    return { kind: 'refused', reason: 'the credentials in the address are badly encoded' }
  const host = url.hostname.replace(/^\[|\]$/gu, '')
  const found = isIP(host) === 0 ? await resolveHost(host, resolve) : [{ address: host, family: isIP(host) }]
  if (typeof found === 'string') return { kind: 'unresolved', reason: found }
  if (found.some((candidate) => isForbidden(candidate.address))) {
    return { kind: 'refused', reason: 'the address is link-local, a metadata service or not a host' }
  }
  const first = found[0]
  if (first === undefined) return { kind: 'unresolved', reason: 'the name has no address' }
  return { kind: 'allowed', target: { url, address: first.address, family: first.family === 6 ? 6 : 4 } }
}

async function resolveHost(host: string, resolve: Resolve): Promise<readonly { address: string; family: number }[] | string> {
  try {
    return await resolve(host)
  } catch (error) {
    return `the name could not be resolved (${codeOf(error)})`
  }
}

/** `ENOTFOUND` and the like: never the message, which may hold the address. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/u.test(code) ? code : 'no code'
}

const forbidden = new BlockList()
forbidden.addSubnet('0.0.0.0', 8, 'ipv4')
forbidden.addSubnet('169.254.0.0', 16, 'ipv4') // link-local: metadata of AWS, Azure, Google, Oracle
forbidden.addAddress('100.100.100.200', 'ipv4') // metadata of Alibaba
forbidden.addAddress('192.0.0.192', 'ipv4') // metadata of Oracle, old
forbidden.addSubnet('224.0.0.0', 4, 'ipv4')
forbidden.addSubnet('240.0.0.0', 4, 'ipv4')
forbidden.addAddress('::', 'ipv6')
forbidden.addSubnet('fe80::', 10, 'ipv6')
forbidden.addAddress('fd00:ec2::254', 'ipv6') // metadata of AWS
forbidden.addAddress('fd20:ce::254', 'ipv6') // metadata of Google
forbidden.addSubnet('ff00::', 8, 'ipv6')

/** Also sees through IPv4 written inside IPv6: mapped, compatible, NAT64 and 6to4. */
export function isForbidden(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return true
  if (family === 4) return forbidden.check(address, 'ipv4')
  if (forbidden.check(address, 'ipv6')) return true
  return embeddedIpv4(address).some((inner) => forbidden.check(inner, 'ipv4'))
}

function embeddedIpv4(address: string): readonly string[] {
  const groups = groupsOf(address)
  const head = groups.slice(0, 6)
  const isZero = (from: number, to: number): boolean => groups.slice(from, to).every((group) => group === 0)
  const nat64 = groups[0] === 0x64 && groups[1] === 0xff9b
  const mapped = isZero(0, 5) && (head[5] === 0xffff || head[5] === 0)
  const translated = isZero(0, 4) && groups[4] === 0xffff && groups[5] === 0
  const inner: string[] = []
  if (nat64 || mapped || translated) inner.push(dotted(groups[6] ?? 0, groups[7] ?? 0))
  if (groups[0] === 0x2002) inner.push(dotted(groups[1] ?? 0, groups[2] ?? 0))
  const isLoopback = isZero(0, 7) && groups[7] === 1
  return isLoopback ? [] : inner
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** The eight groups of a valid IPv6 address, as the URL parser writes it (it never keeps dotted tails). */
function groupsOf(address: string): readonly number[] {
  const text = new URL(`http://[${address.split('%')[0] ?? ''}]/`).hostname.slice(1, -1)
  const [left = '', right = ''] = text.split('::')
  const head = parseGroups(left)
  const tail = parseGroups(right)
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

function parseGroups(part: string): number[] {
  return part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
}
