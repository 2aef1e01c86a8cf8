/**
 * Notices that the folder changed. It is looked at on a timer rather than watched: that works on every file system and
 * for every way of deploying (rename, symbolic link, mount), and costs three `stat` calls.
 */
export interface WatchOptions {
  /** A text that differs when anything changed. */
  readonly look: () => Promise<string>
  /** The text that belongs to what was taken last. */
  readonly known: () => string
  readonly changed: () => Promise<unknown>
  readonly pollMs: number
}

/** A change counts once two looks in a row agree on it: a half-written file is not taken. */
export function watchFolder(options: WatchOptions): { readonly stop: () => void } {
  let previous: string | null = null
  let stopped = false
  const tick = async (): Promise<void> => {
    const seen = await options.look()
    const settled = seen === previous
    previous = seen
    if (!stopped && settled && seen !== options.known()) await options.changed()
  }
  let timer: NodeJS.Timeout | undefined
  const schedule = (): void => {
    if (stopped) return
    timer = setTimeout(() => void tick().finally(schedule), options.pollMs)
    timer.unref()
  }
  schedule()
  return {
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
