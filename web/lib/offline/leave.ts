/** Whoever signs out, or is signed out, leaves nothing of theirs in the browser. */
import { wipeOutgoing } from './outgoing.ts'
import { wipePocket } from './pocket.ts'

/** A browser that does not come back must not keep anybody from leaving. */
const WIPE_MS_MAX = 1_500

export async function wipePocketInTime(): Promise<void> {
  await inTime(wipePocket())
}

/** Also what waits to be sent. */
export async function wipeAllInTime(): Promise<void> {
  await inTime(Promise.all([wipePocket(), wipeOutgoing().catch(() => undefined)]))
}

async function inTime(work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setTimeout(resolve, WIPE_MS_MAX)
  await Promise.race([work, promise])
}
