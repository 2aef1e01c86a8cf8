/** Which incidents page this reader right now: what the server last said, corrected by what has happened since. */
import { useSyncExternalStore } from 'react'
import type { StreamPage } from '../../src/api/schema.ts'

export interface PagedFacts {
  /** Incident id to when the live feed announced the page, ms of this machine. */
  readonly announced: ReadonlyMap<string, number>
  /** Incident id to when the reader answered here. */
  readonly answered: ReadonlyMap<string, number>
}

/** More than anybody answers at once; the oldest are forgotten first. */
const KEPT_MAX = 50

let facts: PagedFacts = { announced: new Map(), answered: new Map() }
const listeners = new Set<() => void>()

/**
 * The server's list as of `fetchedAt`, with pages announced later, without those answered later than both.
 * All times in ms of this machine.
 */
export function pagingNow(
  server: { readonly paging: readonly string[]; readonly fetchedAt: number },
  { announced, answered }: PagedFacts,
): readonly string[] {
  const later = [...announced].filter(([, at]) => at > server.fetchedAt).map(([id]) => id)
  return [...new Set([...later, ...server.paging])].filter((id) => {
    const answeredAt = answered.get(id)
    if (answeredAt === undefined) return true
    return answeredAt < (announced.get(id) ?? 0) || answeredAt < server.fetchedAt
  })
}

export function rememberPage(page: StreamPage, at: number): void {
  change({ ...facts, announced: keep(facts.announced, page.incident_id, at) })
}

/** The acknowledgement is on its way: the banner and the sound go at once. */
export function rememberAnswer(incidentId: string, at: number): void {
  change({ ...facts, answered: keep(facts.answered, incidentId, at) })
}

/** It did not get through: the page is back. */
export function takeAnswerBack(incidentId: string): void {
  const answered = new Map(facts.answered)
  answered.delete(incidentId)
  change({ ...facts, answered })
}

export function usePagedFacts(): PagedFacts {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => facts,
  )
}

function keep(map: ReadonlyMap<string, number>, id: string, at: number): ReadonlyMap<string, number> {
  const entries = [...map].filter(([other]) => other !== id)
  return new Map([...entries, [id, at] as const].slice(-KEPT_MAX))
}

function change(next: PagedFacts): void {
  facts = next
  for (const listener of listeners) listener()
}
