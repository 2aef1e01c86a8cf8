/**
 * What a receiver's answer means. Standard Webhooks: 2xx is taken, 410 means "never again", 3xx is a failure.
 * 5xx is "not now": the receiver says itself that it did not take the message; only silence is unknown.
 * `Retry-After` is seconds or an HTTP date (RFC 9110, 10.2.3; read 2026-11-02).
 */
import type { Delivery } from '../../integration.ts'
import type { PostResult } from '../../integration-post.ts'
import { parseRetryAfter } from '../../integration-vendor.ts'

/** @param nowMs the wall clock, to read a Retry-After that is a date. */
export function toDelivery(result: PostResult, nowMs: number): Delivery {
  switch (result.kind) {
    case 'unsent':
      return { kind: 'retry', afterMs: null, reason: result.reason }
    case 'unanswered':
      return { kind: 'unknown', reason: result.reason }
    case 'answered':
      return answered(result.status, parseRetryAfter(result.retryAfter, nowMs))
  }
}

function answered(status: number, afterMs: number | null): Delivery {
  const reason = `the receiver answered ${status}`
  if (status >= 200 && status < 300) return { kind: 'delivered', externalId: null, evidence: `The receiver answered ${status}.` }
  if (status === 408 || status === 425 || status === 429 || status >= 500) return { kind: 'retry', afterMs, reason }
  if (status >= 300 && status < 400) return { kind: 'rejected', reason: `${reason}: redirects are not followed` }
  return { kind: 'rejected', reason }
}
