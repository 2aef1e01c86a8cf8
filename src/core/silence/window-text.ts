/** A window's schedule in words. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts'
import type { Weekday, WindowSchedule } from './window.ts'

const DAYS: Readonly<Record<Weekday, string>> = { 1: 'Mon', 2: 'Tue', 3: 'Wed', 4: 'Thu', 5: 'Fri', 6: 'Sat', 7: 'Sun' }
const NTHS: Readonly<Record<number, string>> = { 1: 'first', 2: 'second', 3: 'third', 4: 'fourth', [-1]: 'last' }

/** Such as `every Mon, Thu at 22:00 for 2 h (Europe/Berlin)`. */
export function describeSchedule(schedule: WindowSchedule, zone: string): string {
  if (schedule.kind === 'once') return `${schedule.from.replace('T', ' ')} to ${schedule.to.replace('T', ' ')} (${zone})`
  const bounds = [schedule.from === null ? '' : ` from ${schedule.from}`, schedule.until === null ? '' : ` to ${schedule.until}`].join('')
  return `${daysOf(schedule)} at ${schedule.at} for ${describeLength(schedule.minutes * MINUTE_MS)} (${zone})${bounds}`
}

function daysOf(schedule: Exclude<WindowSchedule, { kind: 'once' }>): string {
  if (schedule.kind === 'weekly') {
    return schedule.days.length === 7 ? 'every day' : `every ${schedule.days.map((day) => DAYS[day]).join(', ')}`
  }
  const { on } = schedule
  if (on.kind === 'weekday') return `every ${NTHS[on.nth] ?? String(on.nth)} ${DAYS[on.weekday]} of the month`
  return on.day === -1 ? 'on the last day of every month' : `on day ${on.day} of every month`
}

/** Such as `1 d 2 h 30 min`. */
export function describeLength(ms: number): string {
  const parts: string[] = []
  let rest = ms
  for (const [unit, unitMs] of [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['min', MINUTE_MS],
  ] as const) {
    const count = Math.floor(rest / unitMs)
    if (count > 0) parts.push(`${count} ${unit}`)
    rest -= count * unitMs
  }
  return parts.length === 0 ? `${Math.ceil(ms / 1_000)} s` : parts.join(' ')
}
