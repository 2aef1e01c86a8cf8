/** A person's own ways to be reached: which channel for which urgency, after what wait, and when they sleep. */
import { formatDuration } from '../playbook/duration.ts'
import type { Instant } from '../time.ts'
import type { OnCallPerson } from './oncall.ts'
import { allowedAt, type WeekSpan } from './week.ts'

/** How much a severity presses; rows of the playbook say it. */
export type Urgency = 'high' | 'low'

export interface Way {
  /** Such as `sms` or `webhook:ops`. */
  readonly channel: string
  /** From the page on. */
  readonly afterMs: number
  /** Only pages of that urgency go by it; null: all do. */
  readonly urgency: Urgency | null
}

/** Longer, and whoever is next has been paged and has given up. */
export const WAY_WAIT_MS_MAX = 3_600_000

/** `sms after 2 min`, `email for low urgency`. */
export function describeWay({ channel, afterMs, urgency }: Way): string {
  return [
    channel,
    ...(afterMs === 0 ? [] : [`after ${formatDuration(afterMs)}`]),
    ...(urgency === null ? [] : [`for ${urgency} urgency`]),
  ].join(' ')
}

/** When the quiet hours that somebody is in are over; null: they are in none. `quiet` restricts: it is not the whole week. */
export function quietUntil(person: Pick<OnCallPerson, 'zone' | 'quiet'>, instant: Instant): Instant | null {
  const spans: readonly WeekSpan[] = person.quiet ?? []
  let until: Instant | null = null
  // Hours that follow on each other are one night.
  for (let count = 0, at = instant; count < JOINED_MAX; count += 1) {
    const found = allowedAt(spans, person.zone, at)
    if (!found.inside || found.until === null) break
    until = found.until
    at = found.until
  }
  return until
}
const JOINED_MAX = 100
