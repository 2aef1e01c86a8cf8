/**
 * Who holds a schedule at an instant, and why: layers, then overrides, less whoever is absent. The stretch around the
 * instant that is told may be shorter than it could be; `shifts.ts` joins what belongs together.
 */
import type { Instant } from '../time.ts'
import { type Absence, NO_CHANGES, type Changes, changesOf, type Override, type ScheduleChanges } from './change.ts'
import { layerAt, type LayerSpan, latest, soonest } from './layer.ts'
import type { Holder, Layer, Replacement, Schedule } from './oncall.ts'
import { toInstant } from './zone-clock.ts'

/** What makes them the holders. */
export interface Cause {
  readonly kind: 'layer' | 'override' | 'nobody'
  /** Place of the layer among those in force; null: none covers this time. */
  readonly layer: number | null
  /** Place of the replacement whose layers are in force; null: the usual ones are. */
  readonly replacement: number | null
  readonly turn: number | null
  /** Ids of overrides that put somebody in. */
  readonly overrides: readonly string[]
  /** Whose turn it would be and who is away. */
  readonly away: readonly Holder[]
}

export interface Stretch {
  /** Empty: nobody holds it; its pages fall to the owners. */
  readonly holders: readonly Holder[]
  /** Null: always so before. */
  readonly from: Instant | null
  /** Null: for ever. */
  readonly until: Instant | null
  readonly cause: Cause
}

/** Tells the stretch at any instant; going forward in time it counts no turn twice. */
export type StretchReader = (instant: Instant) => Stretch

export function readStretches(schedule: Schedule, changes: Changes = NO_CHANGES): StretchReader {
  const own = changesOf(changes, schedule.id)
  const usual = readLayers(schedule.layers, schedule.zone)
  const replacements = (schedule.replacements ?? []).map((replacement) => readReplacement(replacement, schedule.zone))
  return (instant) => {
    let from: Instant | null = null
    let until: Instant | null = null
    for (const [index, replacement] of replacements.entries()) {
      if (instant < replacement.from) until = soonest(until, replacement.from)
      else if (instant >= replacement.until) from = latest(from, replacement.until)
      else {
        const within = { from: latest(from, replacement.from), until: soonest(until, replacement.until) }
        return decide({ layers: replacement.layers, own, instant, replacement: index, ...within })
      }
    }
    return decide({ layers: usual, own, instant, replacement: null, from, until })
  }
}

/** What one layer says; it is asked again only when what it said is over. */
type LayerReader = (instant: Instant) => LayerSpan

interface PlacedLayer {
  readonly place: number
  readonly at: LayerReader
}

/** Without shadows. */
function readLayers(layers: readonly Layer[], zone: string): PlacedLayer[] {
  return layers.flatMap((layer, place) => (layer.shadow === true ? [] : [{ place, at: readLayer(layer, zone) }]))
}

export function readLayer(layer: Layer, zone: string): LayerReader {
  let last: LayerSpan | null = null
  return (instant) => {
    const holds = last !== null && (last.from === null || last.from <= instant) && (last.until === null || instant < last.until)
    if (last !== null && holds) return last
    last = layerAt(layer, zone, instant)
    return last
  }
}

function readReplacement({ fromWallMs, untilWallMs, layers }: Replacement, zone: string) {
  return { from: toInstant(fromWallMs, zone), until: toInstant(untilWallMs, zone), layers: readLayers(layers, zone) }
}

interface Asked {
  readonly layers: readonly PlacedLayer[]
  readonly own: ScheduleChanges
  readonly instant: Instant
  readonly replacement: number | null
  readonly from: Instant | null
  readonly until: Instant | null
}

/** The first layer that is left with somebody, once stand-ins are in and the absent are out. */
function decide({ layers, own, instant, replacement, ...within }: Asked): Stretch {
  const seen = new Seen(own, instant, within.from, within.until)
  for (const { place, at } of layers) {
    const span = at(instant)
    seen.narrow(span)
    if (span.holders.length === 0) continue
    const { holders, overrides } = seen.present(span.holders)
    if (holders.length > 0) return seen.tell(holders, { layer: place, replacement, turn: span.turn, overrides })
  }
  const { holders, overrides } = seen.present([])
  return seen.tell(holders, { layer: null, replacement, turn: null, overrides })
}

/** Gathers where the stretch begins and ends while changes are looked at. */
class Seen {
  private readonly away: Holder[] = []
  private readonly own: ScheduleChanges
  private readonly instant: Instant
  private from: Instant | null
  private until: Instant | null

  constructor(own: ScheduleChanges, instant: Instant, from: Instant | null, until: Instant | null) {
    this.own = own
    this.instant = instant
    this.from = from
    this.until = until
  }

  narrow({ from, until }: Pick<Stretch, 'from' | 'until'>): void {
    this.from = latest(this.from, from)
    this.until = soonest(this.until, until)
  }

  /** The holders of a layer after overrides, without the absent. */
  present(planned: readonly Holder[]): { readonly holders: readonly Holder[]; readonly overrides: readonly string[] } {
    if (this.own.isEmpty) return { holders: planned, overrides: [] }
    let standing: readonly { readonly holder: Holder; readonly by: string | null }[] = planned.map((holder) => ({ holder, by: null }))
    for (const override of this.own.overrides) {
      if (!this.covers(override) || this.isAway(override.holder)) continue
      const { holder, instead, id } = override
      standing = instead === null ? [{ holder, by: id }] : standing.map((one) => (one.holder === instead ? { holder, by: id } : one))
    }
    const there = standing.filter(({ holder }) => !this.isAway(holder))
    for (const { holder } of standing) if (this.isAway(holder) && !this.away.includes(holder)) this.away.push(holder)
    return {
      holders: [...new Set(there.map(({ holder }) => holder))],
      overrides: [...new Set(there.flatMap(({ by }) => by ?? []))],
    }
  }

  tell(holders: readonly Holder[], cause: Omit<Cause, 'kind' | 'away'>): Stretch {
    const kind = holders.length === 0 ? 'nobody' : cause.overrides.length > 0 ? 'override' : 'layer'
    return { holders, from: this.from, until: this.until, cause: { ...cause, kind, away: this.away } }
  }

  private isAway(holder: Holder): boolean {
    let away = false
    for (const absence of this.own.absencesOf(holder)) if (this.covers(absence)) away = true
    return away
  }

  private covers({ from, until }: Override | Absence): boolean {
    if (this.instant < from) this.until = soonest(this.until, from)
    else if (this.instant >= until) this.from = latest(this.from, until)
    else {
      this.narrow({ from: Number.isFinite(from) ? from : null, until: Number.isFinite(until) ? until : null })
      return true
    }
    return false
  }
}
