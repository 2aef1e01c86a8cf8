/** A time as people type it, with its zone after it: `2027-03-28T02:30 Europe/Berlin`. Says so where it can be read in two ways. */
import { type Instant, toRfc3339 } from '../time.ts'
import { formatWall, readDay, readWall, readZone } from './wall.ts'
import { readingsOf } from './zone-clock.ts'

export interface Moment {
  /** One, or both readings of a time that the clock shows twice or skips; the first is what counts. */
  readonly instants: readonly Instant[]
  /** Null: it can be read in one way. */
  readonly told: string | null
}

const WITH_OFFSET = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)$/i

/** @param zone of the reader, for a time that names none. @returns null for what no calendar or clock has */
export function readMoment(text: string, zone: string): Moment | null {
  const written = text.trim().replace(/\s+/g, ' ')
  if (WITH_OFFSET.test(written)) {
    const instant = Date.parse(written.replace(' ', 'T').replace(/\s/g, ''))
    return Number.isNaN(instant) ? null : { instants: [instant], told: null }
  }
  const match = /^(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d)?)(?::\d\d(?:\.\d+)?)?(?: ([A-Za-z]\S*))?$/.exec(written)
  const named = match?.[2] === undefined ? zone : readZone(match[2])
  const wallMs = readWall(match?.[1] ?? '') ?? readDay(match?.[1] ?? '')
  if (match === null || named === null || wallMs === null) return null
  const { kind, instants } = readingsOf(wallMs, named)
  return { instants, told: kind === 'one' ? null : tell(kind, match[1] ?? '', named, instants) }
}

function tell(kind: 'twice' | 'skipped', written: string, zone: string, instants: readonly Instant[]): string {
  const readings = instants.map((instant) => `${formatWall(instant, zone)} (${toRfc3339(instant).slice(11, 16)} UTC)`).join(' or ')
  const why = kind === 'twice' ? 'comes twice: the clock is set back' : 'does not exist: the clock is set forward over it'
  return `${written.replace('T', ' ')} in ${zone} ${why}. It is read as ${readings}; a hand-over at that time is at the first.`
}
