/**
 * The handshake by which a sender asks whether it is welcome before it sends. Whoever has a valid key is, from any origin, at
 * any rate: what is too much is answered with 429 when it comes.
 * Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md section 4 (read 2026-11-24).
 */
import { toLine } from '../../core/alert/text.ts'
import type { InboundMessage, Reply } from '../../integration.ts'

const ORIGIN_CHARS_MAX = 255

export function greet({ headers }: InboundMessage): Reply {
  const origin = headers['webhook-request-origin']
  const rate = headers['webhook-request-rate']
  const allowed = origin === undefined ? null : originIn(origin)
  return {
    status: 200,
    headers: {
      allow: 'POST, OPTIONS',
      ...(allowed === null ? {} : { 'webhook-allowed-origin': allowed }),
      // Asked for a rate, it must be answered with one; a positive number of requests a minute, or any.
      ...(allowed === null ? {} : { 'webhook-allowed-rate': rate !== undefined && /^[1-9]\d{0,8}$/.test(rate) ? rate : '*' }),
    },
    body: '',
  }
}

/** A name of DNS; whatever else stands there is not sent back. */
function originIn(given: string): string | null {
  const origin = toLine(given, ORIGIN_CHARS_MAX)
  return /^[A-Za-z0-9.:*-]+$/.test(origin) ? origin : null
}
