/**
 * The clock of the quarterly review, on one server at a time: whoever maintains the playbook is reminded by mail two
 * weeks before it is due; once it is overdue a task stands in the queue until the dates in the file have moved on.
 */
import type { Signal } from '../../core/alert/signal.ts'
import { reviewAlarm } from '../../core/playbook/review-alarm.ts'
import { daysInWords, type Review, reviewOf } from '../../core/playbook/review.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { MINUTE_MS, type Instant } from '../../core/time.ts'
import type { ChannelBook } from '../../integration.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Tx } from '../database/database.ts'
import { startLoop } from '../outbox/loop.ts'
import { type Reminder, sendReminder } from '../outbox/reminder.ts'
import { findPersonContacts } from '../page/person-contact-store.ts'
import { findPersonByEmail } from '../person/person-store.ts'
import type { Ports } from '../ports.ts'
import { type Lease, releaseLease, takeLease } from '../server/lease-store.ts'
import { isReviewAlertFiring } from './review-store.ts'

export interface ReviewBounds {
  readonly everyMs: number
  readonly leaseMs: number
  /** By the domain's clock, from the first look: whoever has just installed Tocsin has other things to see first. */
  readonly graceMs: number
}
const BOUNDS: ReviewBounds = { everyMs: MINUTE_MS, leaseMs: 3 * MINUTE_MS, graceMs: 15 * MINUTE_MS }

export interface ReviewParts {
  readonly channels: ChannelBook
  /** Raises a signal of Tocsin's own. */
  readonly raise: (signal: Signal) => Promise<unknown>
  /** Told when the playbook folder has changed. @returns how to stop listening */
  readonly onChange: (listener: () => void) => () => void
}

export interface ReviewClock {
  readonly stop: () => Promise<void>
}

export function startReview(ports: Ports, parts: ReviewParts, changed: Partial<ReviewBounds> = {}): ReviewClock {
  const { reviewMs } = ports.config.timing
  const bounds = { ...BOUNDS, ...(reviewMs === undefined ? {} : { everyMs: reviewMs, graceMs: 0 }), ...changed }
  const memory: Memory = { lease: null, firstLookAt: null }
  const loop = startLoop({ everyMs: bounds.everyMs, name: 'review', log: ports.log, turn: () => turn(ports, parts, bounds, memory) })
  const stopListening = parts.onChange(loop.look)
  return {
    stop: async () => {
      stopListening()
      await loop.stop()
      if (memory.lease !== null) await releaseLease(ports, memory.lease).catch(() => undefined) // it runs out by itself
    },
  }
}

interface Memory {
  lease: Lease | null
  firstLookAt: Instant | null
}

async function turn(ports: Ports, parts: ReviewParts, bounds: ReviewBounds, memory: Memory): Promise<void> {
  memory.lease = await takeLease(ports, 'playbook-review', bounds.leaseMs)
  if (memory.lease === null) return
  const playbook = ports.playbooks.current()
  const { now, isFiring } = await ports.database.inTransaction('main', async (tx) => ({
    now: tx.now,
    isFiring: await isReviewAlertFiring(tx),
  }))
  memory.firstLookAt ??= now
  const review = reviewOf(playbook.metadata, now)
  const isLate = review.state === 'overdue'
  const mayRaise = now - memory.firstLookAt >= bounds.graceMs
  if (isLate !== isFiring && (isFiring || mayRaise)) await parts.raise(reviewAlarm(playbook.metadata, review))
  // A review that was due before Tocsin ran is in the queue; nobody outside is written to about the past.
  if (review.state === 'due_soon') await remind(ports, parts.channels, playbook, review)
}

async function remind(ports: Ports, channels: ChannelBook, playbook: Playbook, { due, days }: Review): Promise<void> {
  const { metadata } = playbook
  const to = await ports.database.inTransaction('main', (tx) => findAddress(tx, metadata.maintainer))
  const reminder: Reminder = {
    key: `playbook-review/${due}`,
    to,
    title: `The review of the playbook ${metadata.id} is due on ${due}`,
    notice: `It is due ${daysInWords(days)}. Once it is held, set last_review and next_review_due. ${ports.config.url}/playbook`,
  }
  const outcome = await sendReminder(ports, channels, reminder)
  if (outcome !== 'delivered') return
  const leaf = {
    actor: { kind: 'system', name: 'Tocsin' },
    act: 'playbook.review-reminded',
    subject: `playbook:${playbook.digest}`,
  } as const
  await ports.database.inTransaction('main', (tx) => appendLeaves(tx, [{ ...leaf, at: tx.now, data: { due } }]))
}

/** A maintainer who is a person here is reached as that person; else by the address in the file. */
async function findAddress(tx: Tx, { name, email }: Playbook['metadata']['maintainer']): Promise<Reminder['to']> {
  const person = await findPersonByEmail(tx, email)
  const known = person === undefined ? undefined : await findPersonContacts(tx, person.id)
  if (known === undefined) return { address: email, name, zone: 'UTC' }
  const own = known.contacts.find((contact) => contact.channel === 'email')?.address
  return { address: own ?? known.email, name: known.name, zone: known.zone }
}
