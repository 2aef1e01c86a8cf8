/** What the pages of signals, alerts, sources and silences read, as query options. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  Alert,
  Explained,
  List,
  Signal,
  SignerCertificate,
  Source,
  SourceDetail,
  SourceKind,
  Subscription,
  Why,
} from '../../src/api/schema.ts'
import { keys } from './keys.ts'
import { toSearch } from './queries.ts'
import { request } from './request.ts'

const LIST_MAX = 200

export function signalQuery(id: string) {
  return queryOptions({
    queryKey: [...keys.signals, 'one', id],
    queryFn: ({ signal }) => request<Signal>(`signals/${encodeURIComponent(id)}`, { signal }),
  })
}

export function alertQuery(id: string) {
  return queryOptions({
    queryKey: [...keys.alerts, 'one', id],
    queryFn: ({ signal }) => request<Alert>(`alerts/${encodeURIComponent(id)}`, { signal }),
  })
}

/** What it would do by the playbook of now. */
export function replayQuery(id: string) {
  return queryOptions({
    queryKey: ['replay', id],
    queryFn: ({ signal }) => request<Explained>(`signals/${encodeURIComponent(id)}/replay`, { method: 'POST', body: {}, signal }),
    staleTime: 0,
    retry: false,
  })
}

export interface WhyAsked {
  readonly signal?: string
  readonly alert?: string
  readonly incident?: string
  readonly person?: string
}

export function whyQuery(asked: WhyAsked) {
  return queryOptions({
    queryKey: ['why', asked],
    queryFn: ({ signal }) => request<Why>(`why?${toSearch({ ...asked })}`, { signal }),
    enabled: (asked.signal ?? asked.alert ?? asked.incident) !== undefined,
    placeholderData: keepPreviousData,
  })
}

/** What can be connected changes with a release only. */
export const sourceKindsQuery = queryOptions({
  queryKey: ['source-kinds'],
  queryFn: async ({ signal }) => (await request<List<SourceKind>>('source_kinds', { signal })).items,
  staleTime: Number.POSITIVE_INFINITY,
})

export const sourceListQuery = queryOptions({
  queryKey: keys.sources,
  queryFn: async ({ signal }) => (await request<List<Source>>(`sources?${toSearch({ limit: LIST_MAX })}`, { signal })).items,
})

export function sourceQuery(id: string) {
  return queryOptions({
    queryKey: [...keys.sources, 'one', id],
    queryFn: ({ signal }) => request<SourceDetail>(`sources/${encodeURIComponent(id)}`, { signal }),
  })
}

/** Topics that asked to speak through a source. */
export function subscriptionsQuery(id: string) {
  return queryOptions({
    queryKey: [...keys.sources, 'subscriptions', id],
    queryFn: async ({ signal }) => (await request<List<Subscription>>(`sources/${encodeURIComponent(id)}/subscriptions`, { signal })).items,
  })
}

/** Certificates that sign a source's messages. */
export function certificatesQuery(id: string) {
  return queryOptions({
    queryKey: [...keys.sources, 'certificates', id],
    queryFn: async ({ signal }) =>
      (await request<List<SignerCertificate>>(`sources/${encodeURIComponent(id)}/certificates`, { signal })).items,
  })
}
