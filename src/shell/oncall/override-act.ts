/** Standing in: overrides made and ended by people, and the pager taken at once. */
import type { Viewer } from '../../core/access/can.ts'
import type { Actor } from '../../core/incident/event.ts'
import type { Schedule } from '../../core/oncall/oncall.ts'
import { shiftAt } from '../../core/oncall/shifts.ts'
import { HOUR_MS, type Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { ProblemError } from '../http/problem.ts'
import type { PersonRow } from '../person/person-store.ts'
import { type ActParts, idOf, OPEN_MAX, readStanding, record, spanData } from './act-parts.ts'
import {
  countOpenOverrides,
  findOverride,
  insertOverride,
  insertOverrideEnd,
  type OverrideKind,
  type OverrideRow,
} from './override-store.ts'

export interface AskedOverride {
  readonly schedule: Schedule
  readonly person: PersonRow
  /** Null: instead of whoever would hold it. */
  readonly insteadOf: PersonRow | null
  readonly from: Instant
  readonly until: Instant
  readonly kind: OverrideKind
  readonly requestId?: string
  readonly reason: string
  readonly by: Actor
}

/** The pager of a schedule without turns is taken for so long. */
const TAKE_MS = 12 * HOUR_MS

/** @throws a problem where there are too many, or it would change nothing */
export async function createOverride(parts: ActParts, tx: Tx, asked: AskedOverride): Promise<OverrideRow> {
  const { schedule, person, insteadOf, from, until, by } = asked
  if (insteadOf?.id === person.id)
    throw new ProblemError('already-on-call', {
      detail: 'Somebody cannot stand in for themselves.',
      errors: [{ field: 'instead_of', message: 'is the same person' }],
    })
  if ((await countOpenOverrides(tx)) >= OPEN_MAX) throw new ProblemError('too-many-oncall-changes')
  const id = parts.ports.freshId()
  await insertOverride(tx, {
    id,
    schedule: schedule.id,
    personId: person.id,
    insteadOf: idOf(insteadOf),
    startsAt: from,
    endsAt: until,
    kind: asked.kind,
    requestId: asked.requestId ?? null,
    reason: asked.reason.trim(),
    author: by,
  })
  await record(parts, tx, {
    act: 'override.created',
    subject: `override:${id}`,
    by,
    data: {
      schedule: schedule.id,
      person: person.id,
      instead_of: idOf(insteadOf),
      kind: asked.kind,
      ...spanData(from, until),
      ...(asked.requestId === undefined ? {} : { request: asked.requestId }),
    },
  })
  return load(tx, id)
}

/** Ends it now, or before it begins. One that is over, or was ended, is left as it is. */
export async function endOverride(parts: ActParts, tx: Tx, id: string, by: Actor): Promise<OverrideRow | undefined> {
  const before = await findOverride(tx, id)
  if (before === undefined || before.endsAt <= tx.now || before.endedAt !== null) return before
  const endsAt = Math.max(tx.now, before.startsAt)
  if (await insertOverrideEnd(tx, id, endsAt, by)) {
    const data = { schedule: before.schedule, person: before.personId, ...spanData(before.startsAt, endsAt) }
    await record(parts, tx, { act: 'override.ended', subject: `override:${id}`, by, data })
  }
  return load(tx, id)
}

/** From now to the end of the shift, for whoever asks. @throws a problem where they are the only one on call already */
export async function takePager(
  parts: ActParts,
  tx: Tx,
  asked: {
    readonly schedule: Schedule
    readonly person: PersonRow
    readonly until: Instant | null
    readonly viewer: Viewer
    readonly reason: string
  },
): Promise<OverrideRow> {
  const { schedule, person, viewer } = asked
  const { changes } = await readStanding(tx, parts, tx.now)
  const shift = shiftAt(schedule, tx.now, changes)
  if (shift.holders.length === 1 && shift.holders[0] === person.email)
    throw new ProblemError('already-on-call', { detail: `You hold ${schedule.role} already.` })
  return createOverride(parts, tx, {
    schedule,
    person,
    insteadOf: null,
    from: tx.now,
    until: asked.until ?? takenUntil(shift.until, tx.now),
    kind: 'take',
    reason: asked.reason,
    by: { kind: 'person', id: viewer.personId, name: viewer.name },
  })
}

/** How long a pager is taken for where nobody says: to the end of the shift that runs, and 12 hours where that is later than a week off. */
export function takenUntil(shiftUntil: Instant | null, now: Instant): Instant {
  return shiftUntil === null || shiftUntil - now > TAKE_SHIFT_MS_MAX ? now + TAKE_MS : shiftUntil
}
const TAKE_SHIFT_MS_MAX = 8 * 24 * HOUR_MS

async function load(tx: Tx, id: string): Promise<OverrideRow> {
  const made = await findOverride(tx, id)
  if (made === undefined) throw new Error('an override just made is not there')
  return made
}
