/**
 * The live feed: server-sent events read with `fetch`, because `EventSource` hides heartbeats and gives up for good
 * on some errors. Resumes after the last event, backs off, and takes silence for a lost connection.
 */
import { serverNow } from '../lib/now.ts'
import { foldFeed, newFeed, type FeedState, type FeedStep } from './feed-state.ts'
import { network } from './request.ts'
import { createSseParser, type SseMessage } from './sse.ts'

const URL = '/api/v1/stream'
/** The server sends something at least every 15 s; after this silence the line is taken for dead. */
const SILENCE_MAX_MS = 25_000
/** Silence after which a failed request is reason enough to try a new line. */
const DOUBT_MS = 3_000

export interface Feed {
  readonly read: () => FeedState
  readonly subscribe: (listener: () => void) => () => void
  readonly retryNow: () => void
  readonly stop: () => void
}

interface FeedHandlers {
  readonly onMessage: (message: SseMessage) => void
  /** The connection is back after a loss. */
  readonly onReturn: () => void
  /** The server said 401: nobody is signed in any more. */
  readonly onSignedOut: () => void
}

export function openFeed(handlers: FeedHandlers): Feed {
  let state = newFeed
  let stopped = false
  let wake: (() => void) | undefined
  let current: AbortController | undefined
  const listeners = new Set<() => void>()

  const take = (step: FeedStep): void => {
    const wasLost = state.link === 'lost'
    state = foldFeed(state, step)
    if (wasLost && state.link === 'live') handlers.onReturn()
    for (const listener of listeners) listener()
  }

  const readOnce = async (): Promise<void> => {
    const controller = new AbortController()
    current = controller
    let timer = window.setTimeout(() => controller.abort(), SILENCE_MAX_MS)
    try {
      const headers: Record<string, string> = { accept: 'text/event-stream' }
      if (state.lastEventId !== '') headers['last-event-id'] = state.lastEventId
      const response = await fetch(URL, { headers, credentials: 'same-origin', cache: 'no-store', signal: controller.signal })
      if (response.status === 401) {
        stopped = true
        handlers.onSignedOut()
        return
      }
      if (!response.ok || response.body === null) return
      const parse = createSseParser()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      while (true) {
        const { done, value } = await reader.read()
        if (done) return
        clearTimeout(timer)
        timer = window.setTimeout(() => controller.abort(), SILENCE_MAX_MS)
        const messages = parse(value)
        const eventId = messages.at(-1)?.id
        take({ type: 'heard', at: serverNow(), ...(eventId === undefined ? {} : { eventId }) })
        for (const message of messages) handlers.onMessage(message)
      }
    } finally {
      clearTimeout(timer)
      controller.abort()
    }
  }

  const run = async (): Promise<void> => {
    while (!stopped) {
      take({ type: 'trying' })
      await readOnce().catch(() => undefined)
      if (stopped) return
      take({ type: 'failed', at: serverNow(), jitter: Math.random() })
      await new Promise<void>((resolve) => {
        wake = resolve
        window.setTimeout(resolve, Math.max(0, (state.retryAt ?? 0) - serverNow()))
      })
    }
  }

  // A laptop that wakes up or a phone that finds its network again should not sit out the rest of a back-off.
  const hurry = (): void => {
    if (state.link !== 'live') wake?.()
  }
  const hurryWhenSeen = (): void => {
    if (document.visibilityState === 'visible') hurry()
  }
  const doubt = (): void => {
    if (state.link === 'live' && serverNow() - (state.heardAt ?? 0) > DOUBT_MS) current?.abort()
  }
  network.addEventListener('trouble', doubt)
  window.addEventListener('online', hurry)
  document.addEventListener('visibilitychange', hurryWhenSeen)
  void run()

  return {
    read: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    retryNow: hurry,
    stop: () => {
      stopped = true
      network.removeEventListener('trouble', doubt)
      window.removeEventListener('online', hurry)
      document.removeEventListener('visibilitychange', hurryWhenSeen)
      current?.abort()
      wake?.()
    },
  }
}
