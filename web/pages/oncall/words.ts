/** Shifts in words, in the reader's zone. */
import type { CalendarShift } from '../../../src/api/schema.ts'

const DAY_AND_TIME = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})

/** `Mon 23 Nov 09:00`. */
export function dayAndTime(rfc3339: string): string {
  return DAY_AND_TIME.format(Date.parse(rfc3339)).replaceAll(',', '')
}

/** `Mon 23 Nov, 09:00` on the wall clock of a zone. */
export function dayAndTimeIn(rfc3339: string, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone,
  })
    .format(Date.parse(rfc3339))
    .replaceAll(',', '')
}

export function namesOf(people: readonly { readonly name: string }[]): string {
  return people.length === 0 ? 'nobody' : people.map(({ name }) => name).join(', ')
}

export function spanOf({ from, until }: Pick<CalendarShift, 'from' | 'until'>): string {
  if (from === null && until === null) return 'always'
  if (until === null) return `from ${dayAndTime(from ?? '')} on`
  return from === null ? `until ${dayAndTime(until)}` : `${dayAndTime(from)} to ${dayAndTime(until)}`
}

/** `2026-11-24T14:20` in the browser's zone, as an input wants it. */
export function localValue(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** RFC 3339 of what an input has, else undefined. */
export function fromLocal(value: string): string | undefined {
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}
