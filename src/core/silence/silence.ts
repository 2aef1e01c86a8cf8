/** A silence: matchers, a start, an end, and whose it is. Alerts that all its matchers fit are held while it is active. */
import type { Actor } from '../incident/event.ts'
import { DAY_MS, type Instant } from '../time.ts'
import { compileMatchers, type CompiledMatcher, matchesEverything, type Matcher } from './matcher.ts'

export interface Silence {
  readonly id: string
  readonly matchers: readonly Matcher[]
  readonly startsAt: Instant
  /** Half-open: at this instant it holds nothing any more. Ended by hand it is when that was. */
  readonly endsAt: Instant
  /** Empty: none. */
  readonly reason: string
  readonly author: Actor
  /** As the author called themselves, where a tool asked them; else the author's name. */
  readonly createdBy: string
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly expiredAt: Instant | null
  readonly expiredBy: Actor | null
}

export type SilenceState = 'pending' | 'active' | 'expired'

export function stateOf({ startsAt, endsAt }: Pick<Silence, 'startsAt' | 'endsAt'>, now: Instant): SilenceState {
  if (now >= endsAt) return 'expired'
  return now >= startsAt ? 'active' : 'pending'
}

/** A longer one is a rule, and belongs into the playbook. */
export const SILENCE_MS_MAX = 366 * DAY_MS

export type SilenceFault = 'matchers-missing' | 'matchers-wrong' | 'matchers-empty' | 'ends-before-start' | 'ends-in-past' | 'too-long'

export type SilenceCheck =
  | { readonly kind: 'good'; readonly matchers: readonly CompiledMatcher[] }
  | { readonly kind: 'fault'; readonly code: SilenceFault; readonly message: string }

/** What Alertmanager asks of a silence, and a bound on how long it runs. */
export function checkSilence(asked: Pick<Silence, 'matchers' | 'startsAt' | 'endsAt'>, now: Instant): SilenceCheck {
  if (asked.matchers.length === 0) return fault('matchers-missing', 'at least one matcher is needed')
  const compiled = compileMatchers(asked.matchers)
  if (compiled.kind === 'fault') return fault('matchers-wrong', compiled.message)
  if (matchesEverything(compiled.matchers)) return fault('matchers-empty', 'at least one matcher must not match the empty text')
  if (asked.endsAt <= asked.startsAt) return fault('ends-before-start', 'it must end after it starts')
  if (asked.endsAt <= now) return fault('ends-in-past', 'it must end in the future')
  if (asked.endsAt - asked.startsAt > SILENCE_MS_MAX) return fault('too-long', 'it may run for a year at most')
  return { kind: 'good', matchers: compiled.matchers }
}

function fault(code: SilenceFault, message: string): SilenceCheck {
  return { kind: 'fault', code, message }
}
