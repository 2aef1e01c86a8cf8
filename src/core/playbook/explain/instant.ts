/** An instant as people write it: with an offset, with the name of a zone, or on the reader's own wall clock. */
import { Temporal } from 'temporal-polyfill'
import type { Instant } from '../../time.ts'

export interface InstantReading {
  readonly at: Instant
  /** What was decided where the wall clock shows a time twice or never; empty where it is clear. */
  readonly note: string
}

const WALL = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))?/
const OFFSET = /^(?:[Zz]|[+-]\d\d:?\d\d)$/
const TEXT_CHARS_MAX = 100

/**
 * `2027-03-28T02:30 Europe/Berlin`, `2026-12-24T18:00:00Z`, `2026-12-24 18:00` or `2026-12-24`. Null for all else. A time
 * that a clock change leaves out is as much later as was left out; of one that comes twice it is the first.
 * @param zone of a time that names none
 */
export function readInstant(text: string, zone: string): InstantReading | null {
  const written = text.trim()
  const match = WALL.exec(written)
  if (match === null || written.length > TEXT_CHARS_MAX) return null
  const [whole, day, time = '00:00'] = match
  const rest = written.slice(whole.length).trim()
  try {
    if (OFFSET.test(rest)) return { at: Temporal.Instant.from(`${day}T${time}${rest.toUpperCase()}`).epochMilliseconds, note: '' }
    return onWall(Temporal.PlainDateTime.from(`${day}T${time}`), rest.replace(/^\[(.+)\]$/, '$1') || zone)
  } catch {
    return null
  }
}

function onWall(wall: Temporal.PlainDateTime, zone: string): InstantReading | null {
  // An offset as a zone knows no clock changes, and has been read above where it was meant.
  if (!/^[A-Za-z]/.test(zone)) return null
  const [early, late] = (['earlier', 'later'] as const).map((disambiguation) => wall.toZonedDateTime(zone, { disambiguation }))
  if (early === undefined || late === undefined) return null
  const taken = wall.toZonedDateTime(zone, { disambiguation: 'compatible' })
  const at = taken.epochMilliseconds
  if (early.epochMilliseconds === late.epochMilliseconds) return { at, note: '' }
  const shown = wall.toPlainTime().toString({ smallestUnit: 'minute' })
  const isGap = !taken.toPlainDateTime().equals(wall)
  const note = isGap
    ? `The clocks of ${zone} leave out ${shown} on that day: ${taken.toPlainTime().toString({ smallestUnit: 'minute' })} is taken.`
    : `The clocks of ${zone} show ${shown} twice on that day: the first is taken.`
  return { at, note }
}
