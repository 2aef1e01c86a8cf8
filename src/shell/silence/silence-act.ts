/** Making, changing and ending silences: each act with its audit leaf, and alerts that are free then aimed again at once. */
import type { Actor } from '../../core/incident/event.ts'
import { formatMatchers, type Matcher } from '../../core/silence/matcher.ts'
import { checkSilence, type Silence, type SilenceFault } from '../../core/silence/silence.ts'
import { reasonMissing } from '../../core/silence/warnings.ts'
import { type Instant, toRfc3339 } from '../../core/time.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { moveDue } from './hold-store.ts'
import { muteBookOf, SILENCES_OPEN_MAX } from './mute-book.ts'
import { countOpenSilences, insertSilence, lockSilence, updateSilence } from './silence-store.ts'
import { countMuteChange } from './version-store.ts'

export interface NewSilence {
  readonly matchers: readonly Matcher[]
  readonly startsAt: Instant
  readonly endsAt: Instant
  readonly reason: string
  readonly author: Actor
  /** As the author calls themselves, where it is not the actor's name. */
  readonly createdBy?: string
}

export type SilenceAct =
  | { readonly kind: 'done'; readonly silence: Silence }
  | { readonly kind: 'refused'; readonly code: SilenceFault | 'reason-required' | 'too-many' | 'expired'; readonly message: string }
  | { readonly kind: 'unknown' }

/** A start in the past is now, as Alertmanager has it. */
export async function createSilence(ports: Ports, tx: Tx, asked: NewSilence): Promise<SilenceAct> {
  const startsAt = Math.max(asked.startsAt, tx.now)
  const refused = refuse(ports, tx, { ...asked, startsAt })
  if (refused !== null) return refused
  if ((await countOpenSilences(tx)) >= SILENCES_OPEN_MAX) {
    return { kind: 'refused', code: 'too-many', message: `there are ${SILENCES_OPEN_MAX} silences already that run or will` }
  }
  const silence: Silence = {
    id: ports.freshId(),
    matchers: asked.matchers,
    startsAt,
    endsAt: asked.endsAt,
    reason: asked.reason.trim(),
    author: asked.author,
    createdBy: asked.createdBy ?? asked.author.name,
    createdAt: tx.now,
    updatedAt: tx.now,
    expiredAt: null,
    expiredBy: null,
  }
  await insertSilence(tx, silence)
  await record(ports, tx, { act: 'silence.created', by: asked.author, silence })
  return { kind: 'done', silence }
}

export interface SilenceChange {
  readonly startsAt?: Instant
  readonly endsAt?: Instant
  readonly reason?: string
}

/** One that runs keeps its start; one that is over stays over. */
export async function changeSilence(ports: Ports, tx: Tx, id: string, change: SilenceChange & { readonly by: Actor }): Promise<SilenceAct> {
  const before = await lockSilence(tx, id)
  if (before === undefined) return { kind: 'unknown' }
  if (before.endsAt <= tx.now) return { kind: 'refused', code: 'expired', message: 'it is over: make another' }
  const startsAt = before.startsAt <= tx.now ? before.startsAt : Math.max(change.startsAt ?? before.startsAt, tx.now)
  const silence: Silence = {
    ...before,
    startsAt,
    endsAt: change.endsAt ?? before.endsAt,
    reason: (change.reason ?? before.reason).trim(),
    updatedAt: tx.now,
  }
  const refused = refuse(ports, tx, silence)
  if (refused !== null) return refused
  await updateSilence(tx, silence)
  // Aimed again at once: a start that moved, a reason that went, may be what held them.
  await moveDue(tx, { by: 'silence', refId: id }, tx.now)
  await record(ports, tx, { act: 'silence.changed', by: change.by, silence })
  return { kind: 'done', silence }
}

/** Ends it now. One that is over is left as it is. */
export async function expireSilence(ports: Ports, tx: Tx, id: string, by: Actor): Promise<SilenceAct> {
  const before = await lockSilence(tx, id)
  if (before === undefined) return { kind: 'unknown' }
  if (before.endsAt <= tx.now) return { kind: 'done', silence: before }
  const silence: Silence = {
    ...before,
    startsAt: Math.min(before.startsAt, tx.now),
    endsAt: tx.now,
    updatedAt: tx.now,
    expiredAt: tx.now,
    expiredBy: by,
  }
  await updateSilence(tx, silence)
  await moveDue(tx, { by: 'silence', refId: id }, tx.now)
  await record(ports, tx, { act: 'silence.expired', by, silence, plannedEnd: before.endsAt })
  return { kind: 'done', silence }
}

function refuse(
  ports: Ports,
  tx: Tx,
  asked: Pick<Silence, 'matchers' | 'startsAt' | 'endsAt' | 'reason'>,
): Extract<SilenceAct, { kind: 'refused' }> | null {
  const checked = checkSilence(asked, tx.now)
  if (checked.kind === 'fault') return { kind: 'refused', code: checked.code, message: checked.message }
  const missing = reasonMissing(ports.playbooks.current(), { matchers: checked.matchers, reason: asked.reason })
  if (missing.length === 0) return null
  return { kind: 'refused', code: 'reason-required', message: `it may hold alerts of ${missing.join(', ')}: the playbook wants a reason` }
}

interface Recorded {
  readonly act: string
  readonly by: Actor
  readonly silence: Silence
  readonly plannedEnd?: Instant
}

async function record(ports: Ports, tx: Tx, { act, by, silence, plannedEnd }: Recorded): Promise<void> {
  await countMuteChange(tx)
  await appendLeaves(tx, [
    {
      at: tx.now,
      actor: by,
      act,
      subject: `silence:${silence.id}`,
      data: {
        matchers: formatMatchers(silence.matchers),
        starts_at: toRfc3339(silence.startsAt),
        ends_at: toRfc3339(silence.endsAt),
        reason: silence.reason,
        ...(plannedEnd === undefined ? {} : { planned_end: toRfc3339(plannedEnd) }),
      },
    },
  ])
  noteMuteChange(ports, tx)
}

/** After the commit this process looks again at what holds, and at what is free. */
export function noteMuteChange(ports: Ports, tx: Tx): void {
  tx.afterCommit(() => {
    muteBookOf(ports.database).forget()
    ports.nudges.send('wake')
  })
}
