/** A committed receipt on its way to being applied: what is left of it is what it said. */
import type { ChangeReport, Signal } from '../../core/alert/signal.ts'
import { toPlainSignal } from '../../core/alert/build.ts'
import type { Instant } from '../../core/time.ts'
import type { Received } from '../../integration.ts'
import { fingerprintOf } from './fingerprint.ts'
import { kindOfDoor } from './door-table.ts'
import { shareText } from './share-text.ts'

export interface ApplyItem {
  readonly receiptId: number
  readonly receivedAt: Instant
  readonly sourceId: string
  readonly sourceName: string
  /** Integration the message came by. */
  readonly kind: string
  readonly signals: readonly Signal[]
  /** Of each signal. */
  readonly fingerprints: readonly string[]
  /** What it costs to hold: a signal with words of its own counts 1, one that shares them an eighth. */
  readonly weight: number
  readonly changes: readonly ChangeReport[]
  /** Why the sender was told no; its signals then are the plain one, if people are to hear of it. */
  readonly refused: string | null
  /** The vendor's own id of the delivery: a second one of the same source is not applied. */
  readonly messageId?: string | null
  /** True: that id alone tells deliveries apart; else one with another body is another message. */
  readonly messageIdAlone?: boolean
  /** Which of the source's topics speaks, where it has such. */
  readonly topic?: string
  /** It is kept and never applied, because it is not believed, or is a test. */
  readonly aside?: 'distrusted' | 'test' | null
  /** SHA-256 of the stored body, hex. */
  readonly digest: string
}

const SHARED_WEIGHT = 0.125

/** One signal of a receipt, in its place. */
export interface Unit {
  readonly item: ApplyItem
  readonly index: number
  readonly signal: Signal
  readonly fingerprint: string
  /** Goes to triage past the matcher, whatever its name. */
  readonly plain: boolean
}

export function toItem(
  receipt: Omit<
    ApplyItem,
    'kind' | 'signals' | 'fingerprints' | 'weight' | 'changes' | 'refused' | 'messageId' | 'messageIdAlone' | 'topic' | 'aside'
  > & {
    readonly door: string
    readonly received: Received
    readonly test?: boolean
  },
): ApplyItem {
  const { receiptId, receivedAt, sourceId, sourceName, digest, door, received } = receipt
  const aside = receipt.test === true ? 'test' : received.kind === 'distrusted' ? 'distrusted' : null
  const messageId = received.kind === 'signals' ? received.messageId?.trim() || null : null
  const messageIdAlone = received.kind === 'signals' && received.messageIdAlone === true
  const base = { receiptId, receivedAt, sourceId, sourceName, digest, messageId, messageIdAlone, aside, kind: kindOfDoor(door) } as const
  if (received.kind === 'signals') {
    const fingerprints = received.signals.map((signal) => fingerprintOf(sourceId, signal))
    const signals = received.signals.map((signal, index) => shareText(fingerprints[index] ?? '', signal))
    const own = signals.reduce((count, signal, index) => count + (signal === received.signals[index] ? 1 : 0), 0)
    const weight = own + (signals.length - own) * SHARED_WEIGHT
    return {
      ...base,
      signals,
      fingerprints,
      weight,
      changes: received.changes,
      refused: null,
      ...(received.topic === undefined ? {} : { topic: received.topic }),
    }
  }
  const signals =
    received.kind === 'refused' && received.page ? [toPlainSignal({ door, title: received.title, reason: received.reason })] : []
  const fingerprints = signals.map((signal) => fingerprintOf(sourceId, signal))
  return { ...base, signals, fingerprints, weight: signals.length, changes: [], refused: received.reason }
}

export function unitsOf(items: readonly ApplyItem[]): Unit[] {
  const units: Unit[] = []
  for (const item of items) {
    for (let index = 0; index < item.signals.length; index += 1) {
      const signal = item.signals[index]
      const fingerprint = item.fingerprints[index]
      if (signal !== undefined && fingerprint !== undefined) units.push({ item, index, signal, fingerprint, plain: item.refused !== null })
    }
  }
  return units
}

/** Another signal in the place of one. */
export function toPlainUnit({ item, index }: Unit, signal: Signal): Unit {
  return { item, index, signal, plain: true, fingerprint: fingerprintOf(item.sourceId, signal) }
}
