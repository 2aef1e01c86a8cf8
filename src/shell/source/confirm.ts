/**
 * What sources with certificates need beside their doors: the certificate before a message is read, and afterwards the
 * confirmation of subscriptions and the second look at messages that could not be checked. What is to be done is written
 * down before the sender is answered, so that a crash loses none of it.
 */
import type { Signal } from '../../core/alert/signal.ts'
import type { SourceId } from '../../core/id.ts'
import { HOUR_MS, SECOND_MS } from '../../core/time.ts'
import type { Door, InboundMessage, Received, SignerCertificate } from '../../integration.ts'
import { INTERNAL_DOOR } from '../alert/door-table.ts'
import { type Loop, startLoop } from '../outbox/loop.ts'
import type { Ports } from '../ports.ts'
import type { Certificates } from './confirm-certificates.ts'
import { noteCertificate } from './confirm-note.ts'
import { confirmDue } from './confirm-subscription.ts'
import { dropDecided, insertUnchecked } from './confirm-store.ts'
import { askSubscription, endSubscription } from './subscription-store.ts'
import { checkDue, KEEP_DECIDED_MS } from './confirm-unchecked.ts'

export interface ConfirmSource {
  readonly id: SourceId
  readonly name: string
}

/** As the intake commits what a route has read; resolves to false when it may not be on disk. */
export type Accept = (message: {
  readonly source: ConfirmSource
  readonly door: string
  readonly path: string
  readonly body: Buffer
  readonly read: () => Received
  readonly headers?: Readonly<Record<string, string>>
}) => Promise<boolean>

/** Speaks for a source: a message or a signal that goes the way of all signals. Resolves to false when it may not be on disk. */
export interface Speak {
  readonly signal: (source: ConfirmSource, signal: Signal) => Promise<boolean>
  /** The message as its door reads it now, its signature checked. */
  readonly message: (source: ConfirmSource, door: Door, body: Buffer, received: Received) => Promise<boolean>
}

export interface Confirm {
  /** For doors whose messages name one; undefined for all others, and for messages that name none. Never throws. */
  readonly certificateFor: (door: Pick<Door, 'certificateUrl'>, message: InboundMessage) => Promise<SignerCertificate | undefined>
  /** Before the message is committed. @throws when it could not be written down: the sender must come again */
  readonly note: (noted: Noted) => Promise<void>
  readonly certificates: Certificates
  readonly stop: () => Promise<void>
}

export interface Noted {
  readonly source: ConfirmSource
  readonly door: Door
  readonly message: InboundMessage
  readonly received: Received
}

const EVERY_MS = 5 * SECOND_MS
const DROP_EVERY_MS = HOUR_MS
/** A certificate that a host was too slow to give is mostly here by then. */
const FIRST_LOOK_MS = 5 * SECOND_MS

export function startConfirm(ports: Ports, parts: { readonly certificates: Certificates; readonly accept: Accept }): Confirm {
  const { certificates } = parts
  const speak = speakBy(parts.accept)
  let droppedMs = Number.NEGATIVE_INFINITY
  const dropOld = async (): Promise<void> => {
    if (performance.now() - droppedMs < DROP_EVERY_MS) return
    await ports.database.inTransaction('main', (tx) => dropDecided(tx, tx.now - KEEP_DECIDED_MS))
    droppedMs = performance.now()
  }
  const loop: Loop = startLoop({
    name: 'confirm',
    everyMs: ports.config.timing['confirmMs'] ?? EVERY_MS,
    log: ports.log,
    turn: async () => {
      const confirmed = await confirmDue(ports, certificates.outbound, speak)
      const checked = await checkDue(ports, { certificates, speak, look: () => loop.look() })
      await dropOld()
      return confirmed || checked ? 0 : undefined
    },
  })
  return {
    certificates,
    certificateFor: async (door, message) => {
      const url = door.certificateUrl?.(message) ?? null
      return url === null ? undefined : certificates.find(url)
    },
    note: async ({ source, door, message, received }) => {
      const followUp = received.kind === 'signals' ? received.followUp : undefined
      if (followUp === undefined) return
      await ports.database.inTransaction('main', async (tx) => {
        if (followUp.kind === 'ended') return endSubscription(tx, source.id, followUp.topic)
        if (followUp.kind === 'confirm') {
          const { topic, url } = followUp
          if (!(await askSubscription(tx, { sourceId: source.id, topic, url })))
            ports.log.warn({ source: source.id }, 'too many topics ask to speak through one source; this one is not confirmed')
          return
        }
        const { topic, messageId, certificateUrl } = followUp
        const unchecked = {
          sourceId: source.id,
          door: door.id,
          topic,
          messageId,
          certificateUrl,
          body: message.body,
          receivedAt: message.receivedAt,
        }
        const waits = await insertUnchecked(tx, unchecked, tx.now + (ports.config.timing['confirmMs'] ?? FIRST_LOOK_MS))
        if (!waits) ports.log.warn({ source: source.id }, 'too many messages of one source wait to be checked; this one never will be')
      })
      if (followUp.kind === 'confirm') loop.look()
    },
    stop: loop.stop,
  }
}

function speakBy(accept: Accept): Speak {
  return {
    signal: (source, signal) => {
      const received: Received = { kind: 'signals', signals: [signal], changes: [], reply: { status: 202, body: '' } }
      return accept({ source, door: INTERNAL_DOOR, path: '/', body: Buffer.from(JSON.stringify(signal)), read: () => received })
    },
    message: (source, door, body, received) => {
      const headers = noteCertificate({ kind: 'checked' }, true)
      return accept({ source, door: door.id, path: door.path, body, read: () => received, headers })
    },
  }
}
