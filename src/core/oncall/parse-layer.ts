/** From layers and replacements as the file has them to rules on the wall clock, or to findings. */
import type { Path, Report } from '../playbook/finding.ts'
import { suggest } from '../playbook/text.ts'
import { DAY_MS, HOUR_MS } from '../time.ts'
import { type Holder, type Layer, OWNER, type Replacement, type Rotation, type Turn } from './oncall.ts'
import { buildZone, error, warn } from './parse-kit.ts'
import { buildWindows } from './parse-window.ts'
import type { LayerFile, ReplacementFile } from './schedule-schema.ts'
import { readDay, readTimeOfDay, readTurn, readWall, readWeekday, weekdayOf } from './wall.ts'

const DEFAULT_HANDOFF_MS = 9 * HOUR_MS
const TURN_FIX = 'Write "1 week", "1 day", "12 hours" or "1 month"; a list of lengths; or days of the week.'

/** What a schedule knows that its layers need. */
export interface Around {
  /** Of the schedule. */
  readonly zone: string
  /** Zones of the people in the file, by e-mail address. */
  readonly zones: ReadonlyMap<string, string>
  readonly report: Report
}

export function buildLayer(layer: LayerFile, path: Path, around: Around): Layer {
  const { report, zones } = around
  const members = buildHolders(layer.members, [...path, 'members'], around)
  const zone = layer.zone === undefined ? undefined : buildZone(layer.zone, [...path, 'zone'], report)
  const only = layer.only === undefined ? null : buildWindows(layer.only, [...path, 'only'], report)
  const memberZones = members.map((member) => zones.get(member) ?? zone ?? around.zone)
  if (layer.clock === 'person' && layer.only === undefined) {
    warn(report, 'layer-clock-unused', [...path, 'clock'], 'Nothing is read on the clock of a person here: "only" is missing.', '')
  }
  return {
    members,
    rotation: buildRotation(layer, path, report),
    ...(layer.name === undefined ? {} : { name: layer.name }),
    ...(zone === undefined ? {} : { zone }),
    ...(only === null ? {} : { only, ...(layer.clock === 'person' ? { memberZones } : {}) }),
    ...(layer.shadow === true ? { shadow: true } : {}),
  }
}

/** All hold together, always, where nothing is said of turns and times. */
function buildRotation(layer: LayerFile, path: Path, report: Report): Rotation | null {
  const { turn: written, start, handoff, until } = layer
  if (start === undefined) {
    if (written !== undefined || until !== undefined || handoff !== undefined) {
      const message = 'A layer with turns or an end says when it starts: "start" is missing.'
      error(report, 'missing-key', path, message, "Add start: '2026-01-05', the day on which the first member begins.")
    }
    return null
  }
  const handoffMs = readTime(handoff, DEFAULT_HANDOFF_MS, { path: [...path, 'handoff'], report })
  const startWallMs = readMoment(start, handoffMs, { path: [...path, 'start'], report })
  const untilWallMs = until === undefined ? null : readMoment(until, handoffMs, { path: [...path, 'until'], report })
  if (untilWallMs !== null && untilWallMs <= startWallMs)
    error(report, 'layer-ends-first', [...path, 'until'], 'The layer ends before it starts.', '')
  return { startWallMs, untilWallMs, turn: buildTurn(written, startWallMs, { path: [...path, 'turn'], report }) }
}

interface At {
  readonly path: Path
  readonly report: Report
}

function buildTurn(written: LayerFile['turn'], startWallMs: number, at: At): Turn {
  if (written === undefined) return { kind: 'together' }
  if (typeof written === 'string') return readTurn(written) ?? unclear(at, written, TURN_FIX, { kind: 'cycle', wallMs: [DAY_MS] })
  const days = written.map(readWeekday)
  if (days.every((day) => day !== null)) return turnsByDay(days, startWallMs, at)
  const lengths = written.map((text, index): number => {
    const turn = readTurn(text)
    if (turn?.kind === 'cycle' && turn.wallMs[0] !== undefined) return turn.wallMs[0]
    return unclear(
      { ...at, path: [...at.path, index] },
      text,
      'Write lengths such as "5 days" and "2 days", or days of the week only.',
      DAY_MS,
    )
  })
  return { kind: 'cycle', wallMs: lengths }
}

