/** Waiting out a database that is away: what was sent must be written down, and what is claimed must be read. */
import { isDatabaseAway, isRetryable } from '../database/errors.ts'

const WAIT_MS = 50
const WAIT_MS_MAX = 1_000

/**
 * Runs `work` again while Postgres is away or the transaction lost a race, for at most `patienceMs`.
 * @throws what `work` throws otherwise, or at last.
 */
export async function retryWhileAway<T>(work: () => Promise<T>, patienceMs: number, signal?: AbortSignal): Promise<T> {
  const startedMs = performance.now()
  for (let waitMs = WAIT_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MS_MAX)) {
    try {
      return await work()
    } catch (error) {
      const isOver = performance.now() - startedMs + waitMs > patienceMs || signal?.aborted === true
      if (isOver || !(isDatabaseAway(error) || isRetryable(error))) throw error
    }
    await pause(waitMs)
  }
}

export function pause(forMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setTimeout(resolve, forMs)
  return promise
}
