/** What one layer says of an instant: its turn, less where its restrictions leave it out. */
import type { Instant } from '../time.ts'
import type { Holder, Layer } from './oncall.ts'
import { turnAt } from './rotation.ts'
import { allowedAt } from './week.ts'

export interface LayerSpan {
  /** Empty: the layer does not cover this time. */
  readonly holders: readonly Holder[]
  /** Number of the turn; null where it takes none. */
  readonly turn: number | null
  /** The stretch in which it says so; it may be shorter than it could be. Null: always so before, or for ever. */
  readonly from: Instant | null
  readonly until: Instant | null
}

/** @param scheduleZone whose wall clock counts where the layer has none of its own */
export function layerAt(layer: Layer, scheduleZone: string, instant: Instant): LayerSpan {
  const zone = layer.zone ?? scheduleZone
  const { rotation, members } = layer
  const span = rotation === null ? { turn: 0, from: null, until: null } : turnAt(rotation, zone, instant)
  const { turn } = span
  if (turn === null || members.length === 0) return { ...span, holders: [], turn: null }
  const together = rotation === null || rotation.turn.kind === 'together'
  const place = turn % members.length
  const holding = together ? members : members.slice(place, place + 1)
  if (layer.only === undefined) return { ...span, holders: holding }
  return restrict({ ...span, holders: holding }, layer, { zone, place: together ? 0 : place, instant })
}

interface Restricted {
  readonly zone: string
  /** Of the first holder among the members. */
  readonly place: number
  readonly instant: Instant
}

function restrict(span: LayerSpan, { only = [], memberZones }: Layer, { zone, place, instant }: Restricted): LayerSpan {
  const holders: Holder[] = []
  let { from, until } = span
  for (const [index, holder] of span.holders.entries()) {
    const allowed = allowedAt(only, memberZones?.[place + index] ?? zone, instant)
    if (allowed.inside) holders.push(holder)
    from = latest(from, allowed.from)
    until = soonest(until, allowed.until)
    // All others are read on the same clock.
    if (memberZones === undefined) return { ...span, holders: allowed.inside ? span.holders : [], from, until }
  }
  return { ...span, holders, from, until }
}

export function latest(left: Instant | null, right: Instant | null): Instant | null {
  if (left === null || right === null) return left ?? right
  return Math.max(left, right)
}

export function soonest(left: Instant | null, right: Instant | null): Instant | null {
  if (left === null || right === null) return left ?? right
  return Math.min(left, right)
}
