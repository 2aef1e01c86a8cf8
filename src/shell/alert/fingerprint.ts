/** Which alert a signal belongs to: 128 bits of SHA-256 over source and identity, remembered for identities that repeat. */
import { hash } from 'node:crypto'
import { identityOf, type Signal } from '../../core/alert/signal.ts'

/** Identities remembered in each of two generations: bounded memory, and the ones in use stay. */
const GENERATION_MAX = 10_000
let young = new Map<string, string>()
let old = new Map<string, string>()

/** UUID text form, as Postgres writes it. */
export function fingerprintOf(sourceId: string, signal: Signal): string {
  const looks = looksOf(sourceId, signal)
  const known = young.get(looks)
  if (known !== undefined) return known
  const fingerprint = old.get(looks) ?? toUuid(hash('sha256', `${sourceId}\u0000${identityOf(signal)}`, 'hex'))
  if (young.size >= GENERATION_MAX) {
    old = young
    young = new Map()
  }
  young.set(looks, fingerprint)
  return fingerprint
}

/** Equal looks mean equal identity; the other way round does not matter, a sender keeps the order of its labels. */
function looksOf(sourceId: string, { dedupKey, alarm, labels }: Signal): string {
  return dedupKey === null ? `${sourceId}l${alarm}\u0000${JSON.stringify(labels)}` : `${sourceId}k${dedupKey}`
}

function toUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
