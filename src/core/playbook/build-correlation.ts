/** How alerts are grouped, when an incident counts as over, which silence is an alarm, and how many pages a storm may send: from the file. */
import { defaultGraceMs } from '../heartbeat/heartbeat.ts'
import { HOUR_MS, MINUTE_MS } from '../time.ts'
import type { Path, Report } from './finding.ts'
import type { GroupingRule, HeartbeatDeclaration, PageBound, ResolutionRule, SeverityRow, Playbook } from './playbook.ts'
import type { PlaybookFile } from './schema.ts'
import { normalizeName } from './text.ts'

type ReadDuration = (text: string, path: Path, report: Report) => number

const DEFAULT_QUIET_MS = 5 * MINUTE_MS
const DEFAULT_FLAPPING = { changes: 4, withinMs: 30 * MINUTE_MS }
const DEFAULT_PAGES = { max: 30, withinMs: 10 * MINUTE_MS }

/** A row that leaves so long to respond wakes nobody: where nothing is said, its incidents end by themselves. */
const UNHURRIED_MS = HOUR_MS

/** What `automatic` is where the file does not say it: the unhurried rows that are not to be proposed. */
export function automaticOf(rows: readonly { readonly id: string; readonly responseMs: number }[], propose: readonly string[]): string[] {
  return rows.filter(({ id, responseMs }) => responseMs >= UNHURRIED_MS && !propose.includes(id)).map(({ id }) => id)
}

export function buildResolution(
  file: PlaybookFile['resolution'],
  rows: readonly SeverityRow[],
  readDuration: ReadDuration,
  report: Report,
): ResolutionRule {
  const path = ['resolution']
  return {
    quietMs: file?.quiet === undefined ? DEFAULT_QUIET_MS : readDuration(file.quiet, [...path, 'quiet'], report),
    automatic: file?.automatic?.map(normalizeName) ?? automaticOf(rows, (file?.propose ?? []).map(normalizeName)),
    flapping:
      file?.flapping === undefined
        ? DEFAULT_FLAPPING
        : { changes: file.flapping.changes, withinMs: readDuration(file.flapping.within, [...path, 'flapping', 'within'], report) },
  }
}

export function buildGrouping(file: PlaybookFile['grouping'], readDuration: ReadDuration, report: Report): GroupingRule {
  return {
    by: file?.by ?? [],
    windowMs: file?.window === undefined ? null : readDuration(file.window, ['grouping', 'window'], report),
  }
}

export function buildPageBound(file: PlaybookFile['limits'], readDuration: ReadDuration, report: Report): PageBound {
  const given = file?.pages_per_person
  if (given === undefined) return DEFAULT_PAGES
  return { max: given.pages, withinMs: readDuration(given.within, ['limits', 'pages_per_person', 'within'], report) }
}

/** Nothing where nothing is held back. */
export function buildCarries(file: PlaybookFile['limits']): { readonly carries?: NonNullable<Playbook['carries']> } {
  const kinds = Object.entries(file?.carries ?? {}).filter(([, ceiling]) => ceiling !== 'all')
  return kinds.length === 0 ? {} : { carries: Object.fromEntries(kinds) }
}

export function buildHeartbeats(
  file: PlaybookFile['heartbeats'],
  readDuration: ReadDuration,
  report: Report,
): readonly HeartbeatDeclaration[] {
  return (file ?? []).map((row, index) => {
    const path = ['heartbeats', index]
    const intervalMs = readDuration(row.interval, [...path, 'interval'], report)
    return {
      name: normalizeName(row.name),
      description: row.description ?? '',
      intervalMs,
      graceMs: row.grace === undefined ? defaultGraceMs(intervalMs) : readDuration(row.grace, [...path, 'grace'], report),
      alarm: row.alarm ?? null,
      labels: row.labels ?? {},
    }
  })
}
