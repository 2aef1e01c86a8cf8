/** Durations as people read them. All take milliseconds and never answer with more than two units. */

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** For a clock that runs: `6:48`, `1:05:12`, from two days on `2 d 18 h`. Rounds up, so that 0:00 means over. */
export function formatCountdown(ms: number): string {
  const left = Math.max(0, ms)
  if (left >= 2 * DAY) return formatDuration(left)
  const seconds = Math.ceil(left / SECOND)
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  const rest = String(seconds % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** For a span that is over or need not be exact: `12 s`, `11 min`, `2 h 51 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  const span = Math.max(0, ms)
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`
  if (span < DAY) return twoUnits(span, { unit: HOUR, name: 'h' }, { unit: MINUTE, name: 'min' })
  return twoUnits(span, { unit: DAY, name: 'd' }, { unit: HOUR, name: 'h' })
}

/** For a limit as the playbook writes it: whole hours stay hours up to three days (`48 h`). */
export function formatLimit(ms: number): string {
  return ms % HOUR === 0 && ms > 0 && ms <= 72 * HOUR ? `${ms / HOUR} h` : formatDuration(ms)
}

/** For how fast a channel was: `<0.1 s`, `0.2 s`, `41 s`, then as `formatDuration`. */
export function formatLatency(ms: number): string {
  if (ms < 100) return '<0.1 s'
  return ms < 10 * SECOND ? `${(ms / SECOND).toFixed(1)} s` : formatDuration(ms)
}

/** A stopwatch reading: `2:29`, `1:02:03`. */
export function formatStopwatch(ms: number): string {
  return formatCountdown(Math.floor(Math.max(0, ms) / SECOND) * SECOND)
}

/** `now`, `12 s ago`, `2 h 51 min ago`, `in 5 min`. */
export function formatAgo(at: number, now: number): string {
  const past = now - at
  if (Math.abs(past) < SECOND) return 'now'
  return past >= 0 ? `${formatDuration(past)} ago` : `in ${formatDuration(-past)}`
}

interface Unit {
  readonly unit: number
  readonly name: string
}

function twoUnits(ms: number, big: Unit, small: Unit): string {
  const whole = Math.floor(ms / big.unit)
  const rest = Math.floor((ms % big.unit) / small.unit)
  return rest === 0 ? `${whole} ${big.name}` : `${whole} ${big.name} ${rest} ${small.name}`
}
