/** Connects the live feed to the cache: a change makes exactly what it touched stale, and lists follow by themselves. */
import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react'
import type { StreamChange, StreamPage } from '../../src/api/schema.ts'
import { openFeed, type Feed } from '../api/feed.ts'
import { newFeed, type FeedState } from '../api/feed-state.ts'
import { isStale, keys, staleAfter, type StaleKey } from '../api/keys.ts'
import { startRinging } from '../lib/ring.ts'
import { rememberPage } from './paged-store.ts'

/** Changes are gathered this long, so that a storm costs four refetches a second and not hundreds. */
const GATHER_MS = 250

const LiveContext = createContext<Feed | null>(null)

export function LiveProvider({ onSignedOut, children }: { readonly onSignedOut: () => void; readonly children: ReactNode }) {
  const client = useQueryClient()
  const [feed, setFeed] = useState<Feed | null>(null)
  useEffect(() => {
    let gathered: StaleKey[] = []
    let timer: number | undefined
    const flush = (): void => {
      timer = undefined
      const stale = gathered
      gathered = []
      void client.invalidateQueries({ predicate: (query) => stale.some((key) => isStale(query.queryKey, key)) })
    }
    const gather = (stale: readonly StaleKey[]): void => {
      gathered.push(...stale)
      timer ??= window.setTimeout(flush, GATHER_MS)
    }
    const opened = openFeed({
      onMessage: (message) => {
        if (message.event === 'reset') void client.invalidateQueries()
        const data = readData(message.data)
        if (message.event === 'change' && data !== undefined) gather(staleAfter(data as unknown as StreamChange))
        if (message.event === 'page' && data !== undefined) {
          rememberPage(data as unknown as StreamPage, Date.now())
          startRinging()
          gather([keys.me, keys.incidents])
        }
      },
      onReturn: () => void client.invalidateQueries(),
      onSignedOut,
    })
    setFeed(opened)
    return () => {
      opened.stop()
      clearTimeout(timer)
    }
  }, [client, onSignedOut])
  return <LiveContext value={feed}>{children}</LiveContext>
}

export function useFeedState(): FeedState {
  const feed = useContext(LiveContext)
  return useSyncExternalStore(feed?.subscribe ?? subscribeToNothing, feed?.read ?? readNothing)
}

export function useRetryNow(): () => void {
  const feed = useContext(LiveContext)
  return () => feed?.retryNow()
}

/** While the feed is away, ask now and then: REST may get through where a stream does not. */
export function usePolling(): number | false {
  return useFeedState().link === 'lost' ? 10_000 : false
}

function subscribeToNothing(): () => void {
  return () => undefined
}

function readNothing(): FeedState {
  return newFeed
}

function readData(text: string): Record<string, unknown> | undefined {
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
