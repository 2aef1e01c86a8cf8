/**
 * A mail that is about no incident, to one address, once. It goes the way of a page: the attempt is written down before
 * the call and its outcome after it; what was not taken is tried again, rarely, and not for ever.
 */
import { HOUR_MS } from '../../core/time.ts'
import type { ChannelBook, Delivery, PageMessage } from '../../integration.ts'
import type { Ports } from '../ports.ts'
import { type Attempt, recordOutcome, type ReminderOutcome, takeAttempt } from './reminder-store.ts'
import { sendInTime } from './send.ts'

const AGAIN_AFTER_MS = 6 * HOUR_MS
/** Five days of trying. */
const ATTEMPTS_MAX = 20

export interface Reminder {
  /** Names it for ever: the same one is sent once. */
  readonly key: string
  readonly to: { readonly address: string; readonly name: string; readonly zone: string }
  readonly title: string
  /** One sentence, with what to do. */
  readonly notice: string
}

/** @returns what came of it; null: it was sent before, or is not to be tried yet */
export async function sendReminder(ports: Ports, channels: ChannelBook, reminder: Reminder): Promise<ReminderOutcome | null> {
  const { key, to } = reminder
  const attempt = await ports.database.inTransaction('main', (tx) => takeAttempt(tx, key, AGAIN_AFTER_MS))
  if (attempt === null) return null
  const found = channels.find('email', to.address)
  const sent: Sent =
    found.kind === 'missing'
      ? { outcome: 'missing', reason: found.reason }
      : toSent(
          await sendInTime(found.channel, {
            message: messageOf(reminder, mayHaveArrived(attempt)),
            address: found.address,
            signal: new AbortController().signal,
          }),
        )
  const done = sent.outcome === 'delivered' || sent.outcome === 'rejected' || attempt.number >= ATTEMPTS_MAX
  await ports.database.inTransaction('main', (tx) => recordOutcome(tx, key, { ...sent, done }))
  if (sent.outcome !== 'delivered')
    ports.log.warn({ reminder: key, ...sent, attempt: attempt.number, done }, 'a reminder could not be sent')
  return sent.outcome
}

function mayHaveArrived({ number, before }: Attempt): boolean {
  return number > 1 && (before === null || before === 'unknown')
}

interface Sent {
  readonly outcome: ReminderOutcome
  readonly reason: string | null
}

function toSent(delivery: Delivery): Sent {
  return { outcome: delivery.kind, reason: delivery.kind === 'delivered' ? delivery.evidence : delivery.reason }
}

function messageOf({ key, to, title, notice }: Reminder, repeat: boolean): PageMessage {
  return {
    reference: `tocsin-${key}`,
    repeat,
    incident: { id: '', number: 0, title, severity: '', summary: '', firstStep: '', openedAt: 0 },
    roles: [],
    person: { name: to.name, zone: to.zone },
    acknowledgeUrl: '',
    incidentUrl: '',
    purpose: 'notice',
    escalatesAt: null,
    notice,
  }
}
