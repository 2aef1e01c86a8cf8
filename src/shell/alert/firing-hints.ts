/**
 * Fingerprints that were seen firing within an open incident a moment ago. A hint, never the truth: a message of nothing
 * but these is most likely a repeat, and may wait a moment to be folded with the next ones; the database decides.
 */

/** Kept in each of two generations. */
const GENERATION_MAX = 20_000

export interface FiringHints {
  readonly add: (fingerprint: string) => void
  readonly remove: (fingerprint: string) => void
  readonly has: (fingerprint: string) => boolean
}

export function makeFiringHints(): FiringHints {
  let young = new Set<string>()
  let old = new Set<string>()
  return {
    add: (fingerprint) => {
      if (young.size >= GENERATION_MAX) {
        old = young
        young = new Set()
      }
      young.add(fingerprint)
    },
    remove: (fingerprint) => {
      young.delete(fingerprint)
      old.delete(fingerprint)
    },
    has: (fingerprint) => young.has(fingerprint) || old.has(fingerprint),
  }
}
