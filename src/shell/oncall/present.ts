/** Schedules and their changes as the API shows them. */
import type { Absence, CalendarShift, Override, SwapRequest } from '../../api/schema.ts'
import { can, type Viewer } from '../../core/access/can.ts'
import type { Actor } from '../../core/incident/event.ts'
import type { Changes } from '../../core/oncall/change.ts'
import { type Holder, OWNER, type Schedule } from '../../core/oncall/oncall.ts'
import type { Shift } from '../../core/oncall/shifts.ts'
import { type Instant, toRfc3339 } from '../../core/time.ts'
import type { PersonRef } from '../../api/common.ts'
import type { AbsenceRow } from './absence-store.ts'
import type { OpenShift } from './absence-act.ts'
import type { OverrideRow } from './override-store.ts'
import type { Listed } from './people-store.ts'
import { type RequestRow, type ShiftSpan, stateOf } from './request-store.ts'

export interface Shown {
  readonly now: Instant
  readonly viewer: Viewer
  readonly schedules: readonly Schedule[]
  readonly changes: Changes
  readonly byId: ReadonlyMap<string, Listed>
  readonly byEmail: ReadonlyMap<string, Listed>
}

export function directoryOf(people: readonly Listed[]): Pick<Shown, 'byId' | 'byEmail'> {
  return {
    byId: new Map(people.map((person) => [person.id, person])),
    byEmail: new Map(people.map((person) => [person.email, person])),
  }
}

const at = (instant: Instant | null): string | null => (instant === null ? null : toRfc3339(instant))

/** By the name in the schedule. */
export function showHolder({ byEmail }: Pick<Shown, 'byEmail'>, holder: Holder): PersonRef {
  if (holder === OWNER) return { id: '', name: 'Every owner', email: '' }
  const person = byEmail.get(holder)
  return { id: person?.id ?? '', name: person?.name ?? holder, email: holder }
}

export function showPersonOf({ byId }: Pick<Shown, 'byId'>, id: string): PersonRef {
  const person = byId.get(id)
  return { id, name: person?.name ?? 'Somebody', email: person?.email ?? '' }
}

export function showShift(shown: Shown, { holders, from, until, cause }: Shift): CalendarShift {
  return {
    from: at(from),
    until: at(until),
    people: holders.map((holder) => showHolder(shown, holder)),
    cause: cause.kind,
    away: cause.away.map((holder) => showHolder(shown, holder)),
    overrides: [...cause.overrides],
  }
}

export function showOverride(shown: Shown, row: OverrideRow): Override {
  const schedule = shown.schedules.find(({ id }) => id === row.schedule)
  const over = row.endsAt <= shown.now || row.endsAt <= row.startsAt
  return {
    id: row.id,
    schedule: row.schedule,
    schedule_known: schedule !== undefined,
    role: schedule?.role ?? row.schedule,
    person: showPersonOf(shown, row.personId),
    instead_of: row.insteadOf === null ? null : showPersonOf(shown, row.insteadOf),
    from: toRfc3339(row.startsAt),
    until: toRfc3339(row.endsAt),
    state: over ? 'over' : row.startsAt <= shown.now ? 'active' : 'pending',
    kind: row.kind,
    reason: row.reason,
    author: showActor(row.author),
    created_at: toRfc3339(row.createdAt),
    ended_at: at(row.endedAt),
    ended_by: row.endedBy === null ? null : showActor(row.endedBy),
    warnings: over ? [] : warningsOf(shown, row, schedule),
  }
}

function warningsOf(shown: Shown, row: OverrideRow, schedule: Schedule | undefined): string[] {
  const person = shown.byId.get(row.personId)
  const name = person?.name ?? 'Whoever stands in'
  const away = shown.changes.absences.filter(
    (absence) => absence.holder === person?.email && absence.from < row.endsAt && row.startsAt < absence.until,
  )
  return [
    ...(schedule === undefined ? ['oncall.yaml has no such schedule any more, so this does nothing.'] : []),
    ...(away.length === 0 ? [] : [`${name} is away for part of that time; then the schedule holds as if there were no override.`]),
  ]
}

export function showRequest(shown: Shown, row: RequestRow): SwapRequest {
  const declined = row.answers.filter(({ answer }) => answer === 'declined')
  const accepted = row.answers.find(({ answer }) => answer === 'accepted')
  return {
    id: row.id,
    kind: row.inReturn === null ? 'cover' : 'swap',
    state: stateOf(row, shown.now),
    person: showPersonOf(shown, row.personId),
    shift: showSpan(shown, row),
    in_return: row.inReturn === null ? null : showSpan(shown, row.inReturn),
    of: row.asked.map((id) => showPersonOf(shown, id)),
    declined: declined.map(({ personId }) => showPersonOf(shown, personId)),
    accepted_by: accepted === undefined ? null : showPersonOf(shown, accepted.personId),
    note: row.note,
    expires_at: toRfc3339(row.expiresAt),
    author: showActor(row.author),
    created_at: toRfc3339(row.createdAt),
    may: mayDo(shown, row),
  }
}

function showSpan({ schedules }: Shown, { schedule, startsAt, endsAt }: ShiftSpan): SwapRequest['shift'] {
  const role = schedules.find(({ id }) => id === schedule)?.role ?? schedule
  return { schedule, role, from: toRfc3339(startsAt), until: toRfc3339(endsAt) }
}

function mayDo({ now, viewer }: Shown, row: RequestRow): SwapRequest['may'] {
  if (stateOf(row, now) !== 'open' || !can(viewer, 'incident.respond')) return []
  const mine = row.personId === viewer.personId
  const asked = row.asked.length === 0 || row.asked.includes(viewer.personId)
  const said = row.answers.some(({ personId }) => personId === viewer.personId)
  const author = row.author.kind === 'person' && row.author.id === viewer.personId
  return [
    ...(asked && !mine ? (['accept'] as const) : []),
    ...(asked && !mine && !said ? (['decline'] as const) : []),
    ...(mine || author || can(viewer, 'people.manage') ? (['withdraw'] as const) : []),
  ]
}

export function showAbsence(shown: Shown, row: AbsenceRow, gaps: readonly OpenShift[]): Absence {
  return {
    id: row.id,
    person: showPersonOf(shown, row.personId),
    from: toRfc3339(row.startsAt),
    until: toRfc3339(row.endsAt),
    reason: row.reason,
    author: showActor(row.author),
    created_at: toRfc3339(row.createdAt),
    ended_at: at(row.endedAt),
    gaps: gaps.map(({ schedule, from, until }) => ({
      schedule: schedule.id,
      role: schedule.role,
      from: toRfc3339(from),
      until: toRfc3339(until),
    })),
  }
}

function showActor(actor: Actor): Override['author'] {
  return { kind: actor.kind, id: actor.kind === 'system' ? null : actor.id, name: actor.name }
}
