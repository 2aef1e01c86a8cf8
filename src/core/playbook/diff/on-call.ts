/** Changes of who can be paged and who holds which duty role, told by the hours in which they differ. */
import type { Holder, OnCall, OnCallPerson, Schedule } from '../../oncall/oncall.ts'
import { OWNER } from '../../oncall/oncall.ts'
import { shiftAt } from '../../oncall/shifts.ts'
import { inBothZones } from '../../page/message.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../../time.ts'
import type { Change, Effect } from './change.ts'
import { count, differenceOf, listed, sameList, shown } from './words.ts'

export interface OnCallOptions {
  /** From when on; null: rotations are compared as they are written, not hour by hour. */
  readonly from: Instant | null
  /** Duty roles of now, by their name of before. */
  readonly renamed: ReadonlyMap<string, string>
  /** Duty roles that the playbook names now: a schedule for another one pages nobody. */
  readonly dutyRoles: readonly string[]
}

/** How far ahead schedules are compared. */
export const HORIZON_MS = 90 * DAY_MS
/** Turns that are looked at for one role; an hourly rotation has 2,160 in the horizon. */
const TURNS_MAX = 5_000

type Names = (holders: readonly Holder[]) => string

export function diffOnCall(before: OnCall, after: OnCall, options: OnCallOptions): readonly Change[] {
  const known = new Map([...before.people, ...after.people].map(({ email, name }) => [email, name]))
  const names: Names = (holders) =>
    listed(
      holders.map((holder) => (holder === OWNER ? 'the owners' : (known.get(holder) ?? holder))),
      'nobody',
    )
  return [...diffPeople(before.people, after.people), ...diffSchedules(before, after, { ...options, names })]
}

function diffPeople(before: readonly OnCallPerson[], after: readonly OnCallPerson[]): Change[] {
  const was = new Map(before.map((person, index) => [person.email, { person, index }]))
  const is = new Set(after.map((person) => person.email))
  return [
    ...after.flatMap((person, index) => {
      const old = was.get(person.email)?.person
      return old === undefined ? [addedPerson(person, index)] : diffPerson(old, person, index)
    }),
    ...[...was.values()].filter(({ person }) => !is.has(person.email)).map(({ person, index }) => removedPerson(person, index)),
  ]
}

function addedPerson(person: OnCallPerson, index: number): Change {
  const sentence = `${nameOf(person)} can be paged now, ${reachedBy(person.channels)}`
  return { code: 'person-added', effect: 'behaviour', path: ['people', index], side: 'after', sentence }
}

function removedPerson(person: OnCallPerson, index: number): Change {
  const sentence = `${nameOf(person)} is not listed any more, and keeps the channels added in Tocsin only`
  return {
    code: 'person-removed',
    effect: person.channels.length > 0 ? 'pages-less' : 'behaviour',
    path: ['people', index],
    side: 'before',
    sentence,
  }
}

function diffPerson(before: OnCallPerson, now: OnCallPerson, index: number): Change[] {
  const path = ['people', index]
  const changes: Change[] = []
  const text = (key: string, sentence: string): void =>
    void changes.push({ code: 'person-text', effect: 'wording', path: [...path, key], side: 'after', sentence })
  if (before.name !== now.name) text('name', `${shown(before.name)} is called ${nameOf(now)} now`)
  if (before.zone !== now.zone) text('zone', `Times are told to ${nameOf(now)} in ${now.zone} now, before in ${before.zone}`)
  if (!sameList(before.channels, now.channels)) {
    const sentence = `${nameOf(now)} is ${reachedBy(now.channels)} now, before ${reachedBy(before.channels)}`
    changes.push({
      code: 'person-channels',
      effect: effectOfChannels(before.channels, now.channels),
      path: [...path, 'channels'],
      side: 'after',
      sentence,
    })
  }
  return changes
}

function effectOfChannels(before: readonly string[], now: readonly string[]): Effect {
  const { added, removed } = differenceOf(before, now)
  if (added.length === 0 && removed.length === 0) return 'behaviour'
  return removed.length === 0 ? 'pages-more' : added.length === 0 ? 'pages-less' : 'pages-otherwise'
}

function reachedBy(channels: readonly string[]): string {
  return channels.length === 0 ? 'reached in the console only' : `reached by ${listed(channels)}`
}

function nameOf({ name, email }: OnCallPerson): string {
  return `${shown(name)} <${shown(email)}>`
}

interface ScheduleOptions extends OnCallOptions {
  readonly names: Names
}

interface Placed {
  readonly schedule: Schedule
  readonly index: number
}

function diffSchedules(before: OnCall, after: OnCall, options: ScheduleOptions): Change[] {
  const was = new Map(before.schedules.map((schedule, index) => [keyOf(schedule, options.renamed), { schedule, index }]))
  const is = new Map(after.schedules.map((schedule, index) => [keyOf(schedule, new Map()), { schedule, index }]))
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((key) => diffSchedule(was.get(key), is.get(key), options))
}

