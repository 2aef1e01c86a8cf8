/** Waiting for something to come true, with a bound and a reason that a failing test can print. */

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** What the promise brings within that time, else undefined; no timer is left behind. */
export async function inTime<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Asks until the answer is neither undefined nor false.
 * @throws after `timeoutMs`, naming what was waited for and the last error if asking threw.
 */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  options: { timeoutMs: number; everyMs?: number; explain?: () => string },
): Promise<T> {
  const deadline = Date.now() + options.timeoutMs
  let lastError: unknown
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
      lastError = undefined
    } catch (error) {
      lastError = error
    }
    if (Date.now() >= deadline) {
      const detail = options.explain === undefined ? '' : `\n${options.explain()}`
      throw new Error(`waited ${options.timeoutMs} ms in vain for: ${what}${detail}`, { cause: lastError })
    }
    await sleep(options.everyMs ?? 50)
  }
}
