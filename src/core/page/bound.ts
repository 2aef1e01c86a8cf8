/**
 * How many messages a storm may send to one person on one channel: most of the bound goes out one by one, the rest of it are
 * messages that each say how many more there are. Nothing is left out; the first page of a graver severity waits for nothing.
 */
import type { PageBound } from '../playbook/playbook.ts'

/** Pages that came meanwhile go out together after so long. */
export const GATHER_MS = 10_000

/** So many messages are no bound: nothing is counted for them. */
export const UNBOUNDED = 100_000

export interface FoldShares {
  /** Messages that go out by themselves within the time. */
  readonly single: number
  /** Those that stand for many. */
  readonly folded: number
  /** So far apart are these, so that no stretch of that time holds more than `folded` of them. */
  readonly everyMs: number
}

/** A quarter of the bound, one at least, is kept for messages that stand for many. */
export function sharesOf({ max, withinMs }: PageBound): FoldShares {
  const folded = Math.max(1, Math.floor(max / 4))
  return { single: Math.max(1, max - folded), folded, everyMs: Math.ceil(withinMs / folded) }
}

/** What one person got on one channel within the time, and what is about to go out besides. */
export interface Recent {
  readonly singles: number
  /** Place in the matrix of the gravest that they were about; null: none. */
  readonly gravest: number | null
}

/** @param rank of the incident that the page is about; 0 is the gravest */
export function isFolded(recent: Recent, rank: number, bound: PageBound): boolean {
  if (recent.gravest === null || rank < recent.gravest) return false
  return recent.singles >= sharesOf(bound).single
}
