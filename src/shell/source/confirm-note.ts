/**
 * What was known of a signer's certificate when a message came, kept with its receipt: read again, it is believed exactly
 * as it was, whatever has become known since.
 */
import { field, isObject, textField } from '../../core/alert/json.ts'
import type { ReceiveContext, SignerCertificate } from '../../integration.ts'

/** Senders' own headers of that prefix are never kept. */
export const CERTIFICATE_HEADER = 'x-tocsin-certificate'

/** Headers to keep. @param signed whether the owner demands signatures */
export function noteCertificate(certificate: SignerCertificate, signed: boolean): Record<string, string> {
  const kind = certificate.kind === 'known' ? 'checked' : certificate.kind
  const reason = 'reason' in certificate ? { reason: certificate.reason } : {}
  return { [CERTIFICATE_HEADER]: JSON.stringify({ kind, ...reason, ...(signed ? { signed } : {}) }) }
}

/** What `receive` is told when the message is read again. */
export function contextOfNote(headers: Readonly<Record<string, string>>): Pick<ReceiveContext, 'certificate' | 'demands'> {
  const note = headers[CERTIFICATE_HEADER]
  if (note === undefined) return {}
  const read = parse(note)
  const kind = isObject(read) ? textField(read, 'kind') : null
  if (!isObject(read) || kind === null) return { certificate: { kind: 'unknown', reason: 'what was known of it cannot be read' } }
  const reason = textField(read, 'reason') ?? 'it was not known'
  const demands = field(read, 'signed') === true ? { demands: { topics: [], signed: true } } : {}
  if (kind === 'checked') return { certificate: { kind }, ...demands }
  return { certificate: { kind: kind === 'absent' ? kind : 'unknown', reason }, ...demands }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
