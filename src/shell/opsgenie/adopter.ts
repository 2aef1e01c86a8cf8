/**
 * Alerts of other doors, and of before a source was first listed, come under this API when it is listed: those that the list
 * pages over at once, all the others page by page behind it, from the newest down.
 */
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { ADOPTED_PAGE, adoptPage } from './alert-store.ts'

export interface Adopter {
  /** Before a list or a count. @param rows how far down it looks */
  readonly adopt: (tx: Tx, sourceId: string, rows: number) => Promise<void>
  /** One page of what is left. @returns whether more is */
  readonly turn: () => Promise<boolean>
}

export function startAdopter(ports: Ports): Adopter {
  /** Sources that are not through, with where to go on; null: from the newest. */
  const left = new Map<string, string | null>()
  /** Sources whose alerts were all looked at once by this process. */
  const known = new Set<string>()
  return {
    adopt: async (tx, sourceId, rows) => {
      let below: string | null = null
      for (let looked = 0; looked < Math.max(rows, 1); looked += ADOPTED_PAGE) {
        const page = await adoptPage(tx, sourceId, below)
        below = page.last
        // So many are new that there may be more below.
        if (page.lastWasNew) known.delete(sourceId)
        if (below === null) return
      }
      if (!known.has(sourceId) && !left.has(sourceId)) left.set(sourceId, null)
    },
    turn: async () => {
      const [next] = left
      if (next === undefined) return false
      const [sourceId, below] = next
      const { last } = await ports.database.inTransaction('main', (tx) => adoptPage(tx, sourceId, below))
      left.delete(sourceId)
      // Behind the others: each source has its turn.
      if (last === null) known.add(sourceId)
      else left.set(sourceId, last)
      return left.size > 0
    },
  }
}
