/** A loop that asks the database: every so often, sooner when hinted, one turn at a time, quiet about a long outage. */
import type { Logger } from 'pino'

export interface LoopParts {
  readonly name: string
  readonly everyMs: number
  readonly log: Pick<Logger, 'warn' | 'info'>
  /** One round; @returns nothing, or in how many milliseconds it wants the next, if sooner than usual. */
  readonly turn: () => Promise<number | undefined | void>
}

export interface Loop {
  /** A hint: there may be work. */
  readonly look: () => void
  readonly lastGoodMs: () => number
  readonly stopped: () => boolean
  /** After the turn that is running. */
  readonly stop: () => Promise<void>
}

export function startLoop(parts: LoopParts): Loop {
  let timer: NodeJS.Timeout | undefined
  let turning: Promise<void> | undefined
  let again = false
  let stopped = false
  let lastGoodMs = performance.now()
  let failing = false

  const runOnce = async (): Promise<number> => {
    try {
      const wantedMs = await parts.turn()
      lastGoodMs = performance.now()
      if (failing) parts.log.info({ loop: parts.name }, 'works again')
      failing = false
      return Math.max(Math.min(wantedMs ?? parts.everyMs, parts.everyMs), 0)
    } catch (error) {
      // Said once an outage; what waits in the database is found when it is back.
      if (!failing) parts.log.warn({ loop: parts.name, err: error }, 'could not ask the database; trying on')
      failing = true
      return parts.everyMs
    }
  }
  const turn = (): void => {
    clearTimeout(timer)
    if (stopped) return
    if (turning !== undefined) {
      again = true
      return
    }
    again = false
    turning = runAndPlan()
  }
  const runAndPlan = async (): Promise<void> => {
    const waitMs = await runOnce()
    turning = undefined
    if (stopped) return
    // After a failure a hint does not make it a hot loop.
    if (again && !failing) turn()
    else timer = setTimeout(turn, waitMs)
  }
  turn()
  return {
    look: turn,
    lastGoodMs: () => lastGoodMs,
    stopped: () => stopped,
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await turning
    },
  }
}
