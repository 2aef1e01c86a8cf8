/** Which topics of a source can be pinned, and which are pinned without having asked to speak. */
import type { Subscription } from '../../../src/api/schema.ts'

export interface PinOffer {
  /** Confirmed, and not pinned. */
  readonly pinnable: readonly string[]
  readonly unheard: readonly string[]
}

export function pinOffer(pinned: readonly string[], subscriptions: readonly Pick<Subscription, 'topic' | 'state'>[]): PinOffer {
  const heard = new Set(subscriptions.map(({ topic }) => topic))
  return {
    pinnable: subscriptions.filter(({ topic, state }) => state === 'confirmed' && !pinned.includes(topic)).map(({ topic }) => topic),
    unheard: pinned.filter((topic) => !heard.has(topic)),
  }
}

export function pinWords(pinned: number): string {
  if (pinned === 0) return 'any topic may speak'
  return pinned === 1 ? 'only the pinned one may speak' : `only the ${pinned} pinned may speak`
}
