/**
 * Mails that answer mails: bounces, absence notes, list traffic, our own pages coming back. They are kept and shown, refused
 * to their sender, and page nobody: a pager that pages about its own pages never stops.
 * Sources: RFC 3834 sections 2 and 5 (Auto-Submitted), RFC 5321 section 4.5.5 (null return path), read 2026-11-24.
 */
import type { MailEnvelope, ReadMail } from '../../core/mail/mail.ts'

const REPLIES = ['auto-replied', 'auto-notified']
const PRECEDENCES = ['bulk', 'junk', 'list', 'auto_reply']

/** @returns why it is taken for one, in words; null for an alert */
export function whyLoop(mail: ReadMail, envelope: MailEnvelope): string | null {
  if (envelope.sender === '') return 'it is a bounce: its return path is empty'
  // "auto-generated" is what a monitoring system rightly says of itself.
  const submitted = mail.autoSubmitted?.split(';', 1)[0]?.trim() ?? ''
  if (REPLIES.includes(submitted)) return `it is an automatic reply (Auto-Submitted: ${submitted})`
  if (mail.precedence !== null && PRECEDENCES.includes(mail.precedence))
    return `it is bulk or automatic mail (Precedence: ${mail.precedence})`
  const own = mail.own || [mail.messageId, mail.inReplyTo, ...mail.references].some((id) => id !== null && OWN_THREAD.test(id))
  return own ? 'it is, or answers, a mail that Tocsin has sent' : null
}

/** Pages are threads by incident, see `integrations/email/compose.ts`: the domain may be the company's own, the name is ours. */
const OWN_THREAD = /^incident-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}@/
