/** One mail for one or more sources: read once, committed for each, and only then taken from its sender. */
import { hash } from 'node:crypto'
import { ENVELOPE_HEADER, MAIL_HEADER, type MailEnvelope } from '../../core/mail/mail.ts'
import { receiveAgain } from '../alert/door-table.ts'
import type { Intake } from '../alert/intake.ts'
import { readMail } from './read-mail.ts'
import type { Recipient } from './recipient.ts'

export interface TakenMail {
  /** SMTP's three digits. */
  readonly status: number
  readonly text: string
}

const COME_AGAIN: TakenMail = { status: 451, text: '4.3.0 it could not be kept for now, come again' }

/** Never throws. */
export async function takeMail(
  intake: Pick<Intake, 'accept'>,
  { raw, sender, recipients }: { readonly raw: Buffer; readonly sender: string; readonly recipients: readonly Recipient[] },
): Promise<TakenMail> {
  const read = await readMail(raw)
  // Without an id of its own a mail is known by its bytes: a sender who lost the answer sends the same ones again.
  const mail = read === null ? null : { ...read, messageId: read.messageId ?? `sha256:${hash('sha256', raw, 'hex')}` }
  const answers: TakenMail[] = []
  for (const recipient of distinct(recipients)) {
    const envelope: MailEnvelope = { sender, recipient: recipient.address, alarm: recipient.alarm }
    const headers = {
      ...(mail === null ? {} : { [MAIL_HEADER]: JSON.stringify(mail) }),
      [ENVELOPE_HEADER]: JSON.stringify(envelope),
    }
    let answer = COME_AGAIN
    const committed = await intake.accept({
      source: recipient.source,
      door: 'email',
      path: '/email',
      body: raw,
      headers,
      read: (message) => {
        const received = receiveAgain('email', message)
        answer = { status: received.reply.status, text: received.reply.body }
        return received
      },
    })
    if (!committed) return COME_AGAIN
    answers.push(answer)
  }
  // Taken by one is taken: a refusal of all is told.
  return answers.find(({ status }) => status === 250) ?? answers[0] ?? COME_AGAIN
}

/** A mail to two addresses of one source is one alert. */
function distinct(recipients: readonly Recipient[]): Recipient[] {
  const seen = new Set<string>()
  return recipients.filter(({ source, alarm }) => {
    const key = `${source.id}/${alarm ?? ''}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
