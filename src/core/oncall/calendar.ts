/** A schedule between two instants: who is paged, what each layer says by itself, and where nobody is. */
import type { Instant } from '../time.ts'
import { type Changes, NO_CHANGES } from './change.ts'
import type { Holder, Layer, Schedule } from './oncall.ts'
import { type Gap, gapsIn, type Shift, shiftsBetween } from './shifts.ts'
import { readLayer } from './stretch.ts'
import { toInstant } from './zone-clock.ts'

export interface Calendar {
  readonly final: readonly Shift[]
  readonly layers: readonly LayerLine[]
  readonly gaps: readonly Gap[]
  /** There were more shifts than are told. */
  readonly cut: boolean
}

export interface LayerLine {
  readonly name: string
  readonly shadow: boolean
  /** Of days on which the schedule is replaced. */
  readonly replacement: boolean
  readonly shifts: readonly LayerShift[]
}

export interface LayerShift {
  readonly holders: readonly Holder[]
  /** Null: always so before. */
  readonly from: Instant | null
  readonly until: Instant | null
}

export interface CalendarOptions {
  readonly from: Instant
  readonly until: Instant
  readonly changes?: Changes
  readonly withLayers: boolean
  /** Shifts of one line. */
  readonly shiftsMax: number
}

export function calendarOf(schedule: Schedule, options: CalendarOptions): Calendar {
  const { from, until, changes = NO_CHANGES, withLayers, shiftsMax } = options
  const final: Shift[] = []
  let cut = false
  for (const shift of shiftsBetween(schedule, from, until, changes)) {
    if (final.length === shiftsMax) {
      cut = true
      break
    }
    final.push(shift)
  }
  const told = cut ? (final.at(-1)?.until ?? until) : until
  return { final, layers: withLayers ? linesOf(schedule, options) : [], gaps: gapsIn(final, from, told), cut }
}

function linesOf({ layers, replacements = [], zone }: Schedule, options: CalendarOptions): LayerLine[] {
  const usual = layers.map((layer, place) => lineOf(layer, { place, zone, replacement: false }, options))
  const replaced = replacements.flatMap((one) => {
    const from = Math.max(toInstant(one.fromWallMs, zone), options.from)
    const until = Math.min(toInstant(one.untilWallMs, zone), options.until)
    if (from >= until) return []
    return one.layers.map((layer, place) => lineOf(layer, { place, zone, replacement: true }, { ...options, from, until }))
  })
  return [...usual, ...replaced]
}

interface Placed {
  readonly place: number
  readonly zone: string
  readonly replacement: boolean
}

function lineOf(layer: Layer, { place, zone, replacement }: Placed, { from, until, shiftsMax }: CalendarOptions): LayerLine {
  const read = readLayer(layer, zone)
  const shifts: LayerShift[] = []
  for (let at: Instant | null = from; at !== null && at < until && shifts.length < shiftsMax; ) {
    const span = read(at)
    if (span.holders.length > 0) shifts.push({ holders: span.holders, from: span.from, until: span.until })
    at = span.until
  }
  return { name: layer.name ?? `Layer ${place + 1}`, shadow: layer.shadow === true, replacement, shifts }
}
