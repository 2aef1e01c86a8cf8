/** The signals that an explanation is asked about: imagined, read from a raw message by its door, or received before. */
import type { ImaginedSignal } from '../../api/schema.ts'
import { toLabels, toPlainSignal, toSignal } from '../../core/alert/build.ts'
import type { Signal } from '../../core/alert/signal.ts'
import type { Instant } from '../../core/time.ts'
import { doors } from '../../integrations/index.ts'
import { FRESH_ID_HEADER, kindOfDoor, receiveAgain } from '../alert/door-table.ts'

export interface AskedSignals {
  readonly signals: readonly Signal[]
  /** Goes to triage past the rules. */
  readonly plain: boolean
  /** Integration that they come by. */
  readonly sourceKind: string
  /** Set when the door refused the message. */
  readonly refused: { readonly reason: string; readonly peopleAreTold: boolean } | null
}

/** Doors that a pasted message can be read by. */
export const DOOR_IDS: readonly string[] = doors.map(({ door }) => door.id)

/** A kind of source for what nobody has said where it comes from. */
export const IMAGINED_KIND = 'json'

export function imagine(asked: ImaginedSignal, sourceKind: string): AskedSignals {
  const signal = toSignal({
    alarm: asked.alarm,
    title: asked.title,
    summary: asked.summary,
    status: asked.status,
    value: asked.value,
    severityHint: asked.severity_hint,
    dedupKey: asked.dedup_key,
    labels: toLabels(asked.labels),
  })
  return { signals: [signal], plain: false, sourceKind, refused: null }
}

/** Reads a raw body as its door does; nothing is kept. @param door one of `DOOR_IDS` */
export function readBody(door: string, body: Buffer, at: Instant): AskedSignals {
  const headers = { 'content-type': 'application/json', [FRESH_ID_HEADER]: '0'.repeat(32) }
  const received = receiveAgain(door, { method: 'POST', path: '/', query: new URLSearchParams(), headers, body, receivedAt: at })
  const sourceKind = kindOfDoor(door)
  if (received.kind === 'signals') return { signals: received.signals, plain: false, sourceKind, refused: null }
  const { reason } = received
  if (received.kind === 'distrusted') return { signals: [], plain: true, sourceKind, refused: { reason, peopleAreTold: false } }
  const { title, page } = received
  const signals = page ? [toPlainSignal({ door, title, reason })] : []
  return { signals, plain: true, sourceKind, refused: { reason, peopleAreTold: page } }
}
