/** The cache. Stale content stays on screen while it is fetched again; only a lost sign-in leaves the page. */
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from '../api/problem.ts'

const RETRIES_MAX = 2

export function createQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.status === 401) onSignedOut()
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        gcTime: 10 * 60_000,
        retry: (failures, error) => failures < RETRIES_MAX && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
        // The server may well be reachable when the browser thinks it is offline (a VPN, a local network).
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
}
