/**
 * Counts failures per name and stops guessing. In memory and per process: a restart forgives, several processes allow
 * several times as much; both are fine against keys of 256 bits and passwords that cost 50 ms each. It is never asked
 * about acknowledge links: somebody on call must not be locked out by a stranger.
 */

interface Window {
  failures: number
  endsMs: number
}

const NAMES_MAX = 20_000

export interface Limiter {
  /** Seconds until another try is allowed; 0: now. */
  readonly waitSeconds: (name: string) => number
  readonly fail: (name: string) => void
  readonly forgive: (name: string) => void
}

/** @param monotonicMs a clock that never jumps */
export function createLimiter(options: { failuresMax: number; windowMs: number }, monotonicMs = () => performance.now()): Limiter {
  const windows = new Map<string, Window>()
  const find = (name: string): Window | undefined => {
    const window = windows.get(name)
    if (window !== undefined && window.endsMs > monotonicMs()) return window
    windows.delete(name)
    return undefined
  }
  return {
    waitSeconds: (name) => {
      const window = find(name)
      if (window === undefined || window.failures < options.failuresMax) return 0
      return Math.ceil((window.endsMs - monotonicMs()) / 1_000)
    },
    fail: (name) => {
      const window = find(name)
      if (window !== undefined) {
        window.failures += 1
        return
      }
      // The oldest name goes first: a flood of names cannot fill the memory.
      const oldest = windows.size >= NAMES_MAX ? windows.keys().next().value : undefined
      if (oldest !== undefined) windows.delete(oldest)
      windows.set(name, { failures: 1, endsMs: monotonicMs() + options.windowMs })
    },
    forgive: (name) => void windows.delete(name),
  }
}
