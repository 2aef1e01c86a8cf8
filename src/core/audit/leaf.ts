/** What one change looks like in the audit log: canonical JSON (RFC 8785), hashed as stored and never made again to verify. */
import canonicalize from 'canonicalize'
import type { Actor } from '../incident/event.ts'
import { type Instant, toRfc3339 } from '../time.ts'

export interface AuditEntry {
  readonly at: Instant
  readonly actor: Actor
  /** What was done, such as `incident.acknowledged` or `receipts.accepted`. */
  readonly act: string
  /** What it was done to, such as `incident:<id>`. */
  readonly subject: string
  readonly data: unknown
}

/** A leaf's text. @throws when the data is no JSON: a programming error, edges clean what comes from outside. */
export function leafText(entry: AuditEntry): string {
  const { at, actor, act, subject, data } = entry
  const text = canonicalize({ v: 1, at: toRfc3339(at), actor: { ...actor }, act, subject, data })
  if (text === undefined) throw new Error(`the audit entry ${act} of ${subject} is no JSON`)
  return text
}
