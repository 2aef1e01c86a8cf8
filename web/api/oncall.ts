/** Schedules and what people change of them: what is read, and what is done. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { Absence, CalendarFeed, List, OncallCalendar, Schedule, SwapRequest } from '../../src/api/schema.ts'
import { tell } from '../app/toast-store.ts'
import { toSearch } from './queries.ts'
import { request } from './request.ts'

const KEY = 'oncall-change'

export interface CalendarAsked {
  readonly from: number
  readonly until: number
  readonly layers: boolean
}

export function calendarQuery({ from, until, layers }: CalendarAsked) {
  const asked = { from: new Date(from).toISOString(), until: new Date(until).toISOString(), layers: String(layers) }
  return queryOptions({
    queryKey: [KEY, 'calendar', asked],
    queryFn: ({ signal }) => request<OncallCalendar>(`oncall/calendar?${toSearch(asked)}`, { signal }),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  })
}

export const schedulesQuery = queryOptions({
  queryKey: [KEY, 'schedules'],
  queryFn: async ({ signal }) => (await request<List<Schedule>>('schedules', { signal })).items,
  staleTime: 60_000,
})

export const swapsQuery = queryOptions({
  queryKey: [KEY, 'swaps'],
  queryFn: async ({ signal }) => (await request<List<SwapRequest>>('swaps', { signal })).items,
  refetchInterval: 30_000,
})

export const absencesQuery = queryOptions({
  queryKey: [KEY, 'absences'],
  queryFn: async ({ signal }) => (await request<List<Absence>>('absences', { signal })).items,
})

export const feedsQuery = queryOptions({
  queryKey: [KEY, 'feeds'],
  queryFn: async ({ signal }) => (await request<List<CalendarFeed>>('calendar_feeds', { signal })).items,
})

interface Act {
  readonly path: string
  readonly method?: 'POST' | 'DELETE'
  readonly body?: unknown
  /** Said when it is done. */
  readonly done: string
}

/** One change of who is on call; everything that shows it is read anew. */
export function useOncallAct(onDone?: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ path, method = 'POST', body }: Act) =>
      request<unknown>(path, { method, ...(method === 'POST' ? { body: body ?? {} } : {}) }),
    onSuccess: async (_, { done }) => {
      tell(done)
      onDone?.()
      await Promise.all([client.invalidateQueries({ queryKey: [KEY] }), client.invalidateQueries({ queryKey: ['oncall'] })])
    },
  })
}
