/** A page as a mail: one thread an incident, one Message-ID a delivery however often it is tried. */
import MailComposer from 'nodemailer/lib/mail-composer'
import { oneLine, subjectOf, textOf } from '../../core/page/message.ts'
import type { PageMessage } from '../../integration.ts'
import { htmlOf } from './html.ts'

export interface Mail {
  readonly envelope: { readonly from: string; readonly to: string }
  readonly raw: Buffer
}

/** RFC 5321, 4.5.3.1.3: a path has at most 256 octets, two of them brackets. */
const ADDRESS_CHARS_MAX = 254
const ADDRESS = /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/u

export function isAddress(text: string): boolean {
  return text.length <= ADDRESS_CHARS_MAX && ADDRESS.test(text)
}

/** `Tocsin <pages@example.com>` or the bare address. */
export function addressOf(from: string): string {
  return /<([^<>]+)>\s*$/u.exec(from)?.[1]?.trim() ?? from.trim()
}

/** @param from the sender as configured; @param to one address, checked with `isAddress`. */
export async function composeMail(message: PageMessage, from: string, to: string): Promise<Mail> {
  const sender = addressOf(from)
  const domain = /@([A-Za-z0-9.-]+)$/u.exec(sender)?.[1] ?? 'tocsin.invalid'
  const thread = `<incident-${idText(message.incident.id)}@${domain}>`
  const isUrgent = message.purpose === 'page'
  const raw = await new MailComposer({
    from: { name: oneLine(/^(.*?)<[^<>]+>\s*$/u.exec(from)?.[1]?.replaceAll('"', '') ?? 'Tocsin', 100), address: sender },
    to: { name: oneLine(message.person.name, 100), address: to },
    subject: subjectOf(message),
    text: textOf(message),
    html: htmlOf(message),
    messageId: `<${idText(message.reference)}@${domain}>`,
    ...(message.incident.id === '' ? {} : { references: thread, inReplyTo: thread }),
    headers: {
      'X-Tocsin-Reference': idText(message.reference),
      'Auto-Submitted': 'auto-generated', // RFC 3834: no holiday answers
      'X-Auto-Response-Suppress': 'All',
      ...(isUrgent ? { 'X-Priority': '1', Importance: 'high' } : {}),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()
  return { envelope: { from: sender, to }, raw }
}

/** References and ids are ours; whatever else gets in here cannot leave a header's value. */
function idText(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]/gu, '-').slice(0, 120)
}
