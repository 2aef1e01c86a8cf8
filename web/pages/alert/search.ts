/** Filters of signals and alerts as the address holds them, and as the API takes them. Pure. */

export const SPANS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const
export type Span = keyof typeof SPANS

export interface SignalSearch {
  readonly q?: string
  readonly source?: string
  readonly outcome?: string
  readonly span?: Span
  /** RFC 3339; instead of `span`. */
  readonly from?: string
  readonly until?: string
  /** The signal that is open beside the list. */
  readonly signal?: string
}

export interface AlertSearch {
  readonly q?: string
  readonly source?: string
  readonly type?: string
  readonly state?: 'held' | 'resolved' | 'all'
  /** The alert that is open beside the list. */
  readonly alert?: string
}

const TEXT_CHARS_MAX = 200

export function readSignalSearch(search: Record<string, unknown>): SignalSearch {
  const { span } = search
  return {
    ...texts(search, ['q', 'source', 'outcome', 'from', 'until', 'signal']),
    ...(span === 'hour' || span === 'day' || span === 'week' ? { span } : {}),
  }
}

export function readAlertSearch(search: Record<string, unknown>): AlertSearch {
  const { state } = search
  return {
    ...texts(search, ['q', 'source', 'type', 'alert']),
    ...(state === 'held' || state === 'resolved' || state === 'all' ? { state } : {}),
  }
}

/** Times are cut to the minute, so that the question stays the same for a while. @param now ms */
export function toSignalFilter({ signal: _open, span, from, until, ...rest }: SignalSearch, now: number): Record<string, string> {
  const since = span === undefined ? from : new Date(Math.floor((now - SPANS[span]) / 60_000) * 60_000).toISOString()
  return { ...rest, ...(since === undefined ? {} : { from: since }), ...(until === undefined ? {} : { until }) }
}

export function toAlertFilter({ alert: _open, state, ...rest }: AlertSearch): Record<string, string> {
  return state === 'all' ? rest : { ...rest, state: state ?? 'firing' }
}

/** Without what is empty. */
export function changed<Search extends object>(
  search: Search,
  change: { readonly [Name in keyof Search]?: Search[Name] | undefined },
): Search {
  const merged = Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(merged) as Search
}

/** TanStack Router parses what looks like JSON: `q=42` arrives as a number. */
function texts<Name extends string>(search: Record<string, unknown>, names: readonly Name[]): Partial<Record<Name, string>> {
  const found = names.flatMap((name) => {
    const value = search[name]
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
    return typeof text === 'string' && text !== '' ? [[name, text.slice(0, TEXT_CHARS_MAX)] as const] : []
  })
  return Object.fromEntries(found) as Partial<Record<Name, string>>
}
