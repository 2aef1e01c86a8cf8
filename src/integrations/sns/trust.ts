/**
 * How far a message is believed. A signature that is wrong is never believed. One that cannot be checked, because the
 * certificate cannot be had, is believed where it alarms and not where it calms: nothing unchecked may keep people asleep.
 */
import type { InboundMessage, ReceiveContext } from '../../integration.ts'
import { type Envelope, isCertificateUrl } from './envelope.ts'
import { findFault } from './signature.ts'

export type Trust =
  | { readonly kind: 'verified' }
  /** It bears a signature that could not be checked yet. */
  | { readonly kind: 'unchecked'; readonly reason: string }
  /** It bears none: raw delivery, or handed on by a function of the owner's own. The key alone vouches for it. */
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'distrusted'; readonly reason: string }

export function judge(envelope: Envelope, message: InboundMessage, context: ReceiveContext): Trust {
  const pinned = findPinFault(envelope.topicArn, context)
  if (pinned !== null) return { kind: 'distrusted', reason: pinned }
  if (!isCertificateUrl(envelope.certificateUrl)) return { kind: 'distrusted', reason: 'its certificate is not at an address of SNS' }
  if (envelope.signature === '') return { kind: 'distrusted', reason: 'it has no signature' }
  const certificate = context.certificate ?? { kind: 'unknown', reason: 'its certificate was not asked for' }
  switch (certificate.kind) {
    case 'checked':
      return { kind: 'verified' }
    case 'absent':
      return { kind: 'distrusted', reason: certificate.reason }
    case 'unknown':
      return { kind: 'unchecked', reason: certificate.reason }
    case 'known': {
      const fault = findFault(envelope, certificate.pem, message.receivedAt)
      return fault === null ? { kind: 'verified' } : { kind: 'distrusted', reason: fault }
    }
  }
}

/** For what has no signature. */
export function judgeUnsigned(topicArn: string | null, context: ReceiveContext): Trust {
  if (context.demands?.signed === true) return { kind: 'distrusted', reason: 'it has no signature, and this source demands one' }
  const pinned = findPinFault(topicArn, context)
  return pinned === null ? { kind: 'unsigned' } : { kind: 'distrusted', reason: pinned }
}

function findPinFault(topicArn: string | null, { demands }: ReceiveContext): string | null {
  const topics = demands?.topics ?? []
  return topics.length === 0 || (topicArn !== null && topics.includes(topicArn))
    ? null
    : 'its topic is none of those that may speak through this source'
}
