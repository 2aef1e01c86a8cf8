/** What every act on schedules needs: the schedules in force, who there is, and the log of what was done. */
import type { Viewer } from '../../core/access/can.ts'
import type { Actor } from '../../core/incident/event.ts'
import type { PersonId } from '../../core/id.ts'
import type { Changes } from '../../core/oncall/change.ts'
import type { OnCall, Schedule } from '../../core/oncall/oncall.ts'
import { DAY_MS, type Instant, toRfc3339 } from '../../core/time.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Tx } from '../database/database.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { findPersonNamed, type PersonRow } from '../person/person-store.ts'
import type { Ports } from '../ports.ts'
import { loadChanges } from './change-store.ts'
import { listPageablePeople, type PageablePerson } from './people-store.ts'
import { toChanges } from './standing.ts'

export interface ActParts {
  readonly ports: Ports
  readonly onCall: () => OnCall
  /** This process reads people and changes anew, for the next page too. */
  readonly forget: () => void
}

/** Longer is no change for a while: it belongs into the schedule. */
export const CHANGE_MS_MAX = 184 * DAY_MS
/** Overrides, absences and requests that are not over, each. */
export const OPEN_MAX = 2_000

export function actorOf(viewer: Viewer): Actor {
  return { kind: 'person', id: viewer.personId, name: viewer.name }
}

/** By id, or by its duty role. @throws a problem naming the field */
export function findSchedule({ onCall }: Pick<ActParts, 'onCall'>, name: string, field = 'schedule'): Schedule {
  const wanted = name.trim().toLowerCase()
  const { schedules } = onCall()
  const found =
    schedules.find(({ id }) => id === wanted) ??
    schedules.find(({ role, team }) => team === null && role.toLowerCase() === wanted) ??
    schedules.find((schedule) => schedule.name.toLowerCase() === wanted)
  if (found !== undefined) return found
  const known = schedules.map(({ id }) => id).join(', ')
  throw new ProblemError('schedule-unknown', {
    detail: `There is no schedule "${name}". ${known === '' ? 'oncall.yaml has none.' : `Known: ${known}.`}`,
    errors: [{ field, message: 'is no schedule' }],
  })
}

/** By id or e-mail address; `me` is whoever asks. @throws a problem naming the field */
export async function loadPerson(tx: Tx, viewer: Viewer, name: string, field: string): Promise<PersonRow> {
  const person = await findPersonNamed(tx, name === 'me' ? viewer.personId : name.replaceAll('\u0000', ''))
  if (person !== undefined) return person
  throw new ProblemError('person-unknown', { errors: [{ field, message: 'is nobody here, or disabled' }] })
}

/** A start in the past is now. @throws a problem naming the field */
export function readSpan(tx: Tx, asked: { readonly from: Instant; readonly until: Instant }): { from: Instant; until: Instant } {
  const from = Math.max(asked.from, tx.now)
  if (asked.until <= from) throw badField('until', asked.until <= tx.now ? 'is over already' : 'must be after the start')
  if (asked.until - from > CHANGE_MS_MAX) throw badField('until', `is more than ${CHANGE_MS_MAX / DAY_MS} days after the start`)
  return { from, until: asked.until }
}

export interface Standing {
  readonly changes: Changes
  readonly people: readonly PageablePerson[]
}

/** As the transaction sees it: also what it has just done. */
export async function readStanding(tx: Tx, { onCall }: Pick<ActParts, 'onCall'>, since: Instant): Promise<Standing> {
  const people = await listPageablePeople(tx)
  const known = new Set(people.map(({ email }) => email))
  return { people, changes: toChanges(await loadChanges(tx, since), onCall().schedules, known) }
}

export interface Recorded {
  /** Past fact, such as `override.created`. */
  readonly act: string
  readonly subject: string
  readonly by: Actor
  readonly data: Readonly<Record<string, string | number | boolean | null | readonly string[]>>
}

/** Appends the leaf, and lets the next page see it. Names and addresses stay out of the log. */
export async function record(parts: ActParts, tx: Tx, { act, subject, by, data }: Recorded): Promise<void> {
  await appendLeaves(tx, [{ at: tx.now, actor: by, act, subject, data }])
  tx.afterCommit(() => {
    parts.forget()
    parts.ports.nudges.send('wake')
  })
}

export function spanData(from: Instant, until: Instant): { readonly from: string; readonly until: string } {
  return { from: toRfc3339(from), until: toRfc3339(until) }
}

export function idOf(person: Pick<PersonRow, 'id'> | null): PersonId | null {
  return person?.id ?? null
}
