/** The time that running clocks show: one tick a second for the whole page, corrected by the server's clock. */
import { useSyncExternalStore } from 'react'

/** Differences below this are the resolution of the HTTP date, not a wrong clock. */
const SKEW_IGNORED_MS = 2_000

let skewMs = 0
let current = Date.now()
let timer: number | undefined
const listeners = new Set<() => void>()

/** Learns from a response's `Date` header (whole seconds) how far this machine's clock is off. */
export function learnServerTime(header: string | null): void {
  if (header === null) return
  const difference = Date.parse(header) + 500 - Date.now()
  if (!Number.isNaN(difference)) skewMs = Math.abs(difference) < SKEW_IGNORED_MS ? 0 : difference
}

/** Now by the server's clock, in ms. */
export function serverNow(): number {
  return Date.now() + skewMs
}

/** Re-renders each second while mounted. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, readCurrent)
}

/** While nothing ticks the kept value grows stale, so the first reader brings it up to date. */
function readCurrent(): number {
  if (timer === undefined && Math.abs(serverNow() - current) > 1_000) current = serverNow()
  return current
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) tick()
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && timer !== undefined) {
      clearTimeout(timer)
      timer = undefined
    }
  }
}

function tick(): void {
  current = serverNow()
  for (const listener of listeners) listener()
  timer = window.setTimeout(tick, 1_000 - (serverNow() % 1_000))
}
