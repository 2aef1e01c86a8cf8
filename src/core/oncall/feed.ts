/** The events of a calendar that people subscribe to: of one schedule, or of all that one person holds. */
import type { Instant } from '../time.ts'
import type { Changes } from './change.ts'
import type { IcalEvent } from './ical.ts'
import { type Holder, OWNER, type Schedule } from './oncall.ts'
import { type Shift, shiftsBetween } from './shifts.ts'

export interface FeedOptions {
  readonly from: Instant
  readonly until: Instant
  readonly changes: Changes
  readonly nameOf: (holder: Holder) => string
  readonly eventsMax: number
}

/** Each shift with who holds it; time that nobody holds is an event too. */
export function scheduleEvents(schedule: Schedule, options: FeedOptions): IcalEvent[] {
  return take(schedule, options, () => true).map(({ shift, event }) => {
    const who = shift.holders.length === 0 ? 'NOBODY on call' : shift.holders.map(options.nameOf).join(', ')
    return { ...event, summary: `${schedule.role}: ${who}` }
  })
}

/** @param holders the person's address, and `owner` where they are one */
export function personEvents(schedules: readonly Schedule[], holders: ReadonlySet<Holder>, options: FeedOptions): IcalEvent[] {
  return schedules
    .flatMap((schedule) =>
      take(schedule, options, (shift) => shift.holders.some((holder) => holders.has(holder))).map(({ event }) => ({
        ...event,
        summary: `On call: ${schedule.role}`,
      })),
    )
    .slice(0, options.eventsMax)
}

interface Taken {
  readonly shift: Shift
  readonly event: IcalEvent
}

function take(schedule: Schedule, { from, until, changes, eventsMax }: FeedOptions, wanted: (shift: Shift) => boolean): Taken[] {
  const taken: Taken[] = []
  for (const shift of shiftsBetween(schedule, from, until, changes)) {
    if (!wanted(shift)) continue
    const start = shift.from ?? from
    const uid = `${schedule.id}.${start}.${shift.holders.map((holder) => (holder === OWNER ? OWNER : holder.replace('@', '.at.'))).join('+')}@tocsin`
    const description = [schedule.name, ...(shift.cause.kind === 'override' ? ['Stands in'] : [])].join('. ')
    taken.push({ shift, event: { uid, from: start, until: shift.until ?? until, summary: '', description } })
    if (taken.length >= eventsMax) break
  }
  return taken
}
