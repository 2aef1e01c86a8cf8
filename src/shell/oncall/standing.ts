/** What schedules come to with what people have changed: overrides, absences, and people who are not there. */
import { type Absence, type Changes, NO_CHANGES } from '../../core/oncall/change.ts'
import { OWNER, type Schedule } from '../../core/oncall/oncall.ts'
import { type Shifts, shiftsAt } from '../../core/oncall/shifts.ts'
import type { Instant } from '../../core/time.ts'
import type { StoredChanges } from './change-store.ts'

export type ShiftsOf = (schedule: Schedule, instant: Instant) => Shifts

/** Whoever a schedule names and nobody is, is away for ever. @param known addresses of all who can be paged */
export function toChanges(stored: StoredChanges, schedules: readonly Schedule[], known: ReadonlySet<string>): Changes {
  const named = schedules.flatMap(({ layers, replacements = [] }) =>
    [...layers, ...replacements.flatMap((one) => one.layers)].flatMap((layer) => layer.members),
  )
  const disabled = new Set(stored.absences.flatMap(({ holder, until }) => (until === Number.POSITIVE_INFINITY ? holder : [])))
  const unknown = [...new Set(named)].filter((holder) => holder !== OWNER && !known.has(holder) && !disabled.has(holder))
  if (stored.overrides.length === 0 && stored.absences.length === 0 && unknown.length === 0) return NO_CHANGES
  const gone = unknown.map((holder): Absence => ({ holder, from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }))
  return { overrides: stored.overrides, absences: [...stored.absences, ...gone] }
}

/** Shifts change a few times a day and are asked for on every change of an incident. */
export function cacheShifts(): (changes: Changes) => ShiftsOf {
  const caches = new WeakMap<Changes, WeakMap<Schedule, Shifts>>()
  return (changes) => {
    const cache = caches.get(changes) ?? new WeakMap<Schedule, Shifts>()
    caches.set(changes, cache)
    return (schedule, instant) => {
      const known = cache.get(schedule)
      const { from, until } = known?.current ?? { from: Number.POSITIVE_INFINITY, until: null }
      if (known !== undefined && (from === null || from <= instant) && (until === null || instant < until)) return known
      const shifts = shiftsAt(schedule, instant, changes)
      cache.set(schedule, shifts)
      return shifts
    }
  }
}

/** Whether somebody is away at the instant. */
export function isAway({ absences }: Changes, holder: string, instant: Instant): boolean {
  return absences.some((absence) => absence.holder === holder && absence.from <= instant && instant < absence.until)
}
