/**
 * Grafana 12 and later may sign: the hex HMAC-SHA256 of the body, or of `timestamp:body` where a time stamp header is set.
 * Both headers may have any name there, so they are found by their shape; only who knows the secret can make a pair that fits.
 * Source: https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 * (read 2026-11-24).
 */
import type { InboundMessage } from '../../integration.ts'
import { isFresh, toSignedAt, verifyHmac } from '../../integration-signature.ts'

export const SIGNATURE_HEADER = 'x-grafana-alerting-signature'
const SIGNATURE = /^[0-9a-f]{64}$/i
const SECONDS = /^\d{10}$/
/** More of one shape in a message than any sender has. */
const CANDIDATES_MAX = 4

export function faultOfSignature(message: InboundMessage, secret: string | null): string | null {
  if (secret === null) return null
  const signatures = findHeaders(message, SIGNATURE, SIGNATURE_HEADER)
  if (signatures.length === 0) return 'no header holds a signature'
  const verify = (signed: readonly (Uint8Array | string)[]) =>
    signatures.some((given) => verifyHmac({ algorithm: 'sha256', secret, signed, given, encoding: 'hex' }))
  const stamp = findHeaders(message, SECONDS).find((text) => verify([text, ':', message.body]))
  if (stamp !== undefined)
    return isFresh(toSignedAt(stamp), message.receivedAt) ? null : 'its signed time stamp is too old or too far ahead'
  return verify([message.body]) ? null : 'its signature is wrong'
}

/** Of messages signed with their time: sent twice, they are the same one. Grafana has no other id of a delivery. */
export function deliveryIdOf(message: InboundMessage): string | null {
  const [signature] = findHeaders(message, SIGNATURE, SIGNATURE_HEADER)
  const [stamp] = findHeaders(message, SECONDS)
  return signature === undefined || stamp === undefined ? null : `${stamp}:${signature}`
}

function findHeaders({ headers }: InboundMessage, shape: RegExp, first?: string): string[] {
  const names = Object.keys(headers).sort((one, other) => Number(other === first) - Number(one === first))
  return names.flatMap((name) => (shape.test(headers[name] ?? '') ? [headers[name] ?? ''] : [])).slice(0, CANDIDATES_MAX)
}
