/** How live what is shown is. A pure fold over what happens to the connection; `feed.ts` drives it. */

export interface FeedState {
  readonly link: 'connecting' | 'live' | 'lost'
  /** When the server was last heard, ms; null before the first time. */
  readonly heardAt: number | null
  /** Since when it has been away; null while live. */
  readonly lostAt: number | null
  /** Failed attempts in a row. */
  readonly failures: number
  /** When the next attempt is made; null while live or trying. */
  readonly retryAt: number | null
  /** Id of the last event, to resume after. */
  readonly lastEventId: string
}

export type FeedStep =
  | { readonly type: 'trying' }
  | { readonly type: 'heard'; readonly at: number; readonly eventId?: string }
  | { readonly type: 'failed'; readonly at: number; readonly jitter: number }

export const newFeed: FeedState = { link: 'connecting', heardAt: null, lostAt: null, failures: 0, retryAt: null, lastEventId: '' }

const BACKOFF_FIRST_MS = 500
const BACKOFF_MAX_MS = 15_000

export function foldFeed(state: FeedState, step: FeedStep): FeedState {
  switch (step.type) {
    case 'trying':
      return { ...state, retryAt: null }
    case 'heard':
      return {
        link: 'live',
        heardAt: step.at,
        lostAt: null,
        failures: 0,
        retryAt: null,
        lastEventId: step.eventId === undefined || step.eventId === '' ? state.lastEventId : step.eventId,
      }
    case 'failed': {
      const failures = state.failures + 1
      const waitMs = backoffMs(failures, step.jitter)
      return { ...state, link: 'lost', lostAt: state.lostAt ?? step.at, failures, retryAt: step.at + waitMs }
    }
  }
}

/** Doubling, with up to half of it taken off by `jitter` in [0, 1), so that consoles do not return all at once. */
export function backoffMs(failures: number, jitter: number): number {
  const full = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures - 1, 10))
  return Math.round(full * (1 - jitter / 2))
}
