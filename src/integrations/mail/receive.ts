/**
 * An e-mail as signals. What the library read of it stands in the headers of the receipt, the raw mail is its body; so this
 * is pure, and a mail is read again after a crash exactly as it was read first.
 */
import { toLabels, toLinks, toSignal } from '../../core/alert/build.ts'
import { isObject } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { toLine } from '../../core/alert/text.ts'
import type { InboundMessage, Received, Reply } from '../../integration.ts'
import { readAlertmanagerMail } from './alertmanager-mail.ts'
import { whyLoop } from './loop.ts'
import { ENVELOPE_HEADER, MAIL_HEADER, type MailEnvelope, type ReadMail } from '../../core/mail/mail.ts'
import { readSubject } from './subject.ts'

/** Replies carry SMTP's own codes. Source: RFC 5321 section 4.2.3, RFC 3463 (read 2026-11-24). */
const TAKEN: Reply = { status: 250, body: '2.0.0 accepted' }
const LOOP: Reply = { status: 554, body: '5.7.1 not taken: automatic replies, bounces and bulk mail raise no alert' }

export function receiveMail(message: InboundMessage): Received {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the listener of this very server
  const mail = readHeader(message, MAIL_HEADER) as ReadMail | null
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  const envelope = readHeader(message, ENVELOPE_HEADER) as MailEnvelope | null
  if (mail === null || envelope === null) {
    const reason = 'the mail could not be taken apart'
    return { kind: 'refused', reason, page: true, title: `A mail came that could not be read: ${reason}`, reply: TAKEN }
  }
  const loop = whyLoop(mail, envelope)
  if (loop !== null) return { kind: 'refused', reason: loop, page: false, title: toLine(mail.subject, 300), reply: LOOP }
  const signals = (envelope.alarm === null ? readAlertmanagerMail(mail) : null) ?? [toMailSignal(mail, envelope)]
  return {
    kind: 'signals',
    signals,
    changes: [],
    reply: TAKEN,
    ...(mail.messageId === null ? {} : { messageId: mail.messageId, messageIdAlone: true as const }),
  }
}

function toMailSignal(mail: ReadMail, envelope: MailEnvelope): Signal {
  const { status, about, stated } = readSubject(mail.subject)
  const title = mail.subject.trim() === '' ? `Mail without a subject from ${mail.from || 'nobody'}` : mail.subject
  return toSignal({
    alarm: envelope.alarm ?? about,
    // A person who writes "OK: …" to an address for reports has not ended anything.
    status: envelope.alarm === null ? status : 'firing',
    title,
    summary: [mail.text, describeAttachments(mail)].filter((part) => part !== '').join('\n\n') || null,
    dedupKey: keyOf(mail, envelope, stated ? about : null),
    severityHint: mail.important ? 'high' : null,
    labels: toLabels({ from: mail.fromAddress, to: envelope.recipient, authentication: mail.authentication ?? 'not checked' }),
    links: toLinks(mail.links.map((link) => [link.href, link.text] as const)),
    startsAt: null,
  })
}

/** Tools that name a state write the same words for the end; of all other mails those of one thread belong together. */
function keyOf(mail: ReadMail, { recipient }: MailEnvelope, about: string | null): string {
  if (about !== null) return `mail/${recipient}/${toLine(about, 512)}`
  const root = mail.references[0] ?? mail.inReplyTo ?? mail.messageId
  return root === null ? `mail/${recipient}/${mail.fromAddress}/${toLine(mail.subject, 512)}` : `mail-thread/${root}`
}

function describeAttachments({ attachments }: ReadMail): string {
  if (attachments.length === 0) return ''
  const lines = attachments.map(
    ({ name, type, bytes }) => `- ${toLine(name, 200) || 'without a name'} (${toLine(type, 100)}, ${bytes} bytes)`,
  )
  return `Attachments, kept with the raw mail:\n${lines.join('\n')}`
}

function readHeader(message: InboundMessage, name: string): object | null {
  const text = message.headers[name]
  if (text === undefined) return null
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
