/** SLAs, services and teams: from the file to what the engine asks. */
import { DAY_MS } from '../time.ts'
import type { Path, Report } from './finding.ts'
import type { Service, SeverityRow, Sla, Team } from './playbook.ts'
import { parseQuantity } from './quantity.ts'
import type { PlaybookFile } from './schema.ts'
import { normalizeName, toSlug } from './text.ts'

const DEFAULT_WINDOW_MS = 30 * DAY_MS

type Item<List> = List extends readonly (infer One)[] ? One : never
type SlaFile = Item<NonNullable<PlaybookFile['slas']>>
type ServiceFile = Item<NonNullable<PlaybookFile['services']>>
type ReadDuration = (text: string, path: Path, report: Report) => number

export function buildSla(
  file: SlaFile,
  index: number,
  more: { matrix: readonly SeverityRow[]; readDuration: ReadDuration; report: Report },
): Sla {
  const path = ['slas', index]
  const { matrix, readDuration, report } = more
  const windowMs = file.window === undefined ? DEFAULT_WINDOW_MS : readDuration(file.window, [...path, 'window'], report)
  const percent = file.objective === undefined ? null : readObjective(file.objective, [...path, 'objective'], report)
  return {
    id: file.id ?? toSlug(file.title),
    title: file.title,
    customer: file.customer ?? null,
    services: (file.services ?? []).map(normalizeName),
    objective: percent === null ? null : { percent, windowMs },
    severities: file.severities?.map(normalizeName) ?? matrix.slice(0, 1).map((row) => row.id),
    responses: Object.entries(file.response_times ?? {}).map(([severity, text]) => ({
      severity: normalizeName(severity),
      withinMs: readDuration(text, [...path, 'response_times', severity], report),
    })),
  }
}

/** Nothing is up for more than all of the time, and a promise of 0 % is none. */
function readObjective(text: string, path: Path, report: Report): number | null {
  const reading = parseQuantity(text)
  const bad = (message: string, fix: string): null => {
    report({ code: 'unclear-objective', severity: 'error', path, message, fix })
    return null
  }
  if (reading.kind === 'unclear') return bad(reading.message, 'Write a share, such as "99.9 %".')
  const { value, unit } = reading.quantity
  if (unit !== '%')
    return bad(`"${text}" is not a share in per cent.`, unit === 'number' ? `Write "${value} %".` : 'Write a share, such as "99.9 %".')
  return value > 0 && value <= 100 ? value : bad(`"${text}" is not between 0 % and 100 %.`, 'Write a share, such as "99.9 %".')
}

export function buildService(file: ServiceFile): Service {
  const name = normalizeName(file.name)
  const labels = Object.entries(file.labels ?? { service: name })
  return {
    name,
    description: file.description ?? '',
    team: file.team === undefined ? null : normalizeName(file.team),
    tier: file.tier ?? null,
    labels: labels.map(([label, values]) => ({ name: label, values: typeof values === 'string' ? [values] : values })),
    links: file.links ?? [],
  }
}

export function buildTeam(file: Item<NonNullable<PlaybookFile['teams']>>): Team {
  return { name: normalizeName(file.name), description: file.description ?? '' }
}
