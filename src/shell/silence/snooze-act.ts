/**
 * Snoozing one alert: until then it opens nothing and pages nobody, whatever it does; if it fires still at the end, it is
 * aimed again. An incident that it is of already stays open: snooze that one as well, if it is to be quiet.
 */
import type { Actor } from '../../core/incident/event.ts'
import { type Instant, toRfc3339 } from '../../core/time.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { moveDue } from './hold-store.ts'
import { SNOOZES_OPEN_MAX } from './mute-book.ts'
import { noteMuteChange } from './silence-act.ts'
import { endSnooze, findOpenSnooze, insertSnooze, loadOpenSnoozes, type SnoozeRow } from './snooze-store.ts'
import { countMuteChange } from './version-store.ts'

export type SnoozeAct =
  | { readonly kind: 'done'; readonly snooze: SnoozeRow }
  | { readonly kind: 'refused'; readonly code: 'ends-in-past' | 'too-many' | 'reason-required'; readonly message: string }
  | { readonly kind: 'unknown' }

export interface SnoozeAsked {
  readonly alertId: string
  readonly fingerprint: string
  /** The row that it would be paged by, for what needs a reason; null: nobody knows. */
  readonly severity: string | null
  readonly until: Instant
  readonly reason: string
  readonly by: Actor
}

export async function snoozeAlert(ports: Ports, tx: Tx, asked: SnoozeAsked): Promise<SnoozeAct> {
  const { alertId, fingerprint, severity, until, by } = asked
  const reason = asked.reason.trim()
  if (until <= tx.now) return { kind: 'refused', code: 'ends-in-past', message: 'it must end in the future' }
  if (reason === '' && severity !== null && ports.playbooks.current().muting.reasonRequired.includes(severity)) {
    return { kind: 'refused', code: 'reason-required', message: `it is of ${severity}: the playbook wants a reason` }
  }
  if ((await loadOpenSnoozes(tx, SNOOZES_OPEN_MAX)).length >= SNOOZES_OPEN_MAX) {
    return { kind: 'refused', code: 'too-many', message: `there are ${SNOOZES_OPEN_MAX} snoozes already` }
  }
  const before = await findOpenSnooze(tx, fingerprint)
  const snooze: SnoozeRow = { id: ports.freshId(), fingerprint, alertId, startsAt: tx.now, until, reason, author: by }
  await insertSnooze(tx, snooze)
  if (before !== undefined) await moveDue(tx, { by: 'snooze', refId: before.id }, tx.now)
  await record(ports, tx, 'alert.snoozed', snooze)
  return { kind: 'done', snooze }
}

/** Ends it now; what fires is aimed again at once. */
export async function wakeAlert(ports: Ports, tx: Tx, fingerprint: string, by: Actor): Promise<SnoozeAct> {
  const ended = await endSnooze(tx, fingerprint)
  if (ended === undefined) return { kind: 'unknown' }
  await moveDue(tx, { by: 'snooze', refId: ended.id }, tx.now)
  await record(ports, tx, 'alert.woken', { ...ended, author: by })
  return { kind: 'done', snooze: ended }
}

async function record(ports: Ports, tx: Tx, act: string, snooze: SnoozeRow): Promise<void> {
  await countMuteChange(tx)
  const data = { until: toRfc3339(snooze.until), reason: snooze.reason, snooze: snooze.id }
  await appendLeaves(tx, [{ at: tx.now, actor: snooze.author, act, subject: `alert:${snooze.alertId}`, data }])
  noteMuteChange(ports, tx)
}
