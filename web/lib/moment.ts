/** Points in time as people read them, in the browser's zone, always with the zone and UTC at hand. */

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const SHORT = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })
const FULL = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
})

/** `14:02:11` in the reader's zone. */
export function clockTime(at: number): string {
  return CLOCK.format(at)
}

/** `14:20` today, `Mon 09:00` within six days, else `3 Sep 09:00`. */
export function shortMoment(at: number, now: number): string {
  const time = SHORT.format(at)
  if (sameDay(at, now)) return time
  const near = Math.abs(at - now) < 6 * 24 * 60 * 60_000
  return `${near ? WEEKDAY.format(at) : DAY.format(at)} ${time}`
}

/** `24 Nov`, for a heading between days. */
export function dayName(at: number): string {
  return `${WEEKDAY.format(at)} ${DAY.format(at)}`
}

/** `24 Nov 2026`: for what lasts for months. */
export function dateWithYear(at: number): string {
  return DATE.format(at)
}

/** Zone and UTC together, for titles and screen readers: `Tue, 24 Nov 2026, 14:02:11 CET · 13:02:11Z`. */
export function fullMoment(at: number): string {
  return `${FULL.format(at)} · ${new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')}`
}

export function sameDay(a: number, b: number): boolean {
  return DAY.format(a) === DAY.format(b) && Math.abs(a - b) < 48 * 60 * 60_000
}

/** The API's RFC 3339 text as ms, null for null. */
export function toMs(text: string): number
export function toMs(text: string | null | undefined): number | null
export function toMs(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Date.parse(text)
}
