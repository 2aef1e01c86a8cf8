/** The list's filter as the address holds it, and as the API takes it. */
import type { IncidentFilter } from '../../api/queries.ts'

export type ListState = 'open' | 'over' | 'all'

export interface ListSearch {
  readonly state?: ListState
  readonly severity?: string
  readonly phase?: string
  readonly type?: string
  /** Number of the playbook's version. */
  readonly version?: string
  readonly q?: string
}

/** What is not understood is left out: an old link still opens. */
export function readListSearch(search: Record<string, unknown>): ListSearch {
  const state = search['state']
  return {
    ...(state === 'over' || state === 'all' || state === 'open' ? { state } : {}),
    ...text(search, 'severity'),
    ...text(search, 'phase'),
    ...text(search, 'type'),
    ...(/^[1-9]\d{0,8}$/.test(String(search['version'])) ? text(search, 'version') : {}),
    ...text(search, 'q'),
  }
}

export function toIncidentFilter(search: ListSearch): IncidentFilter {
  const { state = 'open', ...rest } = search
  if (state === 'all') return rest
  return { ...rest, open: state === 'open' ? 'true' : 'false' }
}

export function isFiltered(search: ListSearch): boolean {
  const narrowed = [search.severity, search.phase, search.type, search.version, search.q].some((value) => value !== undefined)
  return narrowed || (search.state ?? 'open') !== 'open'
}

/** TanStack Router parses what looks like JSON: `q=42` arrives as a number. */
function text<Name extends 'severity' | 'phase' | 'type' | 'version' | 'q'>(
  search: Record<string, unknown>,
  name: Name,
): Partial<Record<Name, string>> {
  const value = search[name]
  const asText = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  return typeof asText === 'string' && asText !== '' ? ({ [name]: asText.slice(0, 200) } as Partial<Record<Name, string>>) : {}
}
