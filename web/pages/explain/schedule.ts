/** What would happen when, as one list in the order of time, with what happens together told together. Pure. */
import type { Explanation } from '../../../src/api/schema.ts'
import { formatDuration } from '../../lib/duration.ts'

type Page = Explanation['pages'][number]
type Notice = Explanation['notices'][number]
type End = NonNullable<Explanation['end']>

export interface Moment {
  readonly afterSeconds: number
  /** RFC 3339. */
  readonly at: string
  /** The first of each round says so. */
  readonly round: number | null
  readonly pages: readonly Page[]
  readonly notices: readonly Notice[]
  readonly end: End | null
}

export function scheduleOf(explanation: Pick<Explanation, 'pages' | 'notices' | 'end'>): readonly Moment[] {
  const { pages, notices, end } = explanation
  const moments = [...new Map([...pages, ...notices, ...(end === null ? [] : [end])].map((one) => [one.after_seconds, one.at])).entries()]
  let round = 1
  return moments
    .sort(([left], [right]) => left - right)
    .map(([afterSeconds, at]) => {
      const here = pages.filter((page) => page.after_seconds === afterSeconds)
      const highest = Math.max(0, ...here.map((page) => page.round))
      const begins = highest > round
      if (begins) round = highest
      return {
        afterSeconds,
        at,
        round: begins ? highest : null,
        pages: here,
        notices: notices.filter((notice) => notice.after_seconds === afterSeconds),
        end: end?.after_seconds === afterSeconds ? end : null,
      }
    })
}

/** `sms`, or `sms 2 min later` where it waits, unless somebody acknowledges before. */
export function wayOf({ later, after_seconds: start }: Page, channel: string): string {
  const waits = later.find((one) => one.channel === channel)
  return waits === undefined ? channel : `${channel} ${formatDuration((waits.after_seconds - start) * 1_000)} later`
}

/** The pages of one moment by person: whoever holds several roles is told once, with all of them. */
export function byPerson(
  pages: readonly Page[],
): readonly { readonly pages: readonly Page[]; readonly roles: string; readonly because: string }[] {
  return [...Map.groupBy(pages, (page) => page.person.id).values()].map((own) => {
    const reasons = [...new Set(own.map((page) => page.because))]
    return {
      pages: own,
      roles: [...new Set(own.map((page) => page.role))].join(', '),
      because: reasons.length === 1 ? (reasons[0] ?? '') : '',
    }
  })
}

/** `at once`, `after 2 min`, `after 1 h 30 min`: how long after the signal. */
export function afterText(seconds: number): string {
  if (seconds <= 0) return 'at once'
  if (seconds < 60) return `after ${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `after ${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `after ${Math.round(hours / 24)} d`
  return minutes % 60 === 0 ? `after ${hours} h` : `after ${hours} h ${minutes % 60} min`
}

/** `03:02:30` on the wall of that zone, with the day where it is another than that of `base`. */
export function wallClock(at: string, { zone, base }: { readonly zone: string; readonly base: string }): string {
  const time = format(at, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  const day = format(at, zone, { weekday: 'short', day: 'numeric', month: 'short' })
  return day === format(base, zone, { weekday: 'short', day: 'numeric', month: 'short' }) ? time : `${day}, ${time}`
}

/** `Thu, 24 Dec 2026, 03:00 CET`. */
export function wallMoment(at: string, zone: string): string {
  return format(at, zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
}

function format(at: string, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(Date.parse(at))
}
