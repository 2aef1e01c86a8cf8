/**
 * Addresses of the public internet alone: the endpoint of a subscription is whatever a browser, or somebody who plays one,
 * says. Ranges: https://www.iana.org/assignments/iana-ipv4-special-registry and …-ipv6-special-registry (read 2026-11-24).
 */
import { BlockList, isIP } from 'node:net'
import { isForbidden } from '../../integration-target.ts'

const inside = new BlockList()
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
] as const)
  inside.addSubnet(network, bits, 'ipv4')

const outside = new BlockList()
outside.addSubnet('2000::', 3, 'ipv6')
const tunnels = new BlockList()
tunnels.addSubnet('2001::', 32, 'ipv6') // Teredo
tunnels.addSubnet('2001:db8::', 32, 'ipv6')
tunnels.addSubnet('2002::', 16, 'ipv6') // 6to4

/** False for loopback, private, shared, link-local and special addresses, and for IPv4 that is written inside IPv6. */
export function isPublicAddress(address: string): boolean {
  if (isForbidden(address)) return false
  if (isIP(address) === 4) return !inside.check(address, 'ipv4')
  return outside.check(address, 'ipv6') && !tunnels.check(address, 'ipv6')
}
