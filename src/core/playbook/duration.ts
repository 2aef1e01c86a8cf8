/** Durations as the document writes them: `5 min`, `48 h`, `30-min`, `1h30`. What could be read in two ways is refused. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.ts'
import { normalizeName } from './text.ts'

export type DurationReading =
  | { readonly kind: 'duration'; readonly ms: number }
  | { readonly kind: 'unclear'; readonly message: string; readonly fix: string }

/** No duration of a playbook is longer: a year and a day. */
export const DURATION_MS_MAX = 366 * DAY_MS
const DURATION_CHARS_MAX = 64

const UNIT_MS: Readonly<Record<string, number>> = {
  ...spell(['s', 'sec', 'secs', 'second', 'seconds'], SECOND_MS),
  ...spell(['m', 'min', 'mins', 'minute', 'minutes'], MINUTE_MS),
  ...spell(['h', 'hr', 'hrs', 'hour', 'hours'], HOUR_MS),
  ...spell(['d', 'day', 'days'], DAY_MS),
  ...spell(['w', 'wk', 'wks', 'week', 'weeks'], 7 * DAY_MS),
}

function spell(names: readonly string[], ms: number): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, ms]))
}

const EXAMPLE = 'Write a number and a unit, such as "5 min", "48 h" or "7 d".'

/** Never throws. Zero is a duration; whether it makes sense is for the field to say. */
export function parseDuration(text: string): DurationReading {
  const written = normalizeName(text).toLowerCase()
  if (written.length > DURATION_CHARS_MAX) return unclear('This is too long for a duration.', EXAMPLE)
  const trap = findTrap(written)
  if (trap !== null) return trap
  const ms = readIso(written) ?? readHoursAndMinutes(written) ?? readParts(written)
  if (ms === null) return unclear(`"${text}" is not a duration.`, EXAMPLE)
  if (!Number.isInteger(ms)) return unclear(`"${text}" is finer than a millisecond.`, EXAMPLE)
  if (ms > DURATION_MS_MAX) return unclear(`"${text}" is longer than 366 days.`, 'Write a shorter one.')
  return { kind: 'duration', ms }
}

/** Read all the same, and yet not as documents write it: `PT15M` is of machines, `1h30` leaves a unit out. */
export function isUnusual(text: string): boolean {
  const written = normalizeName(text).toLowerCase()
  return readIso(written) !== null || readHoursAndMinutes(written) !== null
}

/** As the document would write it: `90 s`, `5 min`, `48 h`, `7 d`, else in parts, `1 h 30 min`. @param ms whole, not negative */
export function formatDuration(ms: number): string {
  if (ms % SECOND_MS !== 0) return `${ms / SECOND_MS} s`
  if (ms >= 4 * DAY_MS && ms % DAY_MS === 0) return `${ms / DAY_MS} d`
  if (ms >= HOUR_MS && ms % HOUR_MS === 0) return `${ms / HOUR_MS} h`
  if (ms >= MINUTE_MS && ms < 2 * HOUR_MS && ms % MINUTE_MS === 0) return `${ms / MINUTE_MS} min`
  if (ms <= 120 * SECOND_MS) return `${ms / SECOND_MS} s`
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(ms / HOUR_MS), 'h'],
    [Math.floor((ms % HOUR_MS) / MINUTE_MS), 'min'],
    [(ms % MINUTE_MS) / SECOND_MS, 's'],
  ]
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

function unclear(message: string, fix: string): DurationReading {
  return { kind: 'unclear', message, fix }
}

function findTrap(written: string): DurationReading | null {
  if (/^\d+(:\d+)+$/.test(written)) {
    return unclear(
      `"${written}" is a time of day or a duration in two units: which is not clear.`,
      'Write the units, such as "24 h" or "1 h 30 min".',
    )
  }
  if (/^\d+([.,]\d+)?$/.test(written)) return unclear(`"${written}" has no unit.`, `Write the unit, such as "${written} min".`)
  if (/\d,\d/.test(written))
    return unclear(`The comma in "${written}" can part decimals or thousands.`, 'Write a point for decimals, such as "1.5 h".')
  if (/^[-+]/.test(written)) return unclear(`"${written}" has a sign.`, EXAMPLE)
  if (/month|year|\bmo\b|\byr?s?\b/.test(written) || /^p(\d+[ywd])*\d+[ym]/.test(written)) {
    return unclear(`Months and years in "${written}" differ in length.`, 'Write days, such as "30 d".')
  }
  if (/business|working/.test(written)) return unclear('Business days depend on a calendar.', 'Write days or hours that pass on every day.')
  return null
}

/** ISO 8601 durations without years and months: `PT15M`, `P1DT12H`, `P2W`. */
function readIso(written: string): number | null {
  const match = /^p(?:(\d+)w)?(?:(\d+)d)?(?:t(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?)?$/.exec(written)
  if (match === null || written === 'p') return null
  const [, weeks, days, hours, minutes, seconds] = match.map((part) => Number(part ?? 0))
  return round(
    (weeks ?? 0) * 7 * DAY_MS + (days ?? 0) * DAY_MS + (hours ?? 0) * HOUR_MS + (minutes ?? 0) * MINUTE_MS + (seconds ?? 0) * SECOND_MS,
  )
}

/** `1h30`: the minutes need no unit after hours, and only there. */
function readHoursAndMinutes(written: string): number | null {
  const match = /^(\d{1,4}) ?h ?([0-5]\d)$/.exec(written)
  return match === null ? null : Number(match[1]) * HOUR_MS + Number(match[2]) * MINUTE_MS
}

/** One or more numbers with their units, the larger unit first: `2 d 4 h`, `30-min`, `1.5 h`. */
function readParts(written: string): number | null {
  const pattern = /(\d+(?:\.\d+)?)[ -]?([a-z]+)\.?(?: and |, | )?/y
  let total = 0
  let previousMs = Number.POSITIVE_INFINITY
  while (pattern.lastIndex < written.length) {
    const match = pattern.exec(written)
    const unitMs = Object.hasOwn(UNIT_MS, match?.[2] ?? '') ? UNIT_MS[match?.[2] ?? ''] : undefined
    if (match === null || unitMs === undefined || unitMs >= previousMs) return null
    total += round(Number(match[1]) * unitMs)
    previousMs = unitMs
  }
  return previousMs === Number.POSITIVE_INFINITY ? null : total
}

/** Takes away what binary fractions add: 0.1 s is 100 ms. */
function round(ms: number): number {
  const nearest = Math.round(ms)
  return Math.abs(ms - nearest) < 1e-4 ? nearest : ms
}
