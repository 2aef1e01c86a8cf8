/** From restrictions as people write them to stretches of the week. */
import type { Path, Report } from '../playbook/finding.ts'
import { normalizeName } from '../playbook/text.ts'
import { DAY_MS } from '../time.ts'
import { error, warn } from './parse-kit.ts'
import type { WindowFile } from './schedule-schema.ts'
import { readTimeOfDay, readWeekday } from './wall.ts'
import { coverWeek, WEEK_MS, type WeekSpan } from './week.ts'

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]
const DAY_WORDS: Readonly<Record<string, readonly number[]>> = {
  weekdays: [0, 1, 2, 3, 4],
  weekends: [5, 6],
  weekend: [5, 6],
  'every day': EVERY_DAY,
  daily: EVERY_DAY,
}

/** Null: together they restrict nothing, which is told. */
export function buildWindows(files: readonly WindowFile[], path: Path, report: Report): readonly WeekSpan[] | null {
  const spans = readWindows(files, path, report)
  if (!coverWeek(spans)) return spans
  warn(report, 'window-whole-week', path, 'These hours are the whole week, so they restrict nothing.', 'Remove "only".')
  return null
}

export function readWindows(files: readonly WindowFile[], path: Path, report: Report): readonly WeekSpan[] {
  return files.flatMap((file, index) => buildWindow(file, [...path, index], report))
}

function buildWindow(file: WindowFile, path: Path, report: Report): WeekSpan[] {
  const [from, to] = [readEdge(file.from ?? '00:00'), readEdge(file.to ?? '24:00')]
  for (const [key, edge] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (edge !== null) continue
    error(report, 'unclear-time', [...path, key], `"${file[key]}" cannot be read here.`, 'Write hh:mm, or a day with it: "Fri 17:00".')
  }
  if (from === null || to === null) return []
  if (from.day !== null || to.day !== null) return buildSpan(file, { from, to }, path, report)
  const days = readDays(file.days, path, report)
  // Until the same hour of the next day is a day, and so is 00:00 to 24:00.
  const lengthMs = to.timeMs > from.timeMs ? to.timeMs - from.timeMs : to.timeMs + DAY_MS - from.timeMs
  return days.map((day) => ({ startMs: day * DAY_MS + from.timeMs, endMs: day * DAY_MS + from.timeMs + lengthMs }))
}

interface Edge {
  readonly day: number | null
  /** Since midnight; a whole day is 24:00. */
  readonly timeMs: number
}

function buildSpan(file: WindowFile, { from, to }: { readonly from: Edge; readonly to: Edge }, path: Path, report: Report): WeekSpan[] {
  if (from.day === null || to.day === null || file.days !== undefined) {
    const fix = "Write { from: 'Fri 17:00', to: 'Mon 09:00' }, or { days: [fri], from: '17:00', to: '23:00' }."
    error(report, 'unclear-time', path, 'Either both "from" and "to" have a day and "days" is left out, or neither has.', fix)
    return []
  }
  const startMs = (from.day * DAY_MS + from.timeMs) % WEEK_MS
  const lengthMs = (((to.day * DAY_MS + to.timeMs - startMs) % WEEK_MS) + WEEK_MS) % WEEK_MS
  return [{ startMs, endMs: startMs + (lengthMs === 0 ? WEEK_MS : lengthMs) }]
}

/** `17:00`, `24:00`, `Fri 17:00`. */
function readEdge(text: string): Edge | null {
  const match = /^(?:([a-z]+) )?(\d{1,2}:\d{2})$/i.exec(normalizeName(text))
  if (match === null) return null
  const day = match[1] === undefined ? null : readWeekday(match[1])
  const timeMs = match[2] === '24:00' ? DAY_MS : readTimeOfDay(match[2] ?? '')
  return timeMs === null || (match[1] !== undefined && day === null) ? null : { day, timeMs }
}

function readDays(written: WindowFile['days'], path: Path, report: Report): readonly number[] {
  if (written === undefined) return EVERY_DAY
  const list = typeof written === 'string' ? [written] : written
  return list.flatMap((name, index) => {
    const days = DAY_WORDS[normalizeName(name).toLowerCase()] ?? [readWeekday(name)].filter((day) => day !== null)
    if (days.length === 0) {
      const at = typeof written === 'string' ? [...path, 'days'] : [...path, 'days', index]
      error(
        report,
        'unclear-time',
        at,
        `"${name}" is no day of the week.`,
        'Write mon, tue, wed, thu, fri, sat, sun, weekdays or weekends.',
      )
    }
    return days
  })
}
