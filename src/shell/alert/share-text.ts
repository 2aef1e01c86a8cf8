/**
 * Signals of one alert mostly say the same words again. While they wait to be applied they share one copy, so that a storm
 * of repeats costs little memory and little collecting of garbage.
 */
import type { Signal } from '../../core/alert/signal.ts'

/** Signals remembered in each of two generations, about 2 KB each. */
const GENERATION_MAX = 4_096
let young = new Map<string, Signal>()
let old = new Map<string, Signal>()

/** @returns a signal equal to the given one */
export function shareText(fingerprint: string, signal: Signal): Signal {
  // Only without a key does an equal fingerprint mean equal alarm and labels.
  if (signal.dedupKey !== null) return signal
  const known = young.get(fingerprint) ?? old.get(fingerprint)
  if (known !== undefined && saysTheSame(known, signal)) {
    const { status, value, startsAt, endsAt } = signal
    return { ...known, status, value, startsAt, endsAt }
  }
  if (young.size >= GENERATION_MAX) {
    old = young
    young = new Map()
  }
  young.set(fingerprint, signal)
  return signal
}

function saysTheSame(one: Signal, other: Signal): boolean {
  return (
    one.title === other.title &&
    one.summary === other.summary &&
    one.severityHint === other.severityHint &&
    one.links.length === other.links.length &&
    one.links.every((link, index) => link.href === other.links[index]?.href && link.text === other.links[index]?.text)
  )
}
