/** Silences and maintenance windows: what is read, and what is changed. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { List, Maintenance, MaintenancePreviewBody, MutePreview, Silence, SilencePreviewBody } from '../../src/api/schema.ts'
import { toSearch } from './queries.ts'
import { request } from './request.ts'

const MUTES_MAX = 500

export const silencesQuery = queryOptions({
  queryKey: ['silences'],
  queryFn: async ({ signal }) => (await request<List<Silence>>(`silences?${toSearch({ limit: MUTES_MAX })}`, { signal })).items,
})

export const maintenanceQuery = queryOptions({
  queryKey: ['maintenance'],
  queryFn: async ({ signal }) => (await request<List<Maintenance>>(`maintenance?${toSearch({ limit: MUTES_MAX })}`, { signal })).items,
})

/** Asked by POST, though it changes nothing. @param asked null: too little is given to ask */
export function silencePreviewQuery(asked: SilencePreviewBody | null) {
  return queryOptions({
    queryKey: ['silence-preview', asked],
    queryFn: ({ signal }) => request<MutePreview>('silences/preview', { method: 'POST', body: asked, signal }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    retry: false,
  })
}

export function maintenancePreviewQuery(asked: MaintenancePreviewBody | null) {
  return queryOptions({
    queryKey: ['maintenance-preview', asked],
    queryFn: ({ signal }) => request<MutePreview>('maintenance/preview', { method: 'POST', body: asked, signal }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    retry: false,
  })
}
