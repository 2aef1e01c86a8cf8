/** A schedule in sentences, as people would tell it. */
import { DAY_MS, HOUR_MS } from '../time.ts'
import { type Holder, type Layer, OWNER, type Schedule, type Turn } from './oncall.ts'
import { DAY_NAMES, showWall } from './wall.ts'
import { WEEK_MS, type WeekSpan } from './week.ts'

/** How people are called by their e-mail addresses. */
export type NameOf = (holder: Holder) => string

/** One sentence a layer, in their order, then one a replacement. */
export function describeSchedule({ layers, zone, replacements = [] }: Schedule, nameOf: NameOf): string[] {
  return [
    ...describeLayers(layers, zone, nameOf),
    ...replacements.map((one) => {
      const why = one.reason === '' ? '' : ` (${one.reason})`
      const [first = '', ...more] = describeLayers(one.layers, zone, nameOf)
      const span = `From ${showWall(one.fromWallMs)} to ${showWall(one.untilWallMs)} ${zone}${why}, instead of all that`
      return `${span}: ${[first, ...more].join(' ')}`
    }),
  ]
}

function describeLayers(layers: readonly Layer[], zone: string, nameOf: NameOf): string[] {
  const first = layers.findIndex((layer) => layer.shadow !== true)
  return layers.map((layer, place) => {
    const told = describeLayer(layer, zone, nameOf)
    if (layer.shadow === true) return `Shadows, told and never paged: ${told}`
    return place > first ? `Where nobody holds it by then: ${told}` : told.replace(/^every/, 'Every')
  })
}

function describeLayer(layer: Layer, scheduleZone: string, nameOf: NameOf): string {
  const { members, rotation, only } = layer
  const zone = layer.zone ?? scheduleZone
  const names = listOf(members.map((member) => (member === OWNER ? 'every owner' : nameOf(member))))
  const turn = rotation?.turn ?? { kind: 'together' }
  const takesTurns = turn.kind !== 'together' && members.length > 1
  const verb = takesTurns
    ? `${names} take turns of ${describeTurn(turn)}`
    : `${names} ${members.length > 1 ? 'hold it together' : 'holds it'}`
  const when = only === undefined ? '' : `, only ${describeWindows(only)}${layer.memberZones === undefined ? '' : ' on their own clock'}`
  const since = rotation === null ? '' : ` from ${showWall(rotation.startWallMs)} on`
  const until = rotation === null || rotation.untilWallMs === null ? '' : ` until ${showWall(rotation.untilWallMs)}`
  const tail = rotation === null && only === undefined ? ', always' : ` (${zone})`
  return `${layer.name === undefined ? '' : `${layer.name}: `}${verb}${when}${since}${until}${tail}.`
}

function describeTurn(turn: Turn): string {
  if (turn.kind === 'together') return ''
  if (turn.kind === 'months') return turn.months === 1 ? 'a month' : `${turn.months} months`
  return turn.wallMs.map(describeLength).join(', then ')
}

function describeLength(ms: number): string {
  const units = [
    [WEEK_MS, 'week'],
    [DAY_MS, 'day'],
    [HOUR_MS, 'hour'],
  ] as const
  const [size, unit] = units.find(([length]) => ms % length === 0) ?? [HOUR_MS, 'hour']
  const count = ms / size
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** Days with the same hours are told together. */
function describeWindows(spans: readonly WeekSpan[]): string {
  const byHours = Map.groupBy(
    [...spans].sort((one, other) => one.startMs - other.startMs),
    ({ startMs, endMs }) => (endMs - startMs > DAY_MS ? `${startMs}-${endMs}` : `${startMs % DAY_MS}+${endMs - startMs}`),
  )
  return [...byHours.values()]
    .map((same) => {
      const [{ startMs, endMs } = { startMs: 0, endMs: 0 }] = same
      if (endMs - startMs > DAY_MS) return `from ${dayAndTime(startMs)} to ${dayAndTime(endMs)}`
      const hours = endMs - startMs === DAY_MS && startMs % DAY_MS === 0 ? '' : ` ${clock(startMs)} to ${clock(endMs)}`
      return `${describeDays(same.map((span) => Math.floor(span.startMs / DAY_MS)))}${hours}`
    })
    .join(' and ')
}

/** Three and more in a row are told by the first and the last. */
function describeDays(days: readonly number[]): string {
  const [first = 0, last = 0] = [days[0], days.at(-1)]
  const inRow = days.every((day, index) => day === first + index)
  if (days.length === 7) return 'every day'
  return inRow && days.length > 2 ? `${dayName(first)} to ${dayName(last)}` : listOf(days.map(dayName))
}

function dayName(day: number): string {
  return DAY_NAMES[day % 7] ?? ''
}

function dayAndTime(ms: number): string {
  return `${dayName(Math.floor(ms / DAY_MS))} ${clock(ms)}`
}

function clock(ms: number): string {
  return new Date(ms % DAY_MS).toISOString().slice(11, 16)
}

function listOf(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? 'nobody') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
