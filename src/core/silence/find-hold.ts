/** Whether something holds an alert at an instant: a snooze, a maintenance window, a silence. Of several, what ends last. */
import type { Hold } from '../alert/hold.ts'
import type { Instant } from '../time.ts'
import { type Maintenance, inScope } from './maintenance.ts'
import { type CompiledMatcher, matchesAll } from './matcher.ts'
import { judge, type MutingRule } from './muting.ts'
import type { Silence } from './silence.ts'
import { type CompiledSilence, lookInto } from './silence-index.ts'
import { type HoldSubject, valueOf } from './subject.ts'
import type { Occurrence } from './window.ts'

export type { CompiledSilence } from './silence-index.ts'

export interface RunningWindow {
  readonly window: Maintenance
  readonly matchers: readonly CompiledMatcher[]
  readonly occurrence: Occurrence
}

export interface Snooze {
  readonly id: string
  readonly fingerprint: string
  readonly startedAt: Instant
  readonly until: Instant
  readonly reason: string
  readonly author: string
}

/** All that may hold alerts at one instant, by hand or by calendar. */
export interface Muters {
  readonly silences: readonly CompiledSilence[]
  readonly windows: readonly RunningWindow[]
  readonly snoozes: ReadonlyMap<string, Snooze>
}

/** A hold with the version of what holds it, by which a change is noticed. */
export interface FoundHold extends Hold {
  readonly version: number
}

export interface Found {
  readonly hold: FoundHold | null
  /** What fits and may not hold it, each as a sentence. */
  readonly passed: readonly string[]
}

export const NOTHING_FOUND: Found = { hold: null, passed: [] }

interface Candidate {
  readonly by: 'silence' | 'maintenance' | 'snooze'
  readonly refId: string
  readonly version: number
  readonly reason: string
  readonly startedAt: Instant
  readonly endsAt: Instant
  /** Such as `A silence of Ann`. */
  readonly what: string
}

export function findHold(muters: Muters, rule: MutingRule, subject: HoldSubject, now: Instant): Found {
  let hold: FoundHold | null = null
  const passed: string[] = []
  for (const candidate of candidatesOf(muters, subject, now)) {
    const judgement = judge(rule, subject.severity, candidate, now)
    if (judgement.kind === 'may-not') {
      passed.push(`${candidate.what} fits it and does not hold it: ${judgement.why}.`)
      continue
    }
    const until = judgement.until === null ? candidate.endsAt : Math.min(judgement.until, candidate.endsAt)
    if (hold === null || (hold.until ?? 0) < until) hold = toHold(candidate, until)
  }
  return hold === null && passed.length === 0 ? NOTHING_FOUND : { hold, passed }
}

function* candidatesOf({ silences, windows, snoozes }: Muters, subject: HoldSubject, now: Instant): Generator<Candidate> {
  const snooze = snoozes.get(subject.fingerprint)
  if (snooze !== undefined && now < snooze.until) {
    const { id, reason, startedAt, until, author } = snooze
    yield { by: 'snooze', refId: id, version: 0, reason, startedAt, endsAt: until, what: `A snooze of ${author}` }
  }
  for (const { window, matchers, occurrence } of windows) {
    if (now < occurrence.startsAt || now >= occurrence.endsAt || !inScope(window, matchers, subject)) continue
    const { id: refId, version, reason, title } = window
    yield {
      by: 'maintenance',
      refId,
      version,
      reason,
      startedAt: occurrence.startsAt,
      endsAt: occurrence.endsAt,
      what: `The maintenance "${title}"`,
    }
  }
  for (const { silence, matchers } of lookInto(silences)(subject)) {
    const { startsAt, endsAt } = silence
    if (now < startsAt || now >= endsAt || !isWithinReach(silence, subject) || !matchesAll(matchers, (name) => valueOf(subject, name)))
      continue
    yield {
      by: 'silence',
      refId: silence.id,
      version: 0,
      reason: silence.reason,
      startedAt: startsAt,
      endsAt,
      what: `A silence of ${silence.createdBy}`,
    }
  }
}

/** A source's own key silences what the source could have kept to itself, and nothing of others. */
export function isWithinReach({ author }: Pick<Silence, 'author'>, { sourceId }: Pick<HoldSubject, 'sourceId'>): boolean {
  return author.kind !== 'source' || author.id === sourceId
}

function toHold({ by, refId, version, reason, what }: Candidate, until: Instant): FoundHold {
  const why = reason.trim() === '' ? '' : `: ${reason.trim()}`
  const end = `${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return { by, refId, version, until, reason: `${what} holds it until ${end}${why}`.slice(0, REASON_CHARS_MAX).toWellFormed() }
}
const REASON_CHARS_MAX = 500
