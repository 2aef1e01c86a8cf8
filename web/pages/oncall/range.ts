/** Days, weeks and months in the reader's zone, and where a shift stands in them. Pure. */

export type View = 'week' | 'month'

export interface Range {
  readonly from: number
  readonly until: number
  /** Local midnights: the start of each day in it. */
  readonly days: readonly number[]
}

/** The week from Monday, or the month, around a day (`2026-11-24`, in the reader's zone). */
export function rangeOf(view: View, day: string): Range {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number)
  const at = new Date(year, month - 1, date)
  const first = view === 'week' ? date - ((at.getDay() + 6) % 7) : 1
  const count = view === 'week' ? 7 : new Date(year, month, 0).getDate()
  const days = Array.from({ length: count + 1 }, (_, place) => new Date(year, month - 1, first + place).getTime())
  return { from: days[0] ?? 0, until: days[count] ?? 0, days: days.slice(0, count) }
}

/** The day so many weeks or months on. */
export function moved(view: View, day: string, by: number): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number)
  return dayOf((view === 'week' ? new Date(year, month - 1, date + 7 * by) : new Date(year, month - 1 + by, 1)).getTime())
}

/** `2026-11-24` in the reader's zone. */
export function dayOf(ms: number): string {
  const at = new Date(ms)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
}

export interface Placed {
  /** In percent of the range. */
  readonly left: number
  readonly width: number
  /** It began before, or goes on after. */
  readonly cutLeft: boolean
  readonly cutRight: boolean
}

/** Null: it is not in the range. */
export function placeOf({ from, until }: Range, shift: { readonly from: string | null; readonly until: string | null }): Placed | null {
  const start = shift.from === null ? Number.NEGATIVE_INFINITY : Date.parse(shift.from)
  const end = shift.until === null ? Number.POSITIVE_INFINITY : Date.parse(shift.until)
  if (end <= from || start >= until) return null
  const share = (ms: number): number => ((Math.min(Math.max(ms, from), until) - from) / (until - from)) * 100
  return { left: share(start), width: share(end) - share(start), cutLeft: start < from, cutRight: end > until }
}
