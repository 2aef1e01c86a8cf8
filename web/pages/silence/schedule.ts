/** The calendar of a window while it is being written. Pure. */
import type { MaintenanceSchedule } from '../../../src/api/schema.ts'

export const WEEKDAYS = [
  ['mon', 'Mon'],
  ['tue', 'Tue'],
  ['wed', 'Wed'],
  ['thu', 'Thu'],
  ['fri', 'Fri'],
  ['sat', 'Sat'],
  ['sun', 'Sun'],
] as const
export type Weekday = (typeof WEEKDAYS)[number][0]

export interface ScheduleDraft {
  readonly kind: 'once' | 'weekly' | 'monthly'
  /** Wall clock of the window's zone. */
  readonly from: string
  readonly to: string
  readonly days: readonly Weekday[]
  readonly at: string
  readonly minutes: string
  /** Of the month; -1 is the last. */
  readonly day: string
}

export const BLANK_SCHEDULE: ScheduleDraft = { kind: 'once', from: '', to: '', days: [], at: '22:00', minutes: '120', day: '1' }

/** Null while it is not finished. */
export function toSchedule(draft: ScheduleDraft): MaintenanceSchedule | null {
  const minutes = Number(draft.minutes)
  if (draft.kind === 'once') {
    return draft.from !== '' && draft.to > draft.from ? { kind: 'once', from: draft.from, to: draft.to } : null
  }
  if (!Number.isInteger(minutes) || minutes < 1 || draft.at === '') return null
  if (draft.kind === 'weekly') return draft.days.length === 0 ? null : { kind: 'weekly', days: [...draft.days], at: draft.at, minutes }
  return { kind: 'monthly', on: { day: Number(draft.day) }, at: draft.at, minutes }
}
