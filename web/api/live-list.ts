/**
 * A list that is read page by page and stays fresh at its head: new items appear above what was read, without reading all of it
 * again. Where so much is new that the two do not touch, the list begins anew.
 */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { toSearch } from './queries.ts'
import { request } from './request.ts'

const PAGE_SIZE = 100
const HEAD_SIZE = 50
/** So few pages are read again whole when the head changes: what is shown then is all of now. */
const PAGES_FRESH_MAX = 2

interface ListPage<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
  readonly looked_to?: string | null
}

type Filter = Readonly<Record<string, string | undefined>>

export interface LiveList<Item> {
  readonly items: readonly Item[]
  readonly isLoaded: boolean
  readonly error: Error | null
  readonly hasMore: boolean
  readonly isReading: boolean
  readonly more: () => void
  readonly again: () => void
  /** When the head was last read, ms. */
  readonly dataAt: number | undefined
  /** How far back a search has come without finding enough; null where it is at the end. */
  readonly lookedTo: string | null
  readonly pages: number
}

/** @param name of the list in the API, such as `signals`; also the key that changes of the live feed make stale */
export function useLiveList<Item extends { readonly id: string }>(
  name: 'signals' | 'alerts',
  filter: Filter,
  refetchInterval: number | false,
): LiveList<Item> {
  const head = useQuery({
    queryKey: [name, 'head', filter],
    queryFn: ({ signal }) => request<ListPage<Item>>(`${name}?${toSearch({ ...filter, limit: HEAD_SIZE })}`, { signal }),
    refetchInterval,
  })
  const list = useInfiniteQuery({
    queryKey: [`${name}-list`, filter],
    queryFn: ({ pageParam, signal }) =>
      request<ListPage<Item>>(`${name}?${toSearch({ ...filter, limit: PAGE_SIZE, cursor: pageParam })}`, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
  const pages = list.data?.pages ?? []
  const read = pages.flatMap((page) => page.items)
  const fresh = head.data?.items ?? []
  const ids = new Set(fresh.map((item) => item.id))
  const known = read.some((item) => ids.has(item.id)) || read.length === 0 || fresh.length < HEAD_SIZE
  const { refetch } = list
  useEffect(() => {
    if (head.dataUpdatedAt === 0 || pages.length === 0) return
    if (pages.length <= PAGES_FRESH_MAX || !known) void refetch()
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only a newly read head asks for it
  }, [head.dataUpdatedAt, refetch])
  const items = known ? [...fresh, ...read.filter((item) => !ids.has(item.id))] : fresh
  return {
    items: list.data === undefined ? fresh : items,
    isLoaded: list.data !== undefined || (head.data !== undefined && fresh.length > 0),
    error: list.error ?? head.error,
    hasMore: list.hasNextPage,
    isReading: list.isFetchingNextPage || list.isPending,
    more: () => void list.fetchNextPage(),
    again: () => {
      void head.refetch()
      void list.refetch()
    },
    dataAt: head.dataUpdatedAt || undefined,
    lookedTo: pages.at(-1)?.looked_to ?? null,
    pages: pages.length,
  }
}
