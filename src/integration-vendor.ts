/** One request to the API of a vendor that carries pages, and what its answer means where vendors agree. */
import { CONNECT_TIMEOUT_MS, post, type PostResult } from './integration-post.ts'
import { checkTarget, type Resolve } from './integration-target.ts'
import type { Delivery } from './integration.ts'

export interface VendorOptions {
  /** The wall clock in milliseconds. */
  readonly now: () => number
  readonly timeoutMs?: number
  readonly connectTimeoutMs?: number
  readonly resolve?: Resolve
}

export interface VendorRequest {
  /** May hold a token: never logged. */
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** `refused`: no request may go to that address. */
export type VendorReply = PostResult | { readonly kind: 'refused'; readonly reason: string }

/** More than any answer that is read here. */
const ANSWER_BYTES_MAX = 262_144

/** Never throws. */
export async function callVendor(request: VendorRequest, options: VendorOptions, signal: AbortSignal): Promise<VendorReply> {
  const checked = await checkTarget(request.url, options.resolve)
  if (checked.kind === 'refused') return checked
  if (checked.kind === 'unresolved') return { kind: 'unsent', reason: checked.reason }
  return post({
    target: checked.target,
    method: request.method,
    headers: { 'user-agent': 'Tocsin', accept: 'application/json', ...request.headers },
    body: request.body ?? '',
    signal,
    connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    answerBytesMax: ANSWER_BYTES_MAX,
  })
}

/** What silence means, whatever the vendor; undefined when it answered. */
export function silenceOf(reply: VendorReply): Delivery | undefined {
  switch (reply.kind) {
    case 'refused':
      return { kind: 'rejected', reason: reply.reason }
    case 'unsent':
      return { kind: 'retry', afterMs: null, reason: reply.reason }
    case 'unanswered':
      return { kind: 'unknown', reason: reply.reason }
    case 'answered':
      return undefined
  }
}

/** The answer's JSON when it is an object; else an empty one. Vendors' proxies answer in HTML. */
export function objectOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Milliseconds to wait, or null when nothing understandable was said. Never negative. RFC 9110, 10.2.3: seconds or a date. */
export function parseRetryAfter(value: string | null, nowMs: number): number | null {
  if (value === null) return null
  if (/^\d{1,9}$/u.test(value.trim())) return Number(value.trim()) * 1_000
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(date - nowMs, 0)
}
