/** Wall-clock times of any zone and back, for fields in which people pick a time. Pure. */

const MINUTE_MS = 60_000
const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/

/** `2026-11-24T14:20` as it is on the wall there. */
export function toWall(ms: number, zone: string): string {
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 16)
}

/**
 * The instant at which the wall shows that time. In the hour that a spring skips: as if the clock had not been put on yet; in
 * the hour that an autumn repeats: the first of the two. Null for what is no time.
 */
export function fromWall(wall: string, zone: string): number | null {
  if (!LOCAL.test(wall)) return null
  const plain = Date.parse(`${wall}:00Z`)
  if (Number.isNaN(plain)) return null
  const candidates = [plain - 1_440 * MINUTE_MS, plain + 1_440 * MINUTE_MS].map((near) => plain - offsetMs(near, zone))
  const right = candidates.filter((ms) => toWall(ms, zone) === wall)
  return right.length > 0 ? Math.min(...right) : Math.max(...candidates)
}

/** True for names that this browser knows, such as `Europe/Berlin` and `UTC`. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name }).format(0)
    return name !== ''
  } catch {
    return false
  }
}

export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** How far the wall there is ahead of UTC at that instant, in ms. */
function offsetMs(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(ms)
  const at = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value)
  const wall = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'))
  return wall - Math.floor(ms / 1_000) * 1_000
}
