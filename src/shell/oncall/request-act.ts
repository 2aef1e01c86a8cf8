/** Swaps and covers: one person asks, another accepts, and the shifts change hands in that same transaction. */
import { can, type Viewer } from '../../core/access/can.ts'
import type { Actor } from '../../core/incident/event.ts'
import { OWNER, type Schedule } from '../../core/oncall/oncall.ts'
import { shiftsBetween } from '../../core/oncall/shifts.ts'
import { DAY_MS, type Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { findPersonNamed, type PersonRow } from '../person/person-store.ts'
import { type ActParts, actorOf, findSchedule, OPEN_MAX, readStanding, record, spanData, type Standing } from './act-parts.ts'
import { createOverride } from './override-act.ts'
import { countOpenRequests, findRequest, insertAnswer, insertRequest, type RequestRow, type ShiftSpan, stateOf } from './request-store.ts'

export interface Asked {
  readonly schedule: Schedule
  /** Whose shift it is. */
  readonly person: PersonRow
  readonly from: Instant
  readonly until: Instant
  /** Empty: whoever may. */
  readonly of: readonly PersonRow[]
  readonly inReturn: { readonly schedule: Schedule; readonly from: Instant; readonly until: Instant } | null
  readonly note: string
  /** Null: as late as it is of use. */
  readonly expiresAt: Instant | null
  readonly by: Actor
}

/** Whoever asks for longer asks again. */
const ASKED_MS_MAX = 30 * DAY_MS
const PEOPLE_ASKED_MAX = 50

/** @throws a problem where somebody does not hold the shift that they would give */
export async function askRequest(parts: ActParts, tx: Tx, asked: Asked): Promise<RequestRow> {
  const { schedule, person, from, until, of, inReturn, by } = asked
  if (of.some(({ id }) => id === person.id)) throw badField('of', 'names whose shift it is')
  if (of.length > PEOPLE_ASKED_MAX) throw badField('of', `at most ${PEOPLE_ASKED_MAX} people are asked at once`)
  const [other] = of
  if (inReturn !== null && (of.length !== 1 || other === undefined)) throw badField('of', 'a swap is asked of one person')
  const standing = await readStanding(tx, parts, tx.now)
  refuseNotHolding(standing, { schedule, person, from, until }, 'person')
  if (inReturn !== null && other !== undefined) refuseNotHolding(standing, { ...inReturn, person: other }, 'in_return')
  if ((await countOpenRequests(tx)) >= OPEN_MAX) throw new ProblemError('too-many-oncall-changes')
  // A shift that has begun can still be taken over; a swap is agreed before the first of both begins.
  const lastMoment =
    inReturn === null ? until : Math.min(from > tx.now ? from : until, inReturn.from > tx.now ? inReturn.from : inReturn.until)
  const expiresAt = Math.min(asked.expiresAt ?? lastMoment, lastMoment, tx.now + ASKED_MS_MAX)
  if (expiresAt <= tx.now) throw badField('expires_at', 'is over already')
  const id = parts.ports.freshId()
  await insertRequest(tx, {
    id,
    schedule: schedule.id,
    personId: person.id,
    startsAt: from,
    endsAt: until,
    asked: of.map((one) => one.id),
    inReturn: inReturn === null ? null : { schedule: inReturn.schedule.id, startsAt: inReturn.from, endsAt: inReturn.until },
    note: asked.note.trim(),
    expiresAt,
    author: by,
  })
  const data = { schedule: schedule.id, person: person.id, asked: of.map((one) => one.id), ...spanData(from, until) }
  await record(parts, tx, { act: inReturn === null ? 'cover.asked' : 'swap.asked', subject: `request:${id}`, by, data })
  return loadRequest(tx, id)
}

interface Held {
  readonly schedule: Schedule
  readonly person: PersonRow
  readonly from: Instant
  readonly until: Instant
}

/** Away counts as holding: that is why somebody else is asked. */
function refuseNotHolding({ changes, people }: Standing, { schedule, person, from, until }: Held, field: string): void {
  const owners = new Set(people.filter(({ role }) => role === 'owner').map(({ email }) => email))
  for (const { holders, cause } of shiftsBetween(schedule, from, until, changes)) {
    if (holders.includes(person.email) || cause.away.includes(person.email) || (holders.includes(OWNER) && owners.has(person.email))) return
  }
  throw new ProblemError('not-on-call', {
    detail: `${person.name} does not hold ${schedule.role} in that time.`,
    errors: [{ field, message: 'does not hold this shift' }],
  })
}

/** The shifts change hands. @throws a problem where it is over, or was asked of others */
export async function acceptRequest(
  parts: ActParts,
  tx: Tx,
  request: RequestRow,
  { viewer, person }: { readonly viewer: Viewer; readonly person: PersonRow },
): Promise<RequestRow> {
  refuseOver(request, tx.now)
  refuseNotAsked(request, viewer, person)
  const by = actorOf(viewer)
  const asking = await findPersonNamed(tx, request.personId)
  if (!(await insertAnswer(tx, request.id, { personId: person.id, answer: 'accepted', author: by }))) throw over('Somebody else was first.')
  const swap = request.inReturn !== null
  const hand = async (shift: ShiftSpan, to: PersonRow, from: PersonRow | undefined): Promise<void> => {
    const schedule = findSchedule(parts, shift.schedule)
    await createOverride(parts, tx, {
      schedule,
      person: to,
      // Where every owner holds it, the one who asked does not stand in the schedule by name.
      insteadOf: from === undefined || !isNamed(schedule, from.email) ? null : from,
      from: Math.max(shift.startsAt, tx.now),
      until: shift.endsAt,
      kind: swap ? 'swap' : 'cover',
      requestId: request.id,
      reason: request.note,
      by,
    })
  }
  await hand(request, person, asking)
  if (request.inReturn !== null && asking !== undefined) await hand(request.inReturn, asking, person)
  await record(parts, tx, {
    act: swap ? 'swap.accepted' : 'cover.accepted',
    subject: `request:${request.id}`,
    by,
    data: { person: person.id },
  })
  return loadRequest(tx, request.id)
}

function isNamed({ layers, replacements = [] }: Schedule, email: string): boolean {
  return [...layers, ...replacements.flatMap((one) => one.layers)].some((layer) => layer.members.includes(email))
}

export async function declineRequest(
  parts: ActParts,
  tx: Tx,
  request: RequestRow,
  { viewer, person }: { readonly viewer: Viewer; readonly person: PersonRow },
): Promise<RequestRow> {
  refuseOver(request, tx.now)
  refuseNotAsked(request, viewer, person)
  const by = actorOf(viewer)
  await insertAnswer(tx, request.id, { personId: person.id, answer: 'declined', author: by })
  await record(parts, tx, { act: 'request.declined', subject: `request:${request.id}`, by, data: { person: person.id } })
  return loadRequest(tx, request.id)
}

/** By whoever asked, whose shift it is, or who manages people. */
export async function withdrawRequest(parts: ActParts, tx: Tx, request: RequestRow, viewer: Viewer): Promise<RequestRow> {
  refuseOver(request, tx.now)
  const asked = request.author.kind === 'person' && request.author.id === viewer.personId
  if (!asked && request.personId !== viewer.personId && !can(viewer, 'people.manage'))
    throw new ProblemError('forbidden', { detail: 'Only whoever asked takes it back, or who manages people.' })
  const by = actorOf(viewer)
  if (!(await insertAnswer(tx, request.id, { personId: request.personId, answer: 'withdrawn', author: by })))
    throw over('Somebody was first.')
  await record(parts, tx, { act: 'request.withdrawn', subject: `request:${request.id}`, by, data: {} })
  return loadRequest(tx, request.id)
}

const OVER = {
  accepted: 'Somebody has accepted it already.',
  declined: 'Everybody who was asked has declined.',
  withdrawn: 'It was taken back.',
  expired: 'The time to answer is over.',
} as const

function refuseOver(request: RequestRow, now: Instant): void {
  const state = stateOf(request, now)
  if (state !== 'open') throw over(OVER[state])
  if (request.endsAt <= now) throw over(OVER.expired)
}

function over(detail: string): ProblemError {
  return new ProblemError('oncall-change-over', { detail })
}

/** For themselves whoever was asked; for somebody else, who manages people: people in trouble do not answer. */
function refuseNotAsked(request: RequestRow, viewer: Viewer, person: PersonRow): void {
  if (person.id === request.personId) throw new ProblemError('already-on-call', { detail: 'It is their own shift.' })
  if (person.id !== viewer.personId && !can(viewer, 'people.manage'))
    throw new ProblemError('forbidden', { detail: 'Only who manages people answers for somebody else.' })
  if (request.asked.length > 0 && !request.asked.includes(person.id))
    throw new ProblemError('forbidden', { detail: 'It was asked of others.' })
}

async function loadRequest(tx: Tx, id: string): Promise<RequestRow> {
  const request = await findRequest(tx, id)
  if (request === undefined) throw new Error('a request just made is not there')
  return request
}