/** Turns that begin on days of the week, counted from the first of them. */
function turnsByDay(days: readonly number[], startWallMs: number, { path, report }: At): Turn {
  const first = weekdayOf(startWallMs)
  const after = [...new Set(days.map((day) => (day - first + 7) % 7))].sort((one, other) => one - other)
  if (after[0] !== 0) {
    const message = 'The layer does not start on one of the days on which turns begin.'
    error(report, 'start-not-a-turn', path, message, 'Let start be one of the days, or add its day.')
  }
  const wallMs = after.map((day, index) => ((after[index + 1] ?? 7) - day) * DAY_MS)
  return { kind: 'cycle', wallMs }
}

export function buildReplacement(file: ReplacementFile, path: Path, around: Around): Replacement {
  const { report } = around
  const fromWallMs = readMoment(file.from, 0, { path: [...path, 'from'], report })
  const untilWallMs = readMoment(file.until, 0, { path: [...path, 'until'], report })
  if (untilWallMs <= fromWallMs) error(report, 'layer-ends-first', [...path, 'until'], 'The replacement ends before it starts.', '')
  return { fromWallMs, untilWallMs, layers: buildLayers(file, path, around), reason: file.reason ?? '' }
}

/** `on_call`, or `layers`: one of both. */
export function buildLayers(file: Pick<ReplacementFile, 'on_call' | 'layers'>, path: Path, around: Around): Layer[] {
  const { on_call: always, layers = [] } = file
  const fixed = always === undefined ? [] : [{ members: buildHolders(always, [...path, 'on_call'], around), rotation: null }]
  const built = layers.map((layer, index) => buildLayer(layer, [...path, 'layers', index], around))
  if (built.length > 0 && fixed.length === 0 && built.every((layer) => layer.shadow === true)) {
    error(
      around.report,
      'only-shadows',
      [...path, 'layers'],
      'All layers are shadows, so nobody is ever paged.',
      'Add a layer without "shadow".',
    )
  }
  return [...fixed, ...built]
}

export function buildHolders(
  written: Holder | readonly Holder[],
  path: Path,
  { zones, report }: Pick<Around, 'zones' | 'report'>,
): Holder[] {
  const list = typeof written === 'string' ? [written] : written
  if (list.length === 0) error(report, 'empty', path, 'Nobody is named here.', 'Name somebody, or "owner".')
  return list.map((name, index) => {
    const holder = name.toLowerCase()
    const at = typeof written === 'string' ? path : [...path, index]
    if (holder === OWNER || zones.has(holder)) return holder
    if (!holder.includes('@'))
      error(report, 'unknown-person', at, `"${name}" is neither "owner" nor an e-mail address.`, suggest(holder, [OWNER, ...zones.keys()]))
    else {
      const message = `Nobody in this file has the address ${name}; until such a person is made in the console, the owners stand in.`
      warn(report, 'unknown-person', at, message, suggest(holder, [...zones.keys()]))
    }
    return holder
  })
}

/** A day at that time of day, or a day with a time of its own. */
function readMoment(written: string, timeMs: number, at: At): number {
  const day = readDay(written)
  return day === null
    ? (readWall(written) ?? unclear(at, written, 'Write yyyy-mm-dd or "yyyy-mm-dd hh:mm", a day that the calendar has.', HOUR_MS))
    : day + timeMs
}

function readTime(written: string | undefined, otherwise: number, at: At): number {
  return written === undefined ? otherwise : (readTimeOfDay(written) ?? unclear(at, written, 'Write hh:mm from 00:00 to 23:59.', HOUR_MS))
}

function unclear<T>({ path, report }: At, written: string, fix: string, instead: T): T {
  error(report, 'unclear-time', path, `"${written}" cannot be read here.`, fix)
  return instead
}
