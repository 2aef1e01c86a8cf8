/**
 * The alert behind signals that share a fingerprint, as a state machine over episodes: from firing to resolved, then a
 * new one. It judges by the order of receipts and by what the source says about start and end, so that any split of the
 * signals into batches ends in the same state.
 */
import { type Instant, SECOND_MS } from '../time.ts'
import type { Signal } from './signal.ts'

/** One firing episode. */
export interface Episode {
  /** The newest start that the source has given; null when it never gave one. */
  readonly startsAt: Instant | null
  readonly firstAt: Instant
  readonly lastAt: Instant
  /** While firing: when the source counts as silent. */
  readonly endsAt: Instant | null
  readonly count: number
  readonly value: number | null
  /** Null while firing. Later than any earlier episode's of the fingerprint. */
  readonly resolvedAt: Instant | null
}

export type StepKind =
  /** A new episode fires. */
  | 'opened'
  /** It fires still. */
  | 'repeated'
  /** It has ended. */
  | 'resolved'
  /** An episode that was over before we heard of it: recorded, so that a trigger still under way cannot open it. */
  | 'recorded'
  /** A firing message of an episode that has ended, overtaken on its way by the end: never reopens it. */
  | 'late'
  /** The end of an episode older than the one that fires. */
  | 'stale'
  /** Resolved already, or never heard of. */
  | 'ignored'
  /** A person works on it already, says the source. */
  | 'acknowledged'

export interface Step {
  readonly kind: StepKind
  /** The latest episode after the step. */
  readonly episode: Episode | null
  /** Set when the step began a new episode while one was firing: the one that ended with it. */
  readonly ended?: Episode
}

/** What a step looks at in a signal. */
export type SignalFacts = Pick<Signal, 'status' | 'startsAt' | 'endsAt' | 'value'>

export interface StepContext {
  /** When the message was received. */
  readonly at: Instant
  /**
   * The incident of the firing episode is over: a person resolved it. A source that gives start times repeats a state, so
   * its repeats change nothing; one that gives none reports an event, which must be heard again. PagerDuty's contract
   * says the same: "a trigger with the key of a resolved incident opens a new one".
   */
  readonly incidentOver: boolean
}

/** Folds one signal into the latest episode of its fingerprint. */
export function step(latest: Episode | null, signal: SignalFacts, context: StepContext): Step {
  switch (signal.status) {
    case 'firing':
      return fire(latest, signal, context)
    case 'resolved':
      return resolve(latest, signal, context.at)
    case 'acknowledged':
      return latest !== null && latest.resolvedAt === null
        ? { kind: 'acknowledged', episode: latest }
        : { kind: 'ignored', episode: latest }
  }
}

function fire(latest: Episode | null, signal: SignalFacts, context: StepContext): Step {
  if (latest === null) return { kind: 'opened', episode: begin(null, signal, context.at) }
  if (latest.resolvedAt === null) {
    if (!context.incidentOver || signal.startsAt !== null) return { kind: 'repeated', episode: repeat(latest, signal, context.at) }
    const ended = end(latest, signal, context.at)
    return { kind: 'opened', ended, episode: begin(ended, signal, context.at) }
  }
  return isLate(latest, signal, context.at)
    ? { kind: 'late', episode: latest }
    : { kind: 'opened', episode: begin(latest, signal, context.at) }
}

/** A message that overtook the end on its way arrives within this; one that comes later with the same start fires anew. */
export const OVERTAKEN_MS = 10 * SECOND_MS

/**
 * Of an episode that has ended: received before its end (another server took it), or just after it with no newer start.
 * Later the same start is a new episode: an Alertmanager that lost sight of Prometheus ends an alert and fires it again
 * with the start it had, and then somebody must be paged.
 */
function isLate(latest: Episode, signal: SignalFacts, at: Instant): boolean {
  if (latest.resolvedAt === null) return false
  if (signal.startsAt === null || latest.startsAt === null) return signal.startsAt === null && at < latest.resolvedAt
  return signal.startsAt <= latest.startsAt && at < latest.resolvedAt + OVERTAKEN_MS
}

function resolve(latest: Episode | null, signal: SignalFacts, at: Instant): Step {
  if (latest !== null && latest.resolvedAt === null) {
    const isStale = signal.startsAt !== null && latest.startsAt !== null && signal.startsAt < latest.startsAt
    return isStale ? { kind: 'stale', episode: latest } : { kind: 'resolved', episode: end(latest, signal, at) }
  }
  // Also the end of an alert that nobody knows: its trigger may still be on its way through another server.
  const isNews = latest === null || (signal.startsAt !== null && latest.startsAt !== null && signal.startsAt > latest.startsAt)
  if (!isNews) return { kind: 'ignored', episode: latest }
  const begun = begin(latest, signal, at)
  return { kind: 'recorded', episode: { ...begun, resolvedAt: begun.firstAt, endsAt: signal.endsAt } }
}

/** Begins after the episode before it has ended, by a millisecond at least, so that ends never fall together. */
function begin(before: Episode | null, signal: SignalFacts, at: Instant): Episode {
  const firstAt = before?.resolvedAt === undefined || before.resolvedAt === null ? at : Math.max(at, before.resolvedAt + 1)
  return { startsAt: signal.startsAt, firstAt, lastAt: firstAt, endsAt: signal.endsAt, count: 1, value: signal.value, resolvedAt: null }
}

function repeat(episode: Episode, signal: SignalFacts, at: Instant): Episode {
  return {
    ...episode,
    startsAt: latestOf(episode.startsAt, signal.startsAt),
    lastAt: Math.max(episode.lastAt, at),
    endsAt: signal.endsAt,
    count: episode.count + 1,
    value: signal.value ?? episode.value,
  }
}

function end(episode: Episode, signal: SignalFacts, at: Instant): Episode {
  const resolvedAt = Math.max(at, episode.firstAt)
  return {
    ...episode,
    startsAt: latestOf(episode.startsAt, signal.startsAt),
    lastAt: Math.max(episode.lastAt, resolvedAt),
    endsAt: signal.endsAt,
    resolvedAt,
  }
}

function latestOf(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null) return other
  return other === null ? one : Math.max(one, other)
}
