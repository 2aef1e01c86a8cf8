/** What a clock of an incident says right now: how long is left, how urgent that is, how full its bar. */
import { formatCountdown, formatDuration, formatStopwatch } from './duration.ts'

export interface ClockFacts {
  readonly state: 'not_started' | 'running' | 'met' | 'breached' | 'waived'
  readonly startedAt: number | null
  readonly dueAt: number | null
  readonly endedAt: number | null
}

export interface ClockReading {
  readonly tone: 'calm' | 'soon' | 'late' | 'met' | 'waiting'
  /** `6:48`, `met in 2:29`, `3 h late`. */
  readonly text: string
  /** Share of the time that is used, 0 to 1; null when nothing runs. */
  readonly used: number | null
}

/** A clock is "soon" when less than this share of its time is left, but of a long one only in its last hour or twentieth. */
const SOON_SHARE = 0.4
const SOON_MS = 60 * 60_000
const SOON_SHARE_LONG = 0.05

/** `now` in ms. A running clock past its due time is late even before the server has said so. */
export function readClock(clock: ClockFacts, now: number): ClockReading {
  if (clock.state === 'waived') return { tone: 'waiting', text: 'waived', used: null }
  if (clock.state === 'met') return { tone: 'met', text: metText(clock), used: usedAt(clock, clock.endedAt ?? now) }
  if (clock.dueAt === null || clock.state === 'not_started') return { tone: 'waiting', text: 'not started', used: null }
  // Done, but late: it stays late and stands still.
  if (clock.endedAt !== null) return { tone: 'late', text: lateText(clock.endedAt - clock.dueAt), used: 1 }
  const left = clock.dueAt - now
  if (left <= 0) return { tone: 'late', text: lateText(-left), used: 1 }
  return { tone: isSoon(clock, left) ? 'soon' : 'calm', text: formatCountdown(left), used: usedAt(clock, now) }
}

function metText(clock: ClockFacts): string {
  if (clock.endedAt === null || clock.startedAt === null) return 'met'
  return `met in ${formatStopwatch(clock.endedAt - clock.startedAt)}`
}

function lateText(ms: number): string {
  return ms < 60 * 60_000 ? `${formatStopwatch(ms)} late` : `${formatDuration(ms)} late`
}

function isSoon(clock: ClockFacts, left: number): boolean {
  if (clock.startedAt === null || clock.dueAt === null) return left < SOON_MS
  const whole = clock.dueAt - clock.startedAt
  return left < Math.min(SOON_SHARE * whole, Math.max(SOON_MS, SOON_SHARE_LONG * whole))
}

function usedAt(clock: ClockFacts, at: number): number | null {
  if (clock.startedAt === null || clock.dueAt === null || clock.dueAt <= clock.startedAt) return null
  return Math.min(1, Math.max(0, (at - clock.startedAt) / (clock.dueAt - clock.startedAt)))
}
