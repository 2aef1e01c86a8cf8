/** Everything the console reads, as query options: one place that knows the paths. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type {
  Alert,
  ApiKey,
  Clock,
  CurrentPlaybook,
  GroupingView,
  Health,
  Incident,
  List,
  Me,
  Mitigation,
  OncallItem,
  Page,
  Person,
  Session,
  SignalRaw,
  TimelineEntry,
  TriageView,
} from '../../src/api/schema.ts'
import { keys } from './keys.ts'
import { request } from './request.ts'

const PAGE_SIZE = 50
const PART_SIZE = 200

export const meQuery = queryOptions({ queryKey: keys.me, queryFn: ({ signal }) => request<Me>('me', { signal }), staleTime: 60_000 })

export const playbookQuery = queryOptions({
  queryKey: keys.playbook,
  queryFn: ({ signal }) => request<CurrentPlaybook>('playbook', { signal }),
  staleTime: 5 * 60_000,
})

export interface IncidentFilter {
  readonly open?: 'true' | 'false'
  readonly severity?: string
  readonly phase?: string
  readonly type?: string
  readonly team?: string
  readonly version?: string
  readonly q?: string
}

export function incidentsQuery(filter: IncidentFilter) {
  return infiniteQueryOptions({
    queryKey: [...keys.incidents, filter],
    queryFn: ({ pageParam, signal }) =>
      request<List<Incident>>(`incidents?${toSearch({ ...filter, limit: PAGE_SIZE, cursor: pageParam })}`, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (previous) => previous,
  })
}

export function incidentQuery(ref: string) {
  return queryOptions({
    queryKey: keys.incident(ref),
    queryFn: ({ signal }) => request<Incident>(`incidents/${encodeURIComponent(ref)}`, { signal }),
  })
}

export function timelineQuery(ref: string) {
  return queryOptions({
    queryKey: keys.part(ref, 'timeline'),
    queryFn: ({ signal }) => readAll<TimelineEntry>(`incidents/${encodeURIComponent(ref)}/timeline`, signal),
  })
}

export function pagesQuery(ref: string) {
  return queryOptions({
    queryKey: keys.part(ref, 'pages'),
    queryFn: ({ signal }) => readAll<Page>(`incidents/${encodeURIComponent(ref)}/pages`, signal),
  })
}

export function clocksQuery(ref: string) {
  return queryOptions({
    queryKey: keys.part(ref, 'clocks'),
    queryFn: ({ signal }) => readAll<Clock>(`incidents/${encodeURIComponent(ref)}/clocks`, signal),
  })
}

export function mitigationsQuery(ref: string) {
  return queryOptions({
    queryKey: keys.part(ref, 'mitigations'),
    queryFn: ({ signal }) => readAll<Mitigation>(`incidents/${encodeURIComponent(ref)}/mitigations`, signal),
  })
}

/** Asked when somebody opens the dialog, always anew: the evidence changes by the minute. */
export function triageQuery(ref: string) {
  return queryOptions({
    queryKey: keys.part(ref, 'triage'),
    queryFn: ({ signal }) => request<TriageView>(`incidents/${encodeURIComponent(ref)}/triage`, { signal }),
    staleTime: 0,
  })
}

/** The first 200 alerts of an incident; a storm has more, the incident's own counts say how many. */
export function incidentAlertsQuery(ref: string) {
  return queryOptions({
    queryKey: keys.part(ref, 'alerts'),
    queryFn: ({ signal }) =>
      request<List<Alert>>(`incidents/${encodeURIComponent(ref)}/alerts?${toSearch({ limit: PART_SIZE })}`, { signal }),
  })
}

/** What the alerts of an incident have in common, and in which labels they differ. */
export function groupingQuery(ref: string) {
  return queryOptions({
    queryKey: keys.part(ref, 'grouping'),
    queryFn: ({ signal }) => request<GroupingView>(`incidents/${encodeURIComponent(ref)}/grouping`, { signal }),
  })
}

export function oncallQuery(at: string | null) {
  return queryOptions({
    queryKey: keys.oncall(at),
    queryFn: ({ signal }) => readAll<OncallItem>(at === null ? 'oncall' : `oncall?${toSearch({ at })}`, signal),
    staleTime: 30_000,
    placeholderData: (previous) => previous,
  })
}

export const peopleQuery = queryOptions({
  queryKey: keys.people,
  queryFn: ({ signal }) => readAll<Person>('people', signal),
  staleTime: 60_000,
})

export function signalRawQuery(id: string) {
  return queryOptions({
    queryKey: ['signal-raw', id],
    queryFn: ({ signal }) => request<SignalRaw>(`signals/${encodeURIComponent(id)}/raw`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export const apiKeysQuery = queryOptions({ queryKey: keys.apiKeys, queryFn: ({ signal }) => readAll<ApiKey>('keys', signal) })

export const sessionsQuery = queryOptions({ queryKey: keys.sessions, queryFn: ({ signal }) => readAll<Session>('me/sessions', signal) })

/** `/readyz` answers 503 with the same body when something is wrong: that is an answer, not a failure. */
export const readyQuery = queryOptions({
  queryKey: keys.ready,
  queryFn: async ({ signal }): Promise<Health> => {
    const response = await fetch('/readyz', { signal, headers: { accept: 'application/json' } })
    return (await response.json()) as Health
  },
  refetchInterval: 5_000,
})

/** Pages of a list read to the end, at most this many: nothing on one incident is longer. */
const READ_PAGES_MAX = 10

async function readAll<Item>(path: string, signal: AbortSignal): Promise<readonly Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  for (let page = 0; page < READ_PAGES_MAX; page += 1) {
    const mark: string = path.includes('?') ? '&' : '?'
    const answer: List<Item> = await request<List<Item>>(`${path}${mark}${toSearch({ limit: PART_SIZE, cursor })}`, { signal })
    items.push(...answer.items)
    cursor = answer.next
    if (cursor === null) break
  }
  return items
}

/** Leaves out what is not set. */
export function toSearch(values: Readonly<Record<string, string | number | null | undefined>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  }
  return search.toString()
}
