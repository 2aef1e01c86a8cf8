/** The list's filter as the address holds it, and as the API takes it. */
import type { IncidentFilter } from '../../api/queries.ts'

export type ListState = 'open' | 'over' | 'all'

export interface ListSearch {
  readonly state?: ListState
  readonly severity?: string
  readonly phase?: string
  readonly type?: string
  /** Whose people hold the roles, as the playbook names the team. */
  readonly team?: string
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
    ...text(search, 'team'),
    ...(/^[1-9]\d{0,8}$/.test(String(search['version'])) ? text(search, 'version') : {}),
    ...text(search, 'q'),
  }
}

export function toIncidentFilter(search: ListSearch): IncidentFilter {
  const { state = 'open', ...rest } = search
  if (state === 'all') return rest
  return { ...rest, open: state === 'open' ? 'true' : 'false' }
}

/** What is chosen beside the state. */
export function narrowingOf({ severity, phase, type, team, version, q }: ListSearch): readonly string[] {
  return [severity, phase, type, team, version, q].filter((value) => value !== undefined)
}

export function isFiltered(search: ListSearch): boolean {
  return narrowingOf(search).length > 0 || (search.state ?? 'open') !== 'open'
}

/** TanStack Router parses what looks like JSON: `q=42` arrives as a number. */
function text<Name extends 'severity' | 'phase' | 'type' | 'team' | 'version' | 'q'>(
  search: Record<string, unknown>,
  name: Name,
): Partial<Record<Name, string>> {
  const value = search[name]
  const asText = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  return typeof asText === 'string' && asText !== '' ? ({ [name]: asText.slice(0, 200) } as Partial<Record<Name, string>>) : {}
}
