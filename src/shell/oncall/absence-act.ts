/** Being away: what it leaves open is told at once, and somebody is asked to stand in. */
import type { Actor } from '../../core/incident/event.ts'
import type { Schedule } from '../../core/oncall/oncall.ts'
import { shiftsBetween } from '../../core/oncall/shifts.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { ProblemError } from '../http/problem.ts'
import type { PersonRow } from '../person/person-store.ts'
import { type AbsenceRow, findAbsence, insertAbsence, insertAbsenceEnd, listAbsences } from './absence-store.ts'
import { type ActParts, OPEN_MAX, readStanding, record, spanData, type Standing } from './act-parts.ts'
import { askRequest } from './request-act.ts'
import type { RequestRow } from './request-store.ts'

export interface OpenShift {
  readonly schedule: Schedule
  readonly from: Instant
  readonly until: Instant
}

export interface MadeAbsence {
  readonly absence: AbsenceRow
  /** Shifts that nobody holds now; their pages fall to the owners. */
  readonly gaps: readonly OpenShift[]
  /** One for each gap, where somebody is to be asked. */
  readonly requests: readonly RequestRow[]
}

export interface AskedAbsence {
  readonly person: PersonRow
  readonly from: Instant
  readonly until: Instant
  readonly reason: string
  readonly askForCover: boolean
  readonly by: Actor
}

/** Gaps of one absence for which others are asked. */
const ASKED_FOR_MAX = 50

export async function createAbsence(parts: ActParts, tx: Tx, asked: AskedAbsence): Promise<MadeAbsence> {
  const { person, from, until, by } = asked
  const open = await listAbsences(tx, tx.now, Number.MAX_SAFE_INTEGER / 2, OPEN_MAX)
  if (open.length >= OPEN_MAX) throw new ProblemError('too-many-oncall-changes')
  const id = parts.ports.freshId()
  await insertAbsence(tx, { id, personId: person.id, startsAt: from, endsAt: until, reason: asked.reason.trim(), author: by })
  await record(parts, tx, { act: 'absence.created', subject: `absence:${id}`, by, data: { person: person.id, ...spanData(from, until) } })
  const gaps = openWithout(await readStanding(tx, parts, from), parts.onCall().schedules, { email: person.email, from, until })
  const requests: RequestRow[] = []
  if (asked.askForCover) {
    for (const gap of gaps.slice(0, ASKED_FOR_MAX)) {
      const note = `${person.name} is away and nobody stands in.`
      requests.push(await askRequest(parts, tx, { ...gap, person, of: [], inReturn: null, note, expiresAt: null, by }))
    }
  }
  return { absence: await load(tx, id), gaps, requests }
}

/** Stretches that nobody holds because that person is away. */
export function openWithout(
  { changes }: Pick<Standing, 'changes'>,
  schedules: readonly Schedule[],
  { email, from, until }: { readonly email: string; readonly from: Instant; readonly until: Instant },
): OpenShift[] {
  return schedules.flatMap((schedule) => {
    const open: { schedule: Schedule; from: Instant; until: Instant }[] = []
    for (const shift of shiftsBetween(schedule, from, until, changes)) {
      if (shift.cause.kind !== 'nobody' || !shift.cause.away.includes(email)) continue
      open.push({ schedule, from: Math.max(shift.from ?? from, from), until: Math.min(shift.until ?? until, until) })
    }
    return open
  })
}

/** They are back now, or never go. */
export async function endAbsence(parts: ActParts, tx: Tx, id: string, by: Actor): Promise<AbsenceRow | undefined> {
  const before = await findAbsence(tx, id)
  if (before === undefined || before.endsAt <= tx.now || before.endedAt !== null) return before
  const endsAt = Math.max(tx.now, before.startsAt)
  if (await insertAbsenceEnd(tx, id, endsAt, by))
    await record(parts, tx, {
      act: 'absence.ended',
      subject: `absence:${id}`,
      by,
      data: { person: before.personId, ...spanData(before.startsAt, endsAt) },
    })
  return load(tx, id)
}

async function load(tx: Tx, id: string): Promise<AbsenceRow> {
  const absence = await findAbsence(tx, id)
  if (absence === undefined) throw new Error('an absence just made is not there')
  return absence
}
