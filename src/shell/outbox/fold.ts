/** Past the playbook's bound of messages to a person, pages go out as one message that says how many; see `core/page/bound.ts`. */
import { GATHER_MS, isFolded, type Recent, sharesOf, UNBOUNDED } from '../../core/page/bound.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { CONSOLE_CHANNEL } from '../../core/oncall/roster.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { findRecentPages, type Foldable, type Folding, holdCarrier, reachKey, waitForNextFold } from './fold-store.ts'
import { listRanks } from './rank-store.ts'

/** By itself, when it is due. */
export function alone(effect: Pick<Foldable, 'dueAt'>, now: Instant): Folding {
  return { folded: false, carriedBy: null, waitMs: waitOf(effect, now) }
}

function waitOf({ dueAt }: Pick<Foldable, 'dueAt'>, now: Instant): number {
  return Math.max(0, (dueAt ?? now) - now)
}

/** How each effect goes out, by key; those that are not named go out by themselves. */
export async function foldEffects(tx: Tx, playbook: Playbook, effects: readonly Foldable[]): Promise<ReadonlyMap<string, Folding>> {
  const bound = playbook.pagesPerPerson
  const shares = sharesOf(bound)
  const pages = effects.filter((effect) => effect.kind === 'page' && effect.channel !== CONSOLE_CHANNEL)
  const folding = new Map<string, Folding>()
  if (pages.length === 0 || bound.max >= UNBOUNDED) return folding
  for (const page of pages) if (page.held === true) folding.set(page.key, await joinHeld(tx, page))
  const others = pages.filter((page) => page.held !== true)
  if (others.length === 0) return folding
  const recent = await findRecentPages(tx, others, tx.now - bound.withinMs, shares.single)
  // In calm times this is the end of it.
  if ([...recent.values()].every(({ singles }) => singles + others.length <= shares.single)) return folding
  const ranks = await listRanks(
    tx,
    others.map(({ incidentId }) => incidentId),
  )
  const carriers = new Map<string, string>()
  for (const page of others) {
    const reach = reachKey(page)
    const rank = ranks.get(page.incidentId) ?? 0
    const before: Recent = recent.get(reach) ?? { singles: 0, gravest: null }
    if (!isFolded(before, rank, bound)) {
      recent.set(reach, { singles: before.singles + 1, gravest: Math.min(before.gravest ?? rank, rank) })
      continue
    }
    const waitMs = waitOf(page, tx.now)
    const due = { fromMs: waitMs === 0 ? -bound.withinMs : waitMs - SAME_MS, untilMs: waitMs + shares.everyMs + GATHER_MS }
    const carriedBy = carriers.get(reach) ?? (await holdCarrier(tx, page, due)) ?? null
    if (carriedBy === null) {
      const nextMs = await waitForNextFold(tx, page, shares.everyMs, GATHER_MS)
      folding.set(page.key, { folded: true, carriedBy, waitMs: Math.max(waitMs, nextMs) })
      carriers.set(reach, page.key)
    } else {
      folding.set(page.key, { folded: true, carriedBy, waitMs })
      carriers.set(reach, carriedBy)
    }
  }
  return folding
}

/** Waits are counted from transactions of their own. */
const SAME_MS = 1_000

/** What came in a night is told at once in the morning. */
async function joinHeld(tx: Tx, page: Foldable): Promise<Folding> {
  const waitMs = waitOf(page, tx.now)
  const carriedBy = (await holdCarrier(tx, page, { fromMs: waitMs - SAME_MS, untilMs: waitMs + GATHER_MS })) ?? null
  return { folded: true, carriedBy, waitMs }
}
