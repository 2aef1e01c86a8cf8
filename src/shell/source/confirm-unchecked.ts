/**
 * The second look at messages whose signature could not be checked when they came. One that proves good is read again, and
 * what was withheld of it goes the way of all signals. One that proves forged is taken back: what it alone made fire ends.
 */
import type { Signal } from '../../core/alert/signal.ts'
import { toSignal } from '../../core/alert/build.ts'
import { toLine } from '../../core/alert/text.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../core/time.ts'
import type { Door, InboundMessage, Received, SignerCertificate } from '../../integration.ts'
import { findDoor } from '../alert/door-table.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import type { ConfirmSource, Speak } from './confirm.ts'
import type { Certificates } from './confirm-certificates.ts'
import { claimUnchecked, decideUnchecked, findSpeaker, firingCount, type Speaker, type UncheckedRow, waitLonger } from './confirm-store.ts'
import { askSubscription, endSubscription } from './subscription-store.ts'

const LEASE_MS = 30 * SECOND_MS
const BATCH = 20
const WAIT_MS_MAX = 10 * MINUTE_MS
const GIVE_UP_MS = 7 * DAY_MS
/** As long as the source's page tells of them. */
export const KEEP_DECIDED_MS = 30 * DAY_MS

export interface CheckParts {
  readonly certificates: Certificates
  readonly speak: Speak
  /** There may be a subscription to confirm. */
  readonly look: () => void
}

/** @returns true when there may be more */
export async function checkDue(ports: Ports, parts: CheckParts): Promise<boolean> {
  const claimed = await ports.database.inTransaction('main', (tx) => claimUnchecked(tx, { leaseMs: LEASE_MS, limit: BATCH }))
  // In the order in which they came: an end must not overtake what it ends.
  for (const row of claimed) await checkOne(ports, parts, row)
  return claimed.length === BATCH
}

async function checkOne(ports: Ports, parts: CheckParts, row: UncheckedRow): Promise<void> {
  const door = findDoor(row.door)
  const certificate = await parts.certificates.find(row.certificateUrl)
  const { source, now } = await ports.database.inTransaction('main', async (tx) => ({
    source: await findSpeaker(tx, row.sourceId),
    now: tx.now,
  }))
  if (door === undefined || source === undefined) return giveUp(ports, row, 'its source or its door is gone')
  if (certificate.kind === 'unknown') {
    if (now - row.receivedAt > GIVE_UP_MS) return giveUp(ports, row, certificate.reason)
    const afterMs = Math.min(WAIT_MS_MAX, 5 * SECOND_MS * 2 ** Math.min(row.tries, 10))
    return ports.database.inTransaction('main', (tx) => waitLonger(tx, row.id, { afterMs, reason: certificate.reason }))
  }
  const received = readBy(door, row, source, certificate)
  if (received.kind === 'signals') return believe(ports, parts, { row, source, door, received })
  return takeBack(ports, parts.speak, { row, source, door, reason: received.reason })
}

function readBy(door: Door, row: UncheckedRow, source: Speaker, certificate: SignerCertificate): Received {
  const message: InboundMessage = {
    method: 'POST',
    path: door.path,
    query: new URLSearchParams(),
    headers: {},
    body: row.body,
    receivedAt: row.receivedAt,
  }
  return door.receive(message, { params: {}, signingSecret: null, freshId: '', certificate, demands: source.demands })
}

interface Good {
  readonly row: UncheckedRow
  readonly source: Speaker
  readonly door: Door
  readonly received: Extract<Received, { kind: 'signals' }>
}

/** What was believed at once is known already; the rest is said now. Said twice after a crash between the two it changes nothing. */
async function believe(ports: Ports, { speak, look }: CheckParts, { row, source, door, received }: Good): Promise<void> {
  const withheld = received.signals.filter((signal) => signal.status !== 'firing')
  const said = source.demands.signed
    ? received.signals.length === 0 || (await speak.message(source, door, row.body, received))
    : await sayAll(speak, source, withheld)
  if (!said) return // its lease runs out, and it is looked at again
  await ports.database.inTransaction('main', async (tx) => {
    if (!(await decideUnchecked(tx, row.id, { state: 'good', reason: null }))) return
    const { followUp } = received
    if (followUp?.kind === 'confirm') await askSubscription(tx, { sourceId: row.sourceId, topic: followUp.topic, url: followUp.url })
    if (followUp?.kind === 'ended') await endSubscription(tx, row.sourceId, followUp.topic)
    await record(tx, row, 'source.message-checked')
    if (followUp?.kind === 'confirm') tx.afterCommit(look)
  })
}

async function sayAll(speak: Speak, source: ConfirmSource, signals: readonly Signal[]): Promise<boolean> {
  for (const signal of signals) if (!(await speak.signal(source, signal))) return false
  return true
}

interface Forged {
  readonly row: UncheckedRow
  readonly source: Speaker
  readonly door: Door
  readonly reason: string
}

/** Only what nothing else has said since: an alert that other messages fire goes on. */
async function takeBack(ports: Ports, speak: Speak, { row, source, door, reason }: Forged): Promise<void> {
  const believed = readBy(door, row, source, { kind: 'unknown', reason: '' })
  for (const signal of believed.kind === 'signals' ? believed.signals : []) {
    const count = await ports.database.inTransaction('main', (tx) => firingCount(tx, row.sourceId, signal))
    if (count === 1 && !(await speak.signal(source, toRetraction(signal, reason)))) return
  }
  ports.log.warn({ source: row.sourceId, message: row.messageId, reason }, 'a message that could not be checked when it came was forged')
  await ports.database.inTransaction('main', async (tx) => {
    if (await decideUnchecked(tx, row.id, { state: 'forged', reason })) await record(tx, row, 'source.message-forged')
  })
}

function toRetraction(signal: Signal, reason: string): Signal {
  const title = `Taken back, the message was forged: ${toLine(signal.title, 900)}`
  return toSignal({
    ...signal,
    status: 'resolved',
    title,
    summary: `Its signature was checked later: ${reason}.`,
    startsAt: null,
    endsAt: null,
  })
}

async function giveUp(ports: Ports, row: UncheckedRow, reason: string): Promise<void> {
  await ports.database.inTransaction('main', (tx) => decideUnchecked(tx, row.id, { state: 'given-up', reason }))
}

async function record(tx: Tx, row: UncheckedRow, act: string): Promise<void> {
  const actor = { kind: 'system', name: 'Tocsin' } as const
  const data = { message: row.messageId, topic: row.topic }
  await appendLeaves(tx, [{ at: tx.now, actor, act, subject: `source:${row.sourceId}`, data }])
}
