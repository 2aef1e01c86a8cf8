/**
 * What the answer of a push service means. RFC 8030, 5 and 7.3: 201 it was taken; 404 and 410 the subscription has ended
 * (410 after a message, 404 when it is forgotten); 413 too large; 429 slow down. RFC 8292, 4: 401 and 403 are about our
 * token. What the services make of it: https://firebase.google.com/docs/cloud-messaging/error-codes,
 * https://developer.apple.com/documentation/usernotifications/sending-web-push-notifications-in-web-apps-and-browsers,
 * https://autopush.readthedocs.io/en/latest/http.html (read 2026-11-24).
 */
import type { PostResult } from '../../integration-post.ts'
import { parseRetryAfter } from '../../integration-vendor.ts'
import type { Delivery } from '../../integration.ts'

export type Answered = Extract<PostResult, { kind: 'answered' }>

/** `gone`: this device will never be reached by this subscription again. */
export type Meaning = Delivery | { readonly kind: 'gone'; readonly reason: string }

export function meaningOf({ status, retryAfter }: Pick<Answered, 'status' | 'retryAfter'>, nowMs: number): Meaning {
  if (status >= 200 && status < 300) return { kind: 'delivered', externalId: null, evidence: 'The push service took it.' }
  if (status === 404 || status === 410)
    return { kind: 'gone', reason: `the push service says that this device takes no more messages (${status})` }
  const reason = `the push service answered ${status}`
  if (status === 413) return { kind: 'rejected', reason: `${reason}: even the short message is too large` }
  // 401 and 403 are about our token: a clock that is wrong can be mended while the page waits.
  const mendable = status === 401 || status === 403 || status === 408 || status === 425 || status === 429 || status >= 500
  return mendable ? { kind: 'retry', afterMs: parseRetryAfter(retryAfter, nowMs), reason } : { kind: 'rejected', reason }
}