/** A schedule is for a role, and where it says so for one team's. */
function keyOf(schedule: Schedule, renamed: ReadonlyMap<string, string>): string {
  return JSON.stringify([roleOf(schedule, renamed), 'team' in schedule ? schedule.team : null])
}

function roleOf({ role }: Schedule, renamed: ReadonlyMap<string, string>): string {
  return renamed.get(role) ?? role
}

function diffSchedule(was: Placed | undefined, is: Placed | undefined, options: ScheduleOptions): Change[] {
  const placed = is ?? was
  if (placed === undefined) return []
  const { from, names } = options
  const role = is === undefined ? roleOf(placed.schedule, options.renamed) : is.schedule.role
  const at = { path: ['schedules', placed.index], side: is === undefined ? 'before' : 'after' } as const
  const text = (effect: Effect, sentence: string): Change[] => [{ code: 'schedule-text', effect, ...at, sentence }]
  if (JSON.stringify(layersOf(was)) === JSON.stringify(layersOf(is))) {
    const same = was?.schedule.name === is?.schedule.name
    return same ? [] : text('wording', `The schedule of ${shown(role)} is called ${shown(placed.schedule.name)} now`)
  }
  if (!options.dutyRoles.includes(role)) {
    return text('wording', `The schedule of ${shown(role)} is written otherwise, and the playbook has no such duty role`)
  }
  const difference = from === null ? null : compareShifts(was?.schedule, is?.schedule, from)
  if (difference === null) {
    const sentence = `Who holds ${shown(role)} is written otherwise: ${names(membersOf(is?.schedule))} now, before ${names(membersOf(was?.schedule))}`
    return [{ code: 'holder-changed', effect: 'pages-otherwise', ...at, sentence }]
  }
  if (difference.first === null) {
    const days = HORIZON_MS / DAY_MS
    return text('behaviour', `The schedule of ${shown(role)} is written otherwise, and the same people hold it for the next ${days} days`)
  }
  const told = tellShift(shown(role), placed.schedule.zone, difference.first, { ...difference, names })
  return [{ code: 'holder-changed', ...at, ...told }]
}

function layersOf(placed: Placed | undefined): unknown {
  return placed === undefined ? null : [placed.schedule.zone, placed.schedule.layers]
}

function membersOf(schedule: Schedule | undefined): readonly Holder[] {
  return schedule === undefined ? [OWNER] : [...new Set(schedule.layers.flatMap((layer) => layer.members))]
}

interface FirstDifference {
  readonly at: Instant
  readonly before: readonly Holder[]
  readonly now: readonly Holder[]
}

interface Difference {
  readonly first: FirstDifference | null
  readonly from: Instant
  /** How long others hold it, within the horizon. */
  readonly differsMs: number
}

/** Walks both schedules from turn to turn. */
function compareShifts(before: Schedule | undefined, now: Schedule | undefined, from: Instant): Difference {
  let first: FirstDifference | null = null
  let differsMs = 0
  const end = from + HORIZON_MS
  for (let at = from, turns = 0; at < end && turns < TURNS_MAX; turns += 1) {
    const [was, is] = [holdersAt(before, at), holdersAt(now, at)]
    const until = Math.min(was.until ?? end, is.until ?? end, end)
    if (!sameList([...was.holders].sort(), [...is.holders].sort())) {
      first ??= { at, before: was.holders, now: is.holders }
      differsMs += until - at
    }
    at = until
  }
  return { first, from, differsMs }
}

/** The owners hold what no schedule is for. */
function holdersAt(schedule: Schedule | undefined, at: Instant): { holders: readonly Holder[]; until: Instant | null } {
  if (schedule === undefined) return { holders: [OWNER], until: null }
  const { holders, until } = shiftAt(schedule, at)
  return { holders: [...new Set(holders)], until }
}

function tellShift(
  role: string,
  zone: string,
  { at, before, now }: FirstDifference,
  { from, differsMs, names }: Difference & { readonly names: Names },
): { effect: Effect; sentence: string } {
  const effect = now.length === 0 ? 'pages-less' : before.length === 0 ? 'pages-more' : 'pages-otherwise'
  const who = `${names(now)} ${hold(now)} ${role} now instead of ${names(before)}`
  if (differsMs === HORIZON_MS) return { effect, sentence: who.replace(/^(?:the owners|nobody)/, begin) }
  const when = at === from ? 'From now on' : `From ${inBothZones(at, zone)} on`
  return {
    effect,
    sentence: `${when} ${who}; others than before hold it for ${lengthOf(differsMs)} of the next ${HORIZON_MS / DAY_MS} days`,
  }
}

function hold(holders: readonly Holder[]): string {
  return holders.length > 1 || holders[0] === OWNER ? 'hold' : 'holds'
}

function lengthOf(ms: number): string {
  return ms < 2 * DAY_MS ? count(Math.max(1, Math.round(ms / HOUR_MS)), 'hour') : count(Math.round(ms / DAY_MS), 'day')
}

function begin(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
