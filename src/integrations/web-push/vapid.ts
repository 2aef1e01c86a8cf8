/**
 * Who we are to a push service: a token signed with this installation's own key, which the browser was told when it
 * subscribed. RFC 8292 (read 2026-11-24): ES256, at most 24 h, for one push service each.
 */
import { sign } from 'node:crypto'
import type { VapidKey } from '../../integration-push.ts'

const TOKEN_MS = 12 * 3_600_000
/** Apple refuses those who make a new one more than once an hour. */
const KEPT_MS = 6 * 3_600_000
const KEPT_MAX = 100

export interface Vapid {
  /** Value of the header `Authorization`. @param audience origin of the push service */
  readonly authorize: (audience: string, key: VapidKey) => string
}

/** @param subject `https:` or `mailto:`, by which a push service can reach whoever runs this */
export function makeVapid(subject: string, now: () => number): Vapid {
  const kept = new Map<string, { readonly header: string; readonly until: number }>()
  return {
    authorize: (audience, key) => {
      const name = `${audience} ${key.publicKey}`
      const known = kept.get(name)
      if (known !== undefined && known.until > now()) return known.header
      const header = `vapid t=${tokenOf({ aud: audience, exp: Math.floor((now() + TOKEN_MS) / 1_000), sub: subject }, key)}, k=${key.publicKey}`
      if (kept.size >= KEPT_MAX) kept.clear()
      kept.set(name, { header, until: now() + KEPT_MS })
      return header
    },
  }
}

/** A JSON Web Token: header, claims and signature, RFC 7519 and 7515. */
function tokenOf(claims: Readonly<Record<string, string | number>>, { privateKey }: VapidKey): string {
  const text = `${encode({ typ: 'JWT', alg: 'ES256' })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

function encode(part: Readonly<Record<string, string | number>>): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
