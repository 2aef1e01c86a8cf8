/** Times on pages: in the reader's zone first, in UTC beside it. */
import { DAY_MS, type Instant } from '../../../core/time.ts'

/** `14:02 CEST (12:02 UTC)`; with the date when it was more than half a day ago. In UTC alone for readers in UTC. */
export function clockTime(at: Instant, zone: string, now: Instant): string {
  const local = format(at, zone, now)
  const utc = format(at, 'UTC', now)
  return local === utc ? utc : `${local} (${utc})`
}

/** `14:02` in the reader's zone, where the page has said which that is. */
export function shortTime(at: Instant, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: knownZone(zone) }).format(at)
}

/** `3:41` or `1:03:41`, never negative. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes}:${two(seconds % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
}

/** `just now`, `4 min ago`, `3 h ago`, `2 days ago`. */
export function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`
}

function format(at: Instant, zone: string, now: Instant): string {
  const dated = Math.abs(now - at) > DAY_MS / 2 ? ({ day: 'numeric', month: 'short' } as const) : {}
  return new Intl.DateTimeFormat('en-GB', {
    ...dated,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: knownZone(zone),
    timeZoneName: 'short',
  }).format(at)
}

/** A zone that this Node does not know must not cost anybody the page. */
function knownZone(zone: string): string {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone })
    return zone
  } catch {
    return 'UTC'
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
