/** What each command of a mail connection is answered, within its bounds. One object for all connections of a listener. */
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import type { Intake } from '../alert/intake.ts'
import { type IngestOutcome, ingestRequestsTotal } from '../metrics/metrics.ts'
import type { Ports } from '../ports.ts'
import {
  MAIL_BYTES_HELD_MAX,
  MAIL_BYTES_MAX,
  MAIL_CONNECTIONS_PER_ADDRESS_MAX,
  MAIL_OPEN_PER_MINUTE_MAX,
  MAIL_RECIPIENTS_MAX,
  MAIL_WRONG_RECIPIENTS_MAX,
} from './mail-limits.ts'
import { findRecipient, type Recipient } from './recipient.ts'
import { takeMail } from './take-mail.ts'

/** SMTP's three digits and words; null: as the protocol says by itself. */
export type SmtpAnswer = { readonly status: number; readonly text: string } | null

export interface SmtpSessions {
  readonly connect: (session: SMTPServerSession) => SmtpAnswer
  readonly close: (session: SMTPServerSession) => void
  readonly mailFrom: (session: SMTPServerSession) => SmtpAnswer
  readonly rcptTo: (session: SMTPServerSession, address: string) => Promise<SmtpAnswer>
  readonly data: (session: SMTPServerSession, stream: SMTPServerDataStream) => Promise<SmtpAnswer>
}

const DOOR = 'email'
const MINUTE_MS = 60_000
const OVERLOAD: SmtpAnswer = { status: 451, text: '4.3.1 too much at once, come again' }
const UNAVAILABLE: SmtpAnswer = { status: 451, text: '4.3.0 it could not be kept for now, come again' }

/** What one connection has said so far. */
interface Visit {
  recipients: Recipient[]
  wrong: number
  /** Of the mail that is being read: gives its bytes back when the connection breaks. */
  release: () => void
}

const NOTHING_HELD = (): void => undefined

export function openSmtpSessions(ports: Ports, intake: Intake): SmtpSessions {
  const { log } = ports
  const visits = new Map<string, Visit>()
  const perAddress = new Map<string, number>()
  const isWithin = makeCounter(MAIL_OPEN_PER_MINUTE_MAX)
  const held = { bytes: 0 }

  const visitOf = (session: SMTPServerSession): Visit => {
    const visit = visits.get(session.id) ?? { recipients: [], wrong: 0, release: NOTHING_HELD }
    visits.set(session.id, visit)
    return visit
  }
  const addRecipient = async (visit: Visit, address: string): Promise<SmtpAnswer> => {
    const recipient = await findRecipient(ports, intake, address)
    if (recipient === null) {
      visit.wrong += 1
      return tell('unknown_key', { status: 550, text: '5.1.1 nobody here by that address' })
    }
    if (recipient.open && !isWithin(recipient.address)) {
      return tell('overload', { status: 451, text: '4.7.0 too many mails to this address, come again' })
    }
    visit.recipients.push(recipient)
    return null
  }
  return {
    connect: (session) => {
      const open = (perAddress.get(session.remoteAddress) ?? 0) + 1
      perAddress.set(session.remoteAddress, open)
      return open > MAIL_CONNECTIONS_PER_ADDRESS_MAX ? { status: 421, text: '4.7.0 too many connections from your address' } : null
    },
    close: (session) => {
      const left = (perAddress.get(session.remoteAddress) ?? 1) - 1
      if (left <= 0) perAddress.delete(session.remoteAddress)
      else perAddress.set(session.remoteAddress, left)
      visits.get(session.id)?.release()
      visits.delete(session.id)
    },
    mailFrom: (session) => {
      visitOf(session).recipients = []
      return intake.isFull() ? tell('overload', OVERLOAD) : null
    },
    rcptTo: async (session, address) => {
      const visit = visitOf(session)
      if (visit.wrong >= MAIL_WRONG_RECIPIENTS_MAX) return { status: 421, text: '4.7.0 too many wrong recipients' }
      if (visit.recipients.length >= MAIL_RECIPIENTS_MAX) return { status: 452, text: '4.5.3 too many recipients' }
      try {
        return await addRecipient(visit, address)
      } catch (error) {
        log.warn({ err: error }, 'the recipient of a mail could not be looked up; the sender is told to come again')
        return tell('unavailable', UNAVAILABLE)
      }
    },
    data: async (session, stream) => {
      const visit = visitOf(session)
      const { recipients } = visit
      const sender = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address
      const body = await readStream(stream, held, visit)
      try {
        if (stream.sizeExceeded) return tell('refused', { status: 552, text: `5.3.4 a mail may have ${MAIL_BYTES_MAX} bytes` })
        if (body.full || intake.isFull()) return tell('overload', { status: 452, text: '4.3.1 too much at once, come again' })
        const { status, text } = await takeMail(intake, { raw: Buffer.concat(body.chunks), sender, recipients })
        return tell(status === 250 ? 'accepted' : status >= 500 ? 'refused' : 'unavailable', { status, text })
      } catch (error) {
        log.error({ err: error }, 'a mail could not be taken; the sender is told to come again')
        return tell('unavailable', UNAVAILABLE)
      } finally {
        body.release()
      }
    },
  }
}

function tell(outcome: IngestOutcome, answer: SmtpAnswer): SmtpAnswer {
  ingestRequestsTotal.inc({ door: DOOR, outcome })
  return answer
}

interface ReadBody {
  readonly chunks: readonly Buffer[]
  /** The bound of all mails together was met. */
  readonly full: boolean
  readonly release: () => void
}

/** To its last byte: the sender hears its answer after that. What comes past a bound is thrown away. */
async function readStream(stream: SMTPServerDataStream, held: { bytes: number }, visit: Visit): Promise<ReadBody> {
  const chunks: Buffer[] = []
  let size = 0
  let full = false
  const release = (): void => {
    held.bytes -= size
    size = 0
    chunks.length = 0
  }
  stream.on('data', (chunk: Buffer) => {
    if (full || stream.sizeExceeded) return
    full = held.bytes + chunk.length > MAIL_BYTES_HELD_MAX
    if (full) return
    held.bytes += chunk.length
    size += chunk.length
    chunks.push(chunk)
  })
  // A connection that breaks within a mail ends nothing: nothing is taken, and this is never resumed.
  visit.release = release
  await new Promise<void>((resolve) => stream.once('end', resolve))
  visit.release = NOTHING_HELD
  return { chunks, full, release }
}

/** True while a name is within its number a minute. */
function makeCounter(perMinuteMax: number): (name: string) => boolean {
  let counts = new Map<string, number>()
  let since = performance.now()
  return (name) => {
    if (performance.now() - since > MINUTE_MS) {
      counts = new Map()
      since = performance.now()
    }
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count <= perMinuteMax
  }
}
