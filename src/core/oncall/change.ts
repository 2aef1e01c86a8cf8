/** What people change of schedules without editing them: overrides and absences, as data with an end. */
import type { Instant } from '../time.ts'
import type { Holder } from './oncall.ts'

/** Somebody stands in on one schedule for a while. */
export interface Override {
  readonly id: string
  /** Id of the schedule; other schedules are not touched. */
  readonly schedule: string
  readonly holder: Holder
  /** Stands in only where this person would hold; null: for whoever would. */
  readonly instead: Holder | null
  readonly from: Instant
  /** Half-open; as it was made, or when it was ended. */
  readonly until: Instant
}

/** Somebody holds nothing for a while, on no schedule. */
export interface Absence {
  readonly holder: Holder
  readonly from: Instant
  /** Half-open; infinite for people who are gone. */
  readonly until: Instant
}

export interface Changes {
  /** In the order in which they were made: of two that disagree, the later counts. */
  readonly overrides: readonly Override[]
  readonly absences: readonly Absence[]
}

export const NO_CHANGES: Changes = { overrides: [], absences: [] }

/** The changes of one schedule, ready to be asked often. */
export interface ScheduleChanges {
  readonly overrides: readonly Override[]
  readonly absencesOf: (holder: Holder) => readonly Absence[]
  readonly isEmpty: boolean
}

const NOBODY: readonly Absence[] = []
const prepared = new WeakMap<Changes, Map<string, ScheduleChanges>>()

export function changesOf(changes: Changes, schedule: string): ScheduleChanges {
  let bySchedule = prepared.get(changes)
  if (bySchedule === undefined) {
    bySchedule = new Map()
    prepared.set(changes, bySchedule)
  }
  const known = bySchedule.get(schedule)
  if (known !== undefined) return known
  const absences = Map.groupBy(changes.absences, (absence) => absence.holder)
  const overrides = changes.overrides.filter((override) => override.schedule === schedule && override.from < override.until)
  const made: ScheduleChanges = {
    overrides,
    absencesOf: (holder) => absences.get(holder) ?? NOBODY,
    isEmpty: overrides.length === 0 && absences.size === 0,
  }
  bySchedule.set(schedule, made)
  return made
}
