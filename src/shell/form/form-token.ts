/**
 * A form carries when it was shown and a number of its own, sealed: a robot that posts without looking is shown the form
 * again, and pressing the button twice is one report. Nothing is lost by it: what was written stays in the form.
 */
import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'

export type TokenReading =
  | { readonly kind: 'good'; readonly nonce: string }
  /** Not ours, from before a restart, or shown too long ago. */
  | { readonly kind: 'stale' }
  /** Sent faster than anybody reads. */
  | { readonly kind: 'hasty' }

const AGE_MS_MAX = 24 * 3_600_000
const AGE_MS_MIN = 1_500
const TOKEN = /^(\d{10,16})\.([0-9a-f]{32})\.([0-9a-f]{64})$/
const key = randomBytes(32)

export function makeToken(nowMs: number): string {
  const body = `${Math.floor(nowMs)}.${randomBytes(16).toString('hex')}`
  return `${body}.${seal(body)}`
}

export function readToken(token: string, nowMs: number): TokenReading {
  const match = TOKEN.exec(token)
  if (match === null) return { kind: 'stale' }
  const [, shown = '', nonce = '', given = ''] = match
  if (!timingSafeEqual(Buffer.from(seal(`${shown}.${nonce}`)), Buffer.from(given))) return { kind: 'stale' }
  const ageMs = nowMs - Number(shown)
  if (ageMs > AGE_MS_MAX) return { kind: 'stale' }
  return ageMs < AGE_MS_MIN ? { kind: 'hasty' } : { kind: 'good', nonce }
}

/** The same for the same form; who does not know the form cannot guess it. */
export function digestOf(nonce: string): Buffer {
  return Buffer.from(hash('sha256', `report ${nonce}`, 'hex'), 'hex')
}

function seal(body: string): string {
  return createHmac('sha256', key).update(body).digest('hex')
}
