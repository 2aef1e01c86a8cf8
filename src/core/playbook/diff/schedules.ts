/** Changes of who holds which duty role, told by the hours in which they differ. */
import { type Holder, type OnCall, OWNER, type Schedule } from '../../oncall/oncall.ts'
import { shiftAt } from '../../oncall/shifts.ts'
import { inBothZones } from '../../page/message.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../../time.ts'
import type { Change, Effect } from './change.ts'
import { count, sameList, shown } from './words.ts'

/** How far ahead schedules are compared. */
const HORIZON_MS = 90 * DAY_MS
/** Turns that are looked at for one role; an hourly rotation has 2,160 in the horizon. */
const TURNS_MAX = 5_000

type Names = (holders: readonly Holder[]) => string

export interface OnCallOptions {
  /** From when on; null: rotations are compared as they are written, not hour by hour. */
  readonly from: Instant | null
  /** Duty roles of now, by their name of before. */
  readonly renamed: ReadonlyMap<string, string>
  /** Duty roles that the playbook names now: a schedule for another one pages nobody. */
  readonly dutyRoles: readonly string[]
}

export interface ScheduleOptions extends OnCallOptions {
  readonly names: Names
}

interface Placed {
  readonly schedule: Schedule
  readonly index: number
}

type Placement = ReadonlyMap<string, Placed>

/** A schedule is for a role, of the organisation or of one team. */
export function diffSchedules(before: OnCall, after: OnCall, options: ScheduleOptions): Change[] {
  const was = place(before.schedules, options.renamed)
  const is = place(after.schedules, new Map())
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((key) => diffSchedule({ was, is, key }, options))
}

function place(schedules: readonly Schedule[], renamed: ReadonlyMap<string, string>): Placement {
  return new Map(
    schedules.map((written, index) => {
      const schedule = { ...written, role: renamed.get(written.role) ?? written.role }
      return [keyOf(schedule.role, schedule.team), { schedule, index }]
    }),
  )
}

function keyOf(role: string, team: string | null): string {
  return JSON.stringify([role, team])
}

interface Compared {
  readonly was: Placement
  readonly is: Placement
  readonly key: string
}

function diffSchedule({ was, is, key }: Compared, { from, names, dutyRoles }: ScheduleOptions): Change[] {
  const [old, fresh] = [was.get(key), is.get(key)]
  const placed = fresh ?? old
  if (placed === undefined) return []
  const { role, team, zone, name } = placed.schedule
  const whose = team === null ? shown(role) : `${shown(role)} of ${shown(team)}`
  const at = { path: ['schedules', placed.index], side: fresh === undefined ? 'before' : 'after' } as const
  const text = (effect: Effect, sentence: string): Change[] => [{ code: 'schedule-text', effect, ...at, sentence }]
  if (JSON.stringify(layersOf(old)) === JSON.stringify(layersOf(fresh))) {
    return old?.schedule.name === fresh?.schedule.name ? [] : text('wording', `The schedule of ${whose} is called ${shown(name)} now`)
  }
  if (!dutyRoles.includes(role)) {
    return text('wording', `The schedule of ${whose} is written otherwise, and the playbook has no such duty role`)
  }
  // A team's role without a schedule is held as the organisation's.
  const common = keyOf(role, null)
  const [before, now] = [old ?? was.get(common), fresh ?? is.get(common)].map((one) => one?.schedule)
  const difference = from === null ? null : compareShifts(before, now, from)
  if (difference === null) {
    const sentence = `Who holds ${whose} is written otherwise: ${names(membersOf(now))} now, before ${names(membersOf(before))}`
    return [{ code: 'holder-changed', effect: 'pages-otherwise', ...at, sentence }]
  }
  if (difference.first === null) {
    const days = HORIZON_MS / DAY_MS
    return text('behaviour', `The schedule of ${whose} is written otherwise, and the same people hold it for the next ${days} days`)
  }
  return [{ code: 'holder-changed', ...at, ...tellShift(whose, zone, difference.first, { ...difference, names }) }]
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
