/** The calendar of schedules between two instants: who is paged, layers, overrides, absences, gaps and clock changes. */
import type { OncallCalendar, ScheduleCalendar } from '../../api/schema.ts'
import { type Calendar, calendarOf } from '../../core/oncall/calendar.ts'
import type { Schedule } from '../../core/oncall/oncall.ts'
import { clockChanges } from '../../core/oncall/zone-clock.ts'
import { type Instant, toRfc3339 } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { openWithout } from './absence-act.ts'
import { listAbsences } from './absence-store.ts'
import { listOverrides, type OverrideRow } from './override-store.ts'
import { type Shown, showAbsence, showHolder, showOverride, showShift } from './present.ts'

/** Of one line of one schedule: a year of turns of four hours. */
const SHIFTS_MAX = 2_200
const LISTED_MAX = 1_000

export interface AskedCalendar {
  readonly from: Instant
  readonly until: Instant
  readonly schedules: readonly Schedule[]
  readonly withLayers: boolean
  /** Of whoever asks; null: not known. */
  readonly zone: string | null
}

export async function readCalendar(tx: Tx, shown: Shown, asked: AskedCalendar): Promise<OncallCalendar> {
  const { from, until, schedules, zone } = asked
  const overrides = await listOverrides(tx, { from, until, schedule: null, limit: LISTED_MAX })
  const absences = await listAbsences(tx, from, until, LISTED_MAX)
  const zones = [...new Set([...schedules.map((schedule) => schedule.zone), ...(zone === null ? [] : [zone])])]
  return {
    from: toRfc3339(from),
    until: toRfc3339(until),
    items: schedules.map((schedule) => showCalendar(shown, schedule, overrides, asked)),
    absences: absences.map((row) => {
      const span = {
        email: shown.byId.get(row.personId)?.email ?? '',
        from: Math.max(row.startsAt, from),
        until: Math.min(row.endsAt, until),
      }
      return showAbsence(shown, row, openWithout(shown, schedules, span))
    }),
    clock_changes: zones.flatMap((name) =>
      clockChanges(name, from, until).map(({ at, byMs }) => ({ zone: name, at: toRfc3339(at), by_seconds: byMs / 1_000 })),
    ),
  }
}

function showCalendar(shown: Shown, schedule: Schedule, overrides: readonly OverrideRow[], asked: AskedCalendar): ScheduleCalendar {
  const { from, until, withLayers } = asked
  const calendar: Calendar = calendarOf(schedule, { from, until, changes: shown.changes, withLayers, shiftsMax: SHIFTS_MAX })
  const { id, name, role, team, zone } = schedule
  return {
    schedule: { id, name, role, team, zone },
    final: calendar.final.map((shift) => showShift(shown, shift)),
    layers: calendar.layers.map((line) => ({
      name: line.name,
      shadow: line.shadow,
      replacement: line.replacement,
      shifts: line.shifts.map((shift) => ({
        from: shift.from === null ? null : toRfc3339(shift.from),
        until: shift.until === null ? null : toRfc3339(shift.until),
        people: shift.holders.map((holder) => showHolder(shown, holder)),
      })),
    })),
    overrides: overrides.filter((row) => row.schedule === id && row.endsAt > row.startsAt).map((row) => showOverride(shown, row)),
    gaps: calendar.gaps.map((gap) => ({ from: toRfc3339(gap.from), until: toRfc3339(gap.until) })),
    cut: calendar.cut,
  }
}
