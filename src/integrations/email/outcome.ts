/**
 * What became of a mail. RFC 5321, 4.2.1: 4yz is "not now", 5yz is "never". What the server says of the session (no
 * service, login refused) is not about the mail: an operator can mend it, so it is tried again.
 */
import type { Delivery } from '../../integration.ts'
import type { SmtpResult } from './smtp.ts'

export function toDelivery(result: SmtpResult): Delivery {
  if (result.kind === 'accepted') {
    return { kind: 'delivered', externalId: null, evidence: `The mail server answered: ${result.response}` }
  }
  const { reason, status } = result
  if (status === null) return result.handedOver ? { kind: 'unknown', reason } : { kind: 'retry', afterMs: null, reason }
  if (status >= 500 && status !== 503 && result.stage === 'message') return { kind: 'rejected', reason }
  return { kind: 'retry', afterMs: null, reason }
}
