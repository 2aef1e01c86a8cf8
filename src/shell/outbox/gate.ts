/**
 * Who may send now: places for pages and notices, places on each channel, and each channel's breaker. A place is kept
 * for a transaction that has not committed yet, and comes back by itself when that rolls back.
 */
import { type Breaker, type BreakerState, makeBreaker } from './breaker.ts'
import type { OutboxBounds } from './bounds.ts'
import type { Delivery } from '../../integration.ts'

export type EffectKind = 'page' | 'notice'

export interface Gate {
  /** How many more sends of that kind the channel can take now. */
  readonly room: (kind: EffectKind, channel: string) => number
  /** Keeps a place; undefined when there is none. */
  readonly reserve: (kind: EffectKind, channel: string) => Reservation | undefined
  /** Takes a place even where none is free: what is claimed must be sent. */
  readonly enter: (kind: EffectKind, channel: string) => Place
  readonly running: (kind: EffectKind) => number
  readonly states: () => readonly ChannelState[]
}

export interface Reservation {
  /** Gives the place back, once. */
  readonly release: () => void
}

export interface Place {
  /** Once; what is said later is not heard. @param holdMs the vendor's wish for quiet, if it had one. */
  readonly leave: (outcome: Delivery['kind'] | 'withdrawn', holdMs?: number | null) => void
}

export interface ChannelState {
  readonly channel: string
  readonly breaker: BreakerState
  readonly failures: number
  readonly running: number
}

/** The vendor's wish for quiet holds back the whole channel, but not longer than this: a page may still be due. */
const HOLD_MS_MAX = 60_000
/** Channels come from configuration; a key that grows without end would be a defect. */
const CHANNELS_MAX = 1_000

export function makeGate(bounds: OutboxBounds, nowMs: () => number): Gate {
  const lanes = { page: 0, notice: 0 }
  const lanesMax = { page: bounds.pageSendsMax, notice: bounds.noticeSendsMax }
  const channels = new Map<string, { breaker: Breaker; taken: Record<EffectKind, number> }>()
  const channelOf = (name: string): { breaker: Breaker; taken: Record<EffectKind, number> } => {
    const known = channels.get(name)
    if (known !== undefined) return known
    if (channels.size >= CHANNELS_MAX) channels.clear()
    const made = { breaker: makeBreaker(bounds), taken: { page: 0, notice: 0 } }
    channels.set(name, made)
    return made
  }
  const room = (kind: EffectKind, name: string): number => {
    const channel = channelOf(name)
    if (!channel.breaker.lets(nowMs())) return 0
    const probing = channel.breaker.stateAt(nowMs()) === 'trying'
    const free = Math.min(lanesMax[kind] - lanes[kind], bounds.channelSendsMax - channel.taken[kind])
    return Math.max(probing ? Math.min(free, 1 - channel.taken.page - channel.taken.notice) : free, 0)
  }
  const take = (kind: EffectKind, name: string): (() => void) => {
    const channel = channelOf(name)
    lanes[kind] += 1
    channel.taken[kind] += 1
    let held = true
    return () => {
      if (!held) return
      held = false
      lanes[kind] -= 1
      channel.taken[kind] -= 1
    }
  }
  return {
    room,
    reserve: (kind, name) => {
      if (room(kind, name) === 0) return undefined
      const giveBack = take(kind, name)
      const timer = setTimeout(giveBack, bounds.reservationMs)
      timer.unref()
      return {
        release: () => {
          clearTimeout(timer)
          giveBack()
        },
      }
    },
    enter: (kind, name) => {
      const giveBack = take(kind, name)
      const { breaker } = channelOf(name)
      breaker.begin(nowMs())
      let left = false
      return {
        leave: (outcome, holdMs = null) => {
          if (left) return
          left = true
          giveBack()
          breaker.end(outcome, nowMs())
          if (holdMs !== null) breaker.hold(Math.min(holdMs, HOLD_MS_MAX), nowMs())
        },
      }
    },
    running: (kind) => lanes[kind],
    states: () =>
      [...channels].map(([channel, { breaker, taken }]) => ({
        channel,
        breaker: breaker.stateAt(nowMs()),
        failures: breaker.failures(),
        running: taken.page + taken.notice,
      })),
  }
}
