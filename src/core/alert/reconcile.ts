/** What a source says fires against what is known here: what is news, what has ended, what is missing there. Pure. */
import type { Instant } from '../time.ts'
import type { Signal } from './signal.ts'

export interface KnownAlert {
  readonly id: string
  readonly fingerprint: string
  readonly lastAt: Instant
  /** It was in an answer of the same connection before. */
  readonly seenBefore: boolean
}

export interface Comparison {
  /** Fire there and are unknown here, or have ended there and fire here: to be taken like any signal. */
  readonly news: readonly Signal[]
  /** Known here and there. */
  readonly seen: readonly string[]
  /** Fire here and are not in the answer, which was whole. */
  readonly missing: readonly string[]
}

/** An alert that came a moment ago may not be in an answer that was made before it. */
export const RECENT_MS = 60_000

export interface Compared {
  readonly signals: readonly Signal[]
  readonly quiet: readonly Signal[]
  readonly complete: boolean
  readonly known: readonly KnownAlert[]
  /** False: other senders share the source, so that only what was seen in an answer before can be missed in this one. */
  readonly ownsSource: boolean
  readonly fingerprintOf: (signal: Signal) => string
  readonly now: Instant
}

export function compareAnswer({ signals, quiet, complete, known, ownsSource, fingerprintOf, now }: Compared): Comparison {
  const here = new Map(known.map((alert) => [alert.fingerprint, alert]))
  const there = new Set<string>()
  const news: Signal[] = []
  for (const signal of signals) {
    const fingerprint = fingerprintOf(signal)
    const isKnown = here.has(fingerprint)
    if (signal.status === 'resolved') {
      if (isKnown) news.push(signal)
      // What is told as ended is not missing.
      there.add(fingerprint)
      continue
    }
    if (!isKnown && !there.has(fingerprint)) news.push(signal.status === 'acknowledged' ? { ...signal, status: 'firing' } : signal)
    there.add(fingerprint)
  }
  for (const signal of quiet) there.add(fingerprintOf(signal))
  const missed = known.filter(
    (alert) => !there.has(alert.fingerprint) && now - alert.lastAt > RECENT_MS && (ownsSource || alert.seenBefore),
  )
  return {
    news,
    seen: known.filter((alert) => there.has(alert.fingerprint)).map((alert) => alert.id),
    missing: complete ? missed.map((alert) => alert.id) : [],
  }
}
