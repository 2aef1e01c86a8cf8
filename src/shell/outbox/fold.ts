/** Past the playbook's bound of messages to a person, pages go out as one message that says how many; see `core/page/bound.ts`. */
import { GATHER_MS, isFolded, type Recent, sharesOf, UNBOUNDED } from '../../core/page/bound.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import type { Tx } from '../database/database.ts'
import { findRecentPages, type Foldable, type Folding, holdCarrier, reachKey, waitForNextFold } from './fold-store.ts'
import { listRanks } from './rank-store.ts'

export const ALONE: Folding = { folded: false, carriedBy: null, waitMs: 0 }

/** Shown in the console without being sent anywhere: it bothers nobody. */
const QUIET_CHANNEL = 'console'

/** How each effect goes out, by key; those that are not named go out by themselves. */
export async function foldEffects(tx: Tx, playbook: Playbook, effects: readonly Foldable[]): Promise<ReadonlyMap<string, Folding>> {
  const bound = playbook.pagesPerPerson
  const shares = sharesOf(bound)
  const pages = effects.filter((effect) => effect.kind === 'page' && effect.channel !== QUIET_CHANNEL)
  const folding = new Map<string, Folding>()
  if (pages.length === 0 || bound.max >= UNBOUNDED) return folding
  const recent = await findRecentPages(tx, pages, tx.now - bound.withinMs, shares.single)
  // In calm times this is the end of it.
  if ([...recent.values()].every(({ singles }) => singles + pages.length <= shares.single)) return folding
  const ranks = await listRanks(
    tx,
    pages.map(({ incidentId }) => incidentId),
  )
  const carriers = new Map<string, string>()
  for (const page of pages) {
    const reach = reachKey(page)
    const rank = ranks.get(page.incidentId) ?? 0
    const before: Recent = recent.get(reach) ?? { singles: 0, gravest: null }
    if (!isFolded(before, rank, bound)) {
      recent.set(reach, { singles: before.singles + 1, gravest: Math.min(before.gravest ?? rank, rank) })
      continue
    }
    const carriedBy = carriers.get(reach) ?? (await holdCarrier(tx, page)) ?? null
    if (carriedBy === null) {
      folding.set(page.key, { folded: true, carriedBy, waitMs: await waitForNextFold(tx, page, shares.everyMs, GATHER_MS) })
      carriers.set(reach, page.key)
    } else {
      folding.set(page.key, { folded: true, carriedBy, waitMs: 0 })
      carriers.set(reach, carriedBy)
    }
  }
  return folding
}
