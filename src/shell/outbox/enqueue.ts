/**
 * How the incident's changes reach the outbox: effects are inserted and cancelled in the transaction that caused them.
 * Where this process has room, they are claimed in it too: then a page costs two commits, this one and its outcome's.
 */
import type { IncidentId, PageKey, PersonId } from '../../core/id.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { ACKNOWLEDGE_LINK_MS, createAcknowledgeLinks } from '../page/link-store.ts'
import { freshToken } from '../person/token.ts'
import type { Ports } from '../ports.ts'
import { boundsOf } from './bounds.ts'
import { type Claimed, needsLink } from './claim.ts'
import { alone, foldEffects } from './fold.ts'
import type { Reservation } from './gate.ts'
import { cancelPending, insertEffects } from './outbox-store.ts'

export interface NewEffect {
  /** Deterministic: the same act has the same key for ever. A key that is there already is left alone. */
  readonly key: string
  readonly kind: 'page' | 'notice'
  readonly incidentId: IncidentId
  readonly personId: PersonId
  readonly channel: string
  readonly pageKeys: readonly PageKey[]
  readonly about: string | null
  readonly createdAt: Instant
  /** Not sent before; left out: at once. */
  readonly dueAt?: Instant
  /** It waits for the end of quiet hours, and goes out with others that do. */
  readonly held?: true
}

export async function enqueueEffects(ports: Ports, tx: Tx, playbook: Playbook, effects: readonly NewEffect[]): Promise<void> {
  if (effects.length === 0) return
  const folding = await foldEffects(tx, playbook, effects)
  const places = new Map<string, Reservation>()
  for (const effect of effects) {
    const waits = folding.get(effect.key)?.folded === true || (effect.dueAt ?? tx.now) > tx.now
    const place = waits || places.has(effect.key) ? undefined : ports.handoff?.reserve(effect.kind, effect.channel)
    if (place !== undefined) places.set(effect.key, place)
  }
  const rows = effects.map((effect) => ({
    ...effect,
    ...(folding.get(effect.key) ?? alone(effect, tx.now)),
    claimed: places.has(effect.key),
  }))
  const written = await insertEffects(tx, rows, { leaseMs: boundsOf(ports.config.timing).leaseMs, serverId: ports.serverId })
  const fresh = effects.filter((effect) => written.has(effect.key))
  for (const [key, place] of places) if (!written.has(key)) place.release()
  const claimed = fresh.filter((effect) => places.has(effect.key)).map(toClaimed)
  await createAcknowledgeLinks(tx, linksOf(claimed, tx.now))
  tx.afterCommit(() => {
    for (const one of claimed) {
      places.get(one.key)?.release()
      ports.handoff?.start(one)
    }
    if (claimed.length < fresh.length) ports.nudges.send('outbox')
  })
}

/** Cancels what serves only pages that have ended. What is being sent right now may finish: it cannot be called back. */
export async function cancelEffects(tx: Tx, incidentId: IncidentId, pageKeys: readonly PageKey[]): Promise<void> {
  if (pageKeys.length > 0) await cancelPending(tx, incidentId, pageKeys)
}

/** One link for each claimed message that can carry one. */
export function linksOf(claimed: readonly Claimed[], now: Instant): Parameters<typeof createAcknowledgeLinks>[1] {
  return claimed.flatMap(({ key: effectKey, token, personId, incidentId, channel }) =>
    token === null ? [] : [{ token, personId, incidentId, channel, effectKey, expiresAt: now + ACKNOWLEDGE_LINK_MS }],
  )
}

function toClaimed({ key, kind, incidentId, personId, channel }: NewEffect): Claimed {
  const token = needsLink(kind, channel) ? freshToken() : null
  return { key, kind, incidentId, personId, channel, fence: 1, attempt: 1, repeat: false, failedBefore: false, token }
}
