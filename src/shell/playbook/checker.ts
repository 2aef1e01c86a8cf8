/**
 * Asks the thread that checks texts, one text after the other. It is started when first needed, ended when it takes too
 * long or nobody has asked for a while, and started again.
 */
import { Worker } from 'node:worker_threads'
import type { Answer, Asked, CheckAsked, Checked, CompareAsked, Compared } from './check-text.ts'

export interface Checker {
  /** @throws {CheckerBusy} when too many wait; {@link CheckFailed} when it took too long */
  readonly check: (asked: Omit<CheckAsked, 'kind'>) => Promise<Checked>
  /** @throws as `check` */
  readonly compare: (asked: Omit<CompareAsked, 'kind'>) => Promise<Compared>
  readonly stop: () => Promise<void>
}

export interface CheckerOptions {
  readonly timeoutMs?: number
  readonly idleMs?: number
}

/** Others are being checked; ask again in a second. */
export class CheckerBusy extends Error {
  override readonly name = 'CheckerBusy'
}

/** The text could not be checked in time. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed'
}

const TIMEOUT_MS = 15_000
const IDLE_MS = 60_000
const WAITING_MAX = 8
const HEAP_MB_MAX = 512

export function openChecker({ timeoutMs = TIMEOUT_MS, idleMs = IDLE_MS }: CheckerOptions = {}): Checker {
  let worker: Worker | null = null
  let waiting = 0
  let asks = 0
  let last: Promise<unknown> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined

  const end = async (): Promise<void> => {
    clearTimeout(idle)
    const ended = worker
    worker = null
    await ended?.terminate()
  }
  const askThread = async (asked: Asked): Promise<Answer> => {
    clearTimeout(idle)
    worker ??= startThread()
    asks += 1
    try {
      return await exchange(worker, { id: asks, asked }, timeoutMs)
    } catch (error) {
      // Whatever it is busy with still, it is not waited for.
      await end()
      throw error
    } finally {
      idle = setTimeout(() => void end(), idleMs)
      idle.unref()
    }
  }
  const ask = async (asked: Asked): Promise<Answer> => {
    if (waiting >= WAITING_MAX) throw new CheckerBusy('too many texts are being checked')
    waiting += 1
    const next = last.then(() => askThread(asked))
    last = next.catch(() => undefined)
    return next.finally(() => {
      waiting -= 1
    })
  }
  return {
    check: async (asked) => {
      const answer = await ask({ ...asked, kind: 'check' })
      if (answer.kind !== 'checked') throw new CheckFailed('the thread answered something else')
      return answer
    },
    compare: async (asked) => {
      const answer = await ask({ ...asked, kind: 'compare' })
      if (answer.kind !== 'compared') throw new CheckFailed('the thread answered something else')
      return answer
    },
    stop: end,
  }
}

/** Nothing of the environment is handed on. */
function startThread(): Worker {
  const thread = new Worker(new URL('./check-thread.ts', import.meta.url), {
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  })
  thread.unref()
  return thread
}

interface Message {
  readonly id: number
  readonly asked: Asked
}

function exchange(worker: Worker, message: Message, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const done = (finish: () => void): void => {
      clearTimeout(late)
      worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd)
      worker.unref()
      finish()
    }
    const onMessage = ({ id, answer }: { readonly id: number; readonly answer: Answer }): void => {
      if (id === message.id) done(() => resolve(answer))
    }
    const onEnd = (cause: unknown): void => done(() => reject(new CheckFailed('the text could not be checked', { cause })))
    const late = setTimeout(() => done(() => reject(new CheckFailed('it took too long'))), timeoutMs)
    worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd)
    worker.ref()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(message)
  })
}
